package fetch

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// tree makes files below a new folder; a name that ends in "/" is a folder.
func tree(t *testing.T, files ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range files {
		p := filepath.Join(root, filepath.FromSlash(name))
		if strings.HasSuffix(name, "/") {
			must(t, os.MkdirAll(p, 0o755))
			continue
		}
		must(t, os.MkdirAll(filepath.Dir(p), 0o755))
		must(t, os.WriteFile(p, []byte(name), 0o600))
	}
	return root
}

func paths(files []File) []string {
	var out []string
	for _, f := range files {
		out = append(out, f.Path)
	}
	return out
}

// A stick from a computer that others use, too: clips in the order of their numbers, no litter, and nothing that leads
// off the stick.
func TestFiles(t *testing.T) {
	root := tree(t, "Bài 10.mp3", "Bài 2.mp3", "bài 1.mp3", "Đợt 2/a.wav", "Đợt 2/.DS_Store", "System Volume Information/IndexerVolumeGuid",
		"$RECYCLE.BIN/x.mp3", "autorun.inf", "._Bài 2.mp3", ".Trash-1000/files/old.mp3", "empty/", "a/b/c/deep.mp3")
	secret := tree(t, "secret.mp3")
	must(t, os.Symlink(filepath.Join(secret, "secret.mp3"), filepath.Join(root, "link.mp3")))
	must(t, os.Symlink(secret, filepath.Join(root, "linked")))
	must(t, os.Symlink("Bài 2.mp3", filepath.Join(root, "inside.mp3")))
	must(t, unix.Mkfifo(filepath.Join(root, "pipe.mp3"), 0o600))
	files, skipped, err := Files(root, Limits{Depth: 3})
	must(t, err)
	if got, want := paths(files), []string{"bài 1.mp3", "Bài 2.mp3", "Bài 10.mp3", "Đợt 2/a.wav"}; !slices.Equal(got, want) {
		t.Errorf("files %q, want %q", got, want)
	}
	if got, want := reasons(skipped), []string{"c too_deep", "inside.mp3 link", "link.mp3 link", "linked link", "pipe.mp3 special"}; !slices.Equal(got, want) {
		t.Errorf("skipped %q, want %q", got, want)
	}
	for _, f := range files {
		file, err := Open(root, f)
		must(t, err)
		b := make([]byte, 100)
		n, err := file.Read(b)
		must(t, err)
		if string(b[:n]) != f.Path || f.Size != int64(len(f.Path)) || f.Name != filepath.Base(f.Path) || time.Since(f.Modified) > time.Hour {
			t.Errorf("%+v holds %q", f, b[:n])
		}
		must(t, file.Close())
	}
	files, _, err = Files(root, Limits{})
	must(t, err)
	if !slices.Contains(paths(files), "a/b/c/deep.mp3") {
		t.Errorf("deep enough, but %q", paths(files))
	}
}

// Between listing and opening somebody may put a link or a pipe in the file's place. The control is the file itself.
func TestOpenWhatWasReplaced(t *testing.T) {
	secret := tree(t, "secret.mp3")
	for name, replace := range map[string]func(p string) error{
		"":         nil,
		"a link":   func(p string) error { return os.Symlink(filepath.Join(secret, "secret.mp3"), p) },
		"a pipe":   func(p string) error { return unix.Mkfifo(p, 0o600) },
		"a folder": func(p string) error { return os.Mkdir(p, 0o700) },
		"nothing":  func(string) error { return nil },
	} {
		root := tree(t, "a.mp3")
		files, _, err := Files(root, Limits{})
		must(t, err)
		if replace != nil {
			must(t, os.Remove(filepath.Join(root, "a.mp3")))
			must(t, replace(filepath.Join(root, "a.mp3")))
		}
		file, err := Open(root, files[0])
		if (err == nil) != (replace == nil) {
			t.Errorf("replaced by %q: %v", name, err)
		}
		if file != nil {
			must(t, file.Close())
		}
	}
	for _, p := range []string{"../secret.mp3", "/etc/passwd"} {
		if file, err := Open(tree(t, "a.mp3"), File{Path: p}); err == nil {
			t.Errorf("%s was opened: %s", p, file.Name())
		}
	}
}

// A stick with a damaged directory shows files without end.
func TestFilesAreBounded(t *testing.T) {
	var names []string
	for i := range 50 {
		names = append(names, strconv.Itoa(i)+".mp3")
	}
	root := tree(t, names...)
	if files, _, err := Files(root, Limits{Entries: 50}); err != nil || len(files) != 50 {
		t.Errorf("as many as allowed: %d, %v", len(files), err)
	}
	if files, _, err := Files(root, Limits{Entries: 49}); code(err) != CodeArchiveEntries || len(files) != 49 {
		t.Errorf("one more than allowed: %d, %v", len(files), err)
	}
	if files, skipped, err := Files(root, Limits{EntryBytes: 5}); err != nil || len(files) != 10 || len(skipped) != 40 || skipped[0].Why != SkipTooLarge {
		t.Errorf("too large: %d, %d, %v", len(files), len(skipped), err)
	}
	if _, _, err := Files(filepath.Join(root, "gone"), Limits{}); err == nil {
		t.Error("a stick that was pulled out has no files, and no error")
	}
}

// What a desktop, udisks and an administrator mount, and nothing of the system itself.
func TestSticks(t *testing.T) {
	dir := t.TempDir()
	device := filepath.Join(dir, "sdb1")
	must(t, os.WriteFile(device, nil, 0o600))
	labels := filepath.Join(dir, "by-label")
	must(t, os.Mkdir(labels, 0o700))
	must(t, os.Symlink("../sdb1", filepath.Join(labels, `TUY\xc3\x8aN\x20TRUY\xe1\xbb\x80N`)))
	info := filepath.Join(dir, "mountinfo")
	lines := strings.Join([]string{
		`25 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw`,
		`30 25 0:25 / /media rw - tmpfs tmpfs rw`,
		`31 25 8:17 / /media/lan/USB\0401 rw,nosuid shared:9 - vfat /dev/..` + device + ` rw,uid=1000`,
		`32 25 8:33 / /run/media/lan/USB10 rw - exfat /dev/sdc1 rw`,
		`33 25 8:49 / /run/media/lan/USB9 rw - fuseblk /dev/sdd1 rw`,
		`34 25 0:50 / /mnt/share rw - cifs //server/share rw`,
		`35 25 8:65 / /mnt/old rw - ext4 /dev/sde1 rw`,
		`36 25 8:66 / /mnt/old rw - ext4 /dev/sde2 rw`,
		`37 25 8:67 / /mediabox rw - ext4 /dev/sdf1 rw`,
		`38 25 8:68 / /media/\057\134x rw - ext4 /dev/sdg1 rw`,
		`broken`, ``, ` - `, `1 2 3 4 5 6 - x`,
	}, "\n")
	must(t, os.WriteFile(info, []byte(lines), 0o600))
	sticks, err := Sticks(Places{MountInfo: info, ByLabel: labels})
	must(t, err)
	var got []string
	for _, s := range sticks {
		got = append(got, s.Label+" "+s.Path+" "+s.FileSystem)
	}
	want := []string{"old /mnt/old ext4", "TUYÊN TRUYỀN /media/lan/USB 1 vfat", "USB9 /run/media/lan/USB9 fuseblk", "USB10 /run/media/lan/USB10 exfat", `x /media//\x ext4`}
	if !slices.Equal(got, want) {
		t.Errorf("sticks\n %q, want\n %q", got, want)
	}
	if _, err := Sticks(Places{MountInfo: filepath.Join(dir, "gone")}); err == nil {
		t.Error("no list of mounts, and no error")
	}
	if sticks, err := Sticks(Places{}); err != nil {
		t.Errorf("this machine: %v, %v", sticks, err)
	}
}

func TestNatural(t *testing.T) {
	want := []string{"", "1", "01", "2", "10", "a", "A", "a1", "a2b", "a2c", "a10", "Bài 2", "bài 10", "bài 99999999999999999999", "đ"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, natural)
	for i := range want {
		if natural(want[i], got[i]) != 0 && !strings.EqualFold(want[i], got[i]) && strings.TrimLeft(want[i], "0") != strings.TrimLeft(got[i], "0") {
			t.Fatalf("%q, want %q", got, want)
		}
	}
}

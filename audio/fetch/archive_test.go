package fetch

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// packed is one entry of a test's archive.
type packed struct {
	name string
	body []byte
	mode fs.FileMode // 0: an ordinary file
}

func zipOf(t testing.TB, files ...packed) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate}
		h.SetMode(f.mode | 0o644)
		w, err := z.CreateHeader(h)
		must(t, err)
		_, err = w.Write(f.body)
		must(t, err)
	}
	must(t, z.Close())
	return b.Bytes()
}

func tarOf(t testing.TB, files ...packed) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		h := &tar.Header{Name: f.name, Size: int64(len(f.body)), Mode: 0o644, Typeflag: tar.TypeReg}
		switch {
		case f.mode&fs.ModeSymlink != 0:
			h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, "/etc/passwd", 0
		case f.mode&fs.ModeDevice != 0:
			h.Typeflag, h.Size = tar.TypeBlock, 0
		case f.mode&fs.ModeDir != 0:
			h.Typeflag, h.Size = tar.TypeDir, 0
		}
		must(t, w.WriteHeader(h))
		if h.Size > 0 {
			_, err := w.Write(f.body)
			must(t, err)
		}
	}
	must(t, w.Close())
	return b.Bytes()
}

func gzipOf(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, err := z.Write(b)
	must(t, err)
	must(t, z.Close())
	return out.Bytes()
}

// unpacked is what came out: "name=content" in order.
func unpacked(b []byte, l Limits) ([]string, Contents, error) {
	var out []string
	c, err := unpack(context.Background(), bytes.NewReader(b), int64(len(b)), l, func(e Entry, r io.Reader) error {
		head := make([]byte, 21)
		n, err := readSome(r, head, len(head))
		if err == nil {
			_, err = io.Copy(io.Discard, r)
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("importing: %w", err)
		}
		out = append(out, e.Name+"="+clip(string(head[:n]), 20))
		return nil
	})
	return out, c, err
}

func reasons(skipped []Skipped) []string {
	var out []string
	for _, s := range skipped {
		out = append(out, s.Name+" "+s.Why)
	}
	return out
}

// A letter's clips in each form of archive: every clip comes out once, litter is not mentioned, names are only names.
func TestArchives(t *testing.T) {
	files := []packed{
		{"Đợt 1/", nil, fs.ModeDir},
		{"Đợt 1/Bài 1.mp3", []byte("one"), 0},
		{"Đợt 2/Bài 1.mp3", []byte("two"), 0},
		{"../../../etc/cron.d/x.mp3", []byte("slip"), 0},
		{"/abs.mp3", []byte("abs"), 0},
		{`C:\win\w.mp3`, []byte("win"), 0},
		{"Ba\u0300i NFD.mp3", []byte("nfd"), 0},
		{"inner.zip", []byte("PK\x03\x04 stays packed"), 0},
		{"__MACOSX/._Bài 1.mp3", []byte("litter"), 0},
		{"Đợt 1/.DS_Store", []byte("litter"), 0},
		{"Thumbs.db", []byte("litter"), 0},
		{"Đợt 1/desktop.ini", []byte("litter"), 0},
		{"link.mp3", []byte("/etc/passwd"), fs.ModeSymlink},
		{"dev.mp3", nil, fs.ModeDevice},
	}
	want := []string{"Bài 1.mp3=one", "Bài 1.mp3=two", "x.mp3=slip", "abs.mp3=abs", "w.mp3=win", "Bài NFD.mp3=nfd", "inner.zip=PK\x03\x04 stays packed"}
	for kind, b := range map[string][]byte{"zip": zipOf(t, files...), "tar": tarOf(t, files...), "tar.gz": gzipOf(t, tarOf(t, files...))} {
		if !IsArchive(b[:min(len(b), archiveHead)]) {
			t.Errorf("%s is not recognised", kind)
		}
		got, c, err := unpacked(b, Limits{})
		must(t, err)
		if !slices.Equal(got, want) || c.Files != len(want) {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
		if r := reasons(c.Skipped); !slices.Equal(r, []string{"link.mp3 link", "dev.mp3 special"}) {
			t.Errorf("%s: skipped %q", kind, r)
		}
		for _, s := range c.Skipped {
			if s.Sentence("vi") == s.Sentence("en") {
				t.Errorf("%s: %q in both languages", kind, s.Sentence("vi"))
			}
		}
	}
	for _, not := range [][]byte{nil, []byte("PK"), []byte("ID3\x04"), song(5000, 1), make([]byte, 5000)} {
		if IsArchive(not) {
			t.Errorf("% x is called an archive", not[:min(len(not), 8)])
		}
	}
}

// Each limit, and beside it the same archive within the limit.
func TestArchiveLimits(t *testing.T) {
	ten := func(n int) (files []packed) {
		for i := range n {
			files = append(files, packed{fmt.Sprintf("%d.mp3", i), song(1000, byte(i)), 0})
		}
		return files
	}
	forms := map[string]func(...packed) []byte{
		"zip":    func(f ...packed) []byte { return zipOf(t, f...) },
		"tar":    func(f ...packed) []byte { return tarOf(t, f...) },
		"tar.gz": func(f ...packed) []byte { return gzipOf(t, tarOf(t, f...)) },
	}
	for form, of := range forms {
		b := of(ten(10)...)
		for _, c := range []struct {
			l     Limits
			code  string
			files int
		}{
			{Limits{Entries: 10, EntryBytes: 1000, TotalBytes: 10_000}, "", 10},
			{Limits{Entries: 9}, CodeArchiveEntries, 9},
			{Limits{TotalBytes: 9_999}, CodeArchiveTotal, 9},
			{Limits{EntryBytes: 999}, "", 0},
		} {
			_, got, err := unpacked(b, c.l)
			if code(err) != c.code || got.Files != c.files {
				t.Errorf("%s, %+v: %d files, %v; want %d, %q", form, c.l, got.Files, err, c.files, c.code)
			}
			if c.l.EntryBytes == 999 && (len(got.Skipped) != 10 || got.Skipped[0].Why != SkipTooLarge) {
				t.Errorf("%s: too large, but %v", form, got.Skipped)
			}
		}
		if form == "tar" {
			continue // holds what it holds
		}
		// A bomb: much of nothing. Silence packs as well, so a little of it is free.
		bomb := of(packed{"silence.wav", make([]byte, 4<<20), 0})
		for l, want := range map[Limits]string{{RatioFree: 1 << 20}: CodeArchiveBomb, {RatioFree: 1 << 20, Ratio: 2000}: "", {}: ""} {
			if _, c, err := unpacked(bomb, l); code(err) != want || want == "" && c.Bytes != 4<<20 {
				t.Errorf("%s of %d bytes, %+v: %d bytes, %v, want %q", form, len(bomb), l, c.Bytes, err, want)
			}
		}
	}
}

// Damage in one file of a ZIP costs that file; damage in a tar costs what follows. What each does with the error of its
// reader changes nothing.
func TestDamagedArchives(t *testing.T) {
	body := make([]byte, 50_000)
	_, err := rand.NewChaCha8([32]byte{1}).Read(body) // does not pack
	must(t, err)
	files := []packed{{"a.mp3", body, 0}, {"b.mp3", body, 0}, {"c.mp3", body, 0}}
	z := zipOf(t, files...)
	z[len(z)/2] ^= 0x55
	got, c, err := unpacked(z, Limits{})
	if err != nil || len(got) != 2 || !slices.Equal(reasons(c.Skipped), []string{"b.mp3 damaged"}) {
		t.Errorf("zip: %q %v %v", got, c.Skipped, err)
	}
	c, err = unpack(context.Background(), bytes.NewReader(z), int64(len(z)), Limits{}, func(_ Entry, r io.Reader) error {
		_, _ = io.Copy(io.Discard, r)
		return nil
	})
	if err != nil || c.Files != 2 || len(c.Skipped) != 1 {
		t.Errorf("zip, error swallowed: %+v %v", c, err)
	}
	tarred := tarOf(t, files...)
	for kind, b := range map[string][]byte{"tar": tarred[:80_000], "tar.gz": gzipOf(t, tarred)[:500]} {
		if _, c, err := unpacked(b, Limits{}); code(err) != CodeArchiveDamaged {
			t.Errorf("%s cut off: %+v %v", kind, c, err)
		}
	}
	for kind, b := range map[string][]byte{"zip": zipOf(t, files...)[:5000], "nothing": nil, "noise": song(5000, 1), "one file in gzip": gzipOf(t, body)} {
		want := CodeNotArchive
		if kind == "zip" {
			want = CodeArchiveDamaged
		}
		if _, _, err := unpacked(b, Limits{}); code(err) != want {
			t.Errorf("%s: %v, want %q", kind, err, want)
		}
	}
	own := errors.New("no room")
	if _, err := unpack(context.Background(), bytes.NewReader(tarred), int64(len(tarred)), Limits{}, func(Entry, io.Reader) error { return own }); !errors.Is(err, own) {
		t.Errorf("an error of each: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	c, err = unpack(ctx, bytes.NewReader(tarred), int64(len(tarred)), Limits{}, func(Entry, io.Reader) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) || c.Files != 1 {
		t.Errorf("given up: %+v %v", c, err)
	}
}

// ZIP files of Windows and old programs, with passwords, of other methods, and office documents.
func TestOddZips(t *testing.T) {
	raw := func(set func(h *zip.FileHeader)) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		h := &zip.FileHeader{Name: "x.mp3", CRC32: crc32.ChecksumIEEE([]byte("body")), CompressedSize64: 4, UncompressedSize64: 4, NonUTF8: true}
		set(h)
		w, err := z.CreateRaw(h)
		must(t, err)
		_, err = w.Write([]byte("body"))
		must(t, err)
		must(t, z.Close())
		return b.Bytes()
	}
	info := binary.LittleEndian.AppendUint32([]byte{0x75, 0x70, 15, 0, 1}, crc32.ChecksumIEEE([]byte("Bi.mp3")))
	info = append(info, "Bài.mp3   "[:10]...)
	for name, c := range map[string]struct {
		set  func(h *zip.FileHeader)
		want string
	}{
		"plain":              {func(*zip.FileHeader) {}, "x.mp3=body"},
		"Windows-1258":       {func(h *zip.FileHeader) { h.Name = "C\xf4ng an xa\xde \xd0\xf4ng.mp3" }, "Công an xã Đông.mp3=body"},
		"Windows-1258 marks": {func(h *zip.FileHeader) { h.Name = "L\xea\xec.mp3" }, "Lế.mp3=body"},
		"CP437":              {func(h *zip.FileHeader) { h.Name = "B\x85i v\x82.mp3" }, "Bài vé.mp3=body"},
		"unmarked UTF-8":     {func(h *zip.FileHeader) { h.Name = "Bài.mp3" }, "Bài.mp3=body"},
		"Info-ZIP":           {func(h *zip.FileHeader) { h.Name, h.Extra = "Bi.mp3", info }, ""},
		"password":           {func(h *zip.FileHeader) { h.Flags |= 1 }, "x.mp3 encrypted"},
		"LZMA":               {func(h *zip.FileHeader) { h.Method = 14 }, "x.mp3 unknown_method"},
		"liar about size":    {func(h *zip.FileHeader) { h.UncompressedSize64 = 1 << 40 }, "x.mp3 too_large"},
		"nameless":           {func(h *zip.FileHeader) { h.Name = "a/\x01" }, "? nameless"},
		"office":             {func(h *zip.FileHeader) { h.Name = "[Content_Types].xml" }, CodeOfficeFile},
	} {
		got, contents, err := unpacked(raw(c.set), Limits{})
		said := strings.Join(append(got, reasons(contents.Skipped)...), " ") + code(err)
		if c.want != "" && said != c.want {
			t.Errorf("%s: %q, want %q", name, said, c.want)
		}
		if name == "Info-ZIP" && !strings.HasPrefix(said, "Bài.mp3") {
			t.Errorf("%s: %q", name, said)
		}
	}
}

// A directory costs memory before the first file is seen: archive/zip holds all of it. However many entries it claims or
// has, it must stay cheap.
func TestDirectoryBombs(t *testing.T) {
	// A real directory of 200,000 entries without names, 46 bytes each.
	record := make([]byte, 46)
	copy(record, "PK\x01\x02")
	end := func(n uint16, size, offset int) []byte {
		e := append([]byte("PK\x05\x06\x00\x00\x00\x00"), 0, 0, 0, 0)
		binary.LittleEndian.PutUint16(e[8:], n)
		binary.LittleEndian.PutUint16(e[10:], n)
		e = binary.LittleEndian.AppendUint32(e, uint32(size))
		e = binary.LittleEndian.AppendUint32(e, uint32(offset))
		return append(e, 0, 0)
	}
	local := append([]byte("PK\x03\x04"), make([]byte, 26)...)
	many := func(count int, announce uint16) []byte {
		b := bytes.Clone(local)
		b = append(b, bytes.Repeat(record, count)...)
		return append(b, end(announce, count*len(record), len(local))...)
	}
	// ZIP64: a quarter of a million announced, none there, in a file large enough for them.
	huge := append(bytes.Clone(local), make([]byte, 8<<20)...)
	at := len(huge)
	e64 := make([]byte, end64Size)
	copy(e64, "PK\x06\x06")
	binary.LittleEndian.PutUint64(e64[4:], end64Size-12)
	binary.LittleEndian.PutUint64(e64[24:], 250_000)
	binary.LittleEndian.PutUint64(e64[32:], 250_000)
	loc := make([]byte, loc64Size)
	copy(loc, "PK\x06\x07")
	binary.LittleEndian.PutUint64(loc[8:], uint64(at))
	huge = append(append(append(huge, e64...), loc...), end(0xffff, 0xffffffff>>1, 0xffff)...)
	binary.LittleEndian.PutUint32(huge[len(huge)-endSize+12:], 0xffffffff)
	binary.LittleEndian.PutUint32(huge[len(huge)-endSize+16:], 0xffffffff)

	for _, c := range []struct {
		name string
		b    []byte
		code string
	}{
		{"200,000 entries, told", many(200_000, 0xffff), CodeArchiveEntries},
		{"200,000 entries, one told", many(200_000, 1), CodeArchiveEntries},
		{"ZIP64, 250,000 announced", huge, CodeArchiveEntries},
		{"just below the budget, the worst that is read", many(2<<20/46, 1), CodeArchiveDamaged},
		{"control", many(100, 100), ""},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, err := unpacked(c.b, Limits{})
		runtime.ReadMemStats(&after)
		mb := float64(after.TotalAlloc-before.TotalAlloc) / (1 << 20)
		t.Logf("%s: %.1f MB allocated in all, %v", c.name, mb, err)
		if code(err) != c.code || mb > 64 {
			t.Errorf("%s: %v, want %q; %.1f MB", c.name, err, c.code, mb)
		}
	}
	// The control of the memory: without our bounds the library makes room for what is announced.
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := zip.NewReader(bytes.NewReader(many(200_000, 0xffff)), int64(len(many(200_000, 0xffff))))
	runtime.ReadMemStats(&after)
	t.Logf("the library alone: %.1f MB, %v", float64(after.TotalAlloc-before.TotalAlloc)/(1<<20), err)
}

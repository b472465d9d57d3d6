package library_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"loaxa/audio/decode"
	"loaxa/audio/library"
)

// formats are the kinds of file that staff are handed, and what ffmpeg makes one of; those without arguments are made
// here. All hold the same second and a half of sound.
var formats = []struct {
	name   string
	ffmpeg []string
}{
	{"wav", nil},
	{"mp3", nil},
	{"flac", []string{"-c:a", "flac", "-f", "flac"}},
	{"ogg", []string{"-c:a", "libvorbis", "-f", "ogg"}},
	{"m4a", []string{"-c:a", "aac", "-b:a", "48k", "-f", "ipod"}},
	{"aac", []string{"-c:a", "aac", "-b:a", "48k", "-f", "adts"}},
	{"opus", []string{"-c:a", "libopus", "-b:a", "24k", "-f", "ogg"}},
	{"wma", []string{"-c:a", "wmav2", "-b:a", "48k", "-f", "asf"}},
}

// Whatever a damaged file does to the decoder, the station gives a clip that plays or a refusal, nothing is left of what
// was refused, and its own memory stays as it was.
func TestDamagedFilesGiveAClipOrARefusal(t *testing.T) { damageFiles(t, 3, 1) }

func TestSoakDamagedFiles(t *testing.T) {
	if os.Getenv("LOAXA_SOAK") != "1" {
		t.Skip("2,000 files of each format: LOAXA_SOAK=1; some are in TestDamagedFilesGiveAClipOrARefusal")
	}
	damageFiles(t, 2000, uint64(time.Now().UnixNano()))
}

func damageFiles(t *testing.T, times int, seed uint64) {
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	judged, survived := 0, 0 // of all kinds together also a few files tell
	for _, format := range formats {
		t.Run(format.name, func(t *testing.T) {
			d := &damage{t: t, s: newStation(t), random: random, refused: map[string]int{}}
			d.s.reopen(func(o *library.Options) { o.FFmpeg = decode.FindFFmpeg() })
			file := sample(t, format.name, format.ffmpeg)
			d.bring(file) // the control: whole, it is taken or refused for its kind
			whole := d.taken == 1
			before := rssAnon(t)
			for range times {
				d.bring(mutated(random, file))
			}
			grown := rssAnon(t) - before
			t.Logf("%d of %d damaged files taken, refused %v; own memory %+.1f MB", d.taken, times, d.refused, float64(grown)/1e6)
			framed := format.name == "mp3" || format.name == "aac" // each frame stands for itself: most survive
			if whole && !framed {
				judged, survived = judged+times, survived+d.taken-1
			}
			if whole && !framed && times >= 100 && d.taken > 1+times*19/20 { // of three all may survive, of hundreds not
				t.Errorf("%d of %d damaged files were taken: the damage does not reach the decoder", d.taken, times)
			}
			if grown > 10_000_000 {
				t.Errorf("the station's own memory grew by %d bytes", grown)
			}
			d.agree()
		})
	}
	if judged > 0 && survived > judged*19/20 {
		t.Errorf("%d of %d damaged files of all kinds were taken: the damage does not reach the decoders", survived, judged)
	}
}

type damage struct {
	t       *testing.T
	s       *station
	random  *rand.Rand
	taken   int
	refused map[string]int
}

// bring imports a file. Of what is taken every frame must be there; what is refused must say why to a person.
func (d *damage) bring(file []byte) {
	c, existed, err := d.s.Import(context.Background(), "lan", library.Import{Reader: bytes.NewReader(file), Name: "a"}, nil)
	var refusal *library.Refusal
	switch {
	case err == nil:
		if !existed {
			d.taken++
		}
		o, err := d.s.Open(c.ID)
		must(d.t, err)
		if n := count(d.t, o); n != c.Frames {
			d.t.Errorf("%d frames of %d", n, c.Frames)
		}
		must(d.t, o.Close())
	case errors.As(err, &refusal):
		d.refused[refusal.Code]++
		if vi, en := refusal.Sentence("vi"), refusal.Sentence("en"); vi == "" || en == "" || strings.Contains(vi+en, "\n") {
			d.t.Errorf("%s is explained by %q, %q", refusal.Code, vi, en)
		}
	default:
		d.t.Errorf("neither a clip nor a refusal: %v", err)
	}
}

// agree holds that the folders have the files of the clips in the index and no others.
func (d *damage) agree() {
	all, err := d.s.All()
	must(d.t, err)
	known := map[string]bool{}
	for _, c := range all {
		known[c.SHA256] = true
	}
	originals := 0
	for _, file := range d.s.files() {
		sum, _, _ := strings.Cut(filepath.Base(file), ".")
		if !known[sum] {
			d.t.Errorf("%s belongs to no clip", file)
		}
		if strings.HasPrefix(file, "originals/") {
			originals++
		}
	}
	if originals != len(all) {
		d.t.Errorf("%d clips and %d originals", len(all), originals)
	}
}

// sample is a short file of a format.
func sample(t *testing.T, format string, args []string) []byte {
	t.Helper()
	switch format {
	case "wav":
		return tone(t, 440, 500*time.Millisecond)
	case "mp3":
		return demoFile(t, "gia-danh-cong-an.mp3")[20_000:32_000] // frames alone: any that still decodes is taken
	}
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err != nil {
		if os.Getenv("LOAXA_TEST_ALL") == "1" {
			t.Fatal("ffmpeg is not installed, and LOAXA_TEST_ALL=1 allows no skipping")
		}
		t.Skip("needs ffmpeg")
	}
	in, out := filepath.Join(t.TempDir(), "in.wav"), filepath.Join(t.TempDir(), "out")
	must(t, os.WriteFile(in, tone(t, 440, 1500*time.Millisecond), 0o600))
	cmd := exec.Command(ffmpeg, append(append([]string{"-nostdin", "-loglevel", "error", "-i", in}, args...), out)...)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("making a file of format %s: %v: %s", format, err, said)
	}
	raw, err := os.ReadFile(out)
	must(t, err)
	return raw
}

// mutated damages a file as disks, cables and ill will do: single bytes, most of them near the start, where the sizes
// are; lengths that are far too large; parts that are missing, doubled, blank or foreign; an end that never came.
func mutated(random *rand.Rand, file []byte) []byte {
	out := slices.Clone(file)
	for range 1 + random.IntN(4) {
		at := random.IntN(len(out))
		if random.IntN(3) > 0 {
			at = random.IntN(min(len(out), 64<<random.IntN(5)))
		}
		n := min(1+random.IntN(64), len(out)-at)
		switch random.IntN(10) {
		default:
			out[at] = byte(random.Uint32())
		case 5:
			out[at] ^= 1 << random.IntN(8)
		case 6: // a length
			huge := []uint32{0, 1, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff}[random.IntN(6)]
			if len(out)-at >= 4 {
				binary.LittleEndian.PutUint32(out[at:], huge)
			}
		case 7:
			out = slices.Delete(out, at, at+n)
		case 8:
			out = slices.Insert(out, at, out[at:at+n]...)
		case 9:
			clear(out[at : at+n])
		}
		if len(out) == 0 {
			return []byte{0}
		}
	}
	if random.IntN(8) == 0 {
		out = out[:1+random.IntN(len(out))]
	}
	return out
}

// rssAnon is how much memory of its own this process has, in bytes, after what can be given back was.
func rssAnon(t *testing.T) int64 {
	t.Helper()
	debug.FreeOSMemory()
	status, err := os.ReadFile("/proc/self/status")
	must(t, err)
	_, rest, _ := strings.Cut(string(status), "RssAnon:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		t.Skip("this system does not tell RssAnon")
	}
	kb, err := strconv.ParseInt(fields[0], 10, 64)
	must(t, err)
	return kb << 10
}

package decode

import (
	"bytes"
	"errors"
	"math"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"loaxa/audio"
)

// amr is a recording of an old phone: the best mode of AMR-NB, 50 frames a second of the same sound bits.
func amr(seconds int) []byte {
	frame := append([]byte{7<<3 | 4}, bytes.Repeat([]byte{0x5A, 0xC3, 0x17}, 11)[:31]...)
	return append([]byte("#!AMR\n"), bytes.Repeat(frame, 50*seconds)...)
}

func TestWhatGoCannotReadGoesThroughFFmpeg(t *testing.T) {
	need(t, "ffmpeg")
	tone := []string{"-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=2.345,volume=4"}
	film := append(slices.Clone(tone), "-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=2.345", "-c:v", "mpeg4")
	phone := filepath.Join(t.TempDir(), "phone.amr")
	if err := os.WriteFile(phone, amr(3), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		args   []string
		codec  string
		needs  string  // what a station without ffmpeg says it is
		second float64 // how long it is
		padded float64 // how much longer it may come out
	}{
		{"a.opus", append(slices.Clone(tone), "-c:a", "libopus", "-b:a", "32k"), "opus", "Opus", 2.345, 0.02},
		{"a.webm", append(slices.Clone(tone), "-c:a", "libopus", "-b:a", "32k"), "opus", "WebM", 2.345, 0.02},
		{"a.oga", append(slices.Clone(tone), "-c:a", "flac", "-f", "ogg"), "flac", "FLAC in Ogg", 2.345, 0},
		{"alac.m4a", append(slices.Clone(tone), "-c:a", "alac"), "alac", "Apple Lossless", 2.345, 0},
		{"a.wma", append(slices.Clone(tone), "-c:a", "wmav2"), "wmav2", "WMA", 2.345, 0.15},
		{"a.aiff", tone, "pcm_s16be", "AIFF", 2.345, 0},
		{"a.caf", tone, "pcm_s16be", "CAF", 2.345, 0},
		{"a.au", tone, "pcm_s16be", "AU", 2.345, 0},
		{"a.w64", tone, "pcm_s16le", "Wave64", 2.345, 0},
		{"rf64.wav", append(slices.Clone(tone), "-rf64", "always"), "pcm_s16le", "RF64", 2.345, 0},
		{"float.wav", append(slices.Clone(tone), "-c:a", "pcm_f32le"), "pcm_f32le", "WAV, floating point", 2.345, 0},
		{"phone.wav", append(slices.Clone(tone), "-ar", "8000", "-c:a", "pcm_alaw"), "pcm_alaw", "WAV, A-law", 2.345, 0},
		{"a.mp2", tone, "mp2", "Layer II", 2.345, 0.05},
		{"low.mp3", append(slices.Clone(tone), "-ar", "8000", "-b:a", "16k"), "mp3", "MPEG-2.5", 2.345, 0.2},
		{"parts.mp4", append(slices.Clone(tone), "-c:a", "aac", "-movflags", "+frag_keyframe+empty_moov"), "aac", "in fragments", 2.345, 0.05},
		{"film.mkv", append(slices.Clone(film), "-c:a", "libopus"), "opus", "Matroska", 2.345, 0.05},
		{"film.avi", append(slices.Clone(film), "-c:a", "libmp3lame"), "mp3", "AVI", 2.345, 0.1},
		{"film.ts", append(slices.Clone(film), "-c:v", "mpeg2video", "-c:a", "mp2"), "mp2", "MPEG-TS", 2.345, 0.1},
		{"a.amr", []string{"-f", "amr", "-i", phone, "-c", "copy"}, "amr_nb", "AMR", 3, 0.02},
		{"a.3gp", []string{"-f", "amr", "-i", phone, "-c", "copy"}, "amr_nb", "3GP, AMR", 3, 0.02},
		{"around.m4a", append(slices.Clone(tone), "-af", "pan=5.1|FC=c0|FL=0.1*c0", "-c:a", "aac"), "aac", "several channels", 2.345, 0.03},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			file := encoded(t, c.name, c.args...)
			_, err := inProcess(file)
			if got := refused(t, err, CodeNeedsFFmpeg); !strings.Contains(got, c.needs) {
				t.Errorf("without ffmpeg: %q does not say %q", got, c.needs)
			}
			facts, all, err := decoded(t, withFFmpeg(t), file)
			if err != nil {
				t.Fatal(err)
			}
			if facts.Codec != c.codec || facts.Via != "ffmpeg" || len(facts.Warnings) > 0 && !slices.Equal(facts.Warnings, []string{WarnClipped}) {
				t.Errorf("facts: %+v", facts)
			}
			if got := float64(len(all)) / audio.Rate; got < c.second-0.05 || got > c.second+c.padded+1.0/8000 {
				t.Errorf("%.4f s of %.4f", got, c.second)
			}
			if strings.Contains(c.name, "amr") || c.name == "a.3gp" {
				return // no tone
			}
			if got := snr(all[9600:96000], 440); got < 30 {
				t.Errorf("the tone stands %.1f dB above everything else", got)
			}
		})
	}
}

// The film's sound is AAC-LC: no ffmpeg is needed. A film without sound says so either way.
func TestAFilmIsItsSound(t *testing.T) {
	film := []string{"-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=2"}
	tone := []string{"-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=2"}
	file := encoded(t, "film.mp4", append(append(slices.Clone(film), tone...), "-c:v", "mpeg4", "-c:a", "aac")...)
	facts, all, err := decoded(t, options(t), file)
	if err != nil || facts.Codec != "aac" || facts.Via != "" || len(all) != 2*audio.Rate {
		t.Errorf("%d frames, %+v, %v", len(all), facts, err)
	}
	for _, name := range []string{"silent.mp4", "silent.mkv", "silent.avi"} {
		_, _, err = decoded(t, withFFmpeg(t), encoded(t, name, append(slices.Clone(film), "-c:v", "mpeg4")...))
		refused(t, err, CodeSilent)
	}
}

func TestDamageMeetsFFmpegAndIsRefused(t *testing.T) {
	tone := []string{"-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=6"}
	for _, name := range []string{"a.mka", "a.aiff", "a.caf", "a.wma", "a.au", "a.w64", "a.opus", "alac.m4a"} {
		file := encoded(t, name, tone...)
		t.Run(name, func(t *testing.T) {
			_, _, err := decoded(t, withFFmpeg(t), file[:len(file)/2])
			refused(t, err, CodeTruncated)
		})
	}
	noise := append([]byte("\x1a\x45\xdf\xa3"), bytes.Repeat([]byte("\x93\x42\x82\x88 a b"), 500)...)
	_, _, err := decoded(t, withFFmpeg(t), noise)
	refused(t, err, CodeDamaged)
}

// A playlist in any of its forms would have ffmpeg open what it names. Nothing is opened: neither the address that
// listens here, nor the secret beside it, and the sniff gives no demuxer that could.
func TestNoFileMakesFFmpegOpenAnother(t *testing.T) {
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close() //nolint:errcheck // a test
	secret := filepath.Join(t.TempDir(), "secret.wav")
	if err := os.WriteFile(secret, wavFile{tag: tagPCM, channels: 1, rate: 8000, bits: 16, data: tonePCM(8000, 1, 16, 2), dataSays: -1}.bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	url := "http://" + listener.Addr().String() + "/a.ts"
	hls := "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n"
	for name, data := range map[string]string{
		"hls of an address":       hls + url + "\n#EXT-X-ENDLIST\n",
		"hls of a file":           hls + "file://" + secret + "\n#EXT-X-ENDLIST\n",
		"hls behind a mark":       "\xef\xbb\xbf" + hls + url,
		"concat":                  "ffconcat version 1.0\nfile '" + secret + "'\n",
		"concat behind a tag":     "ID3\x04\x00\x00\x00\x00\x00\x00ffconcat version 1.0\nfile '" + secret + "'\n",
		"hls that says it is AMR": "#!AMR\n" + hls + url,
		"hls that says it is AVI": "RIFF\x00\x00\x00\x00AVI \n" + hls + url,
		"hls in Ogg":              "OggS" + hls + url,
		"sdp":                     "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 4 RTP/AVP 0\n",
		"dash":                    `<?xml version="1.0"?><MPD><BaseURL>` + url + `</BaseURL></MPD>`,
	} {
		_, _, err := decoded(t, withFFmpeg(t), []byte(data))
		var refusal *Refusal
		if !errors.As(err, &refusal) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := listener.SetDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if c, err := listener.Accept(); err == nil {
		t.Errorf("something called from %v", c.RemoteAddr())
	}
	// The control: ffmpeg that is free to guess opens the secret.
	list := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(list, []byte("ffconcat version 1.0\nfile '"+secret+"'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := ffmpeg(t, nil, "-safe", "0", "-f", "concat", "-i", list, "-f", "s16le", "-"); len(got) == 0 {
		t.Error("the control gave nothing: this test shows nothing")
	}
}

// A player may drop dead, or never end: it takes the child's limits with it, and leaves with the child.
func TestAnFFmpegThatMisbehavesIsARefusal(t *testing.T) {
	for _, c := range []struct{ name, body, code, detail string }{
		{"dies", "echo 'terrible error' >&2; exit 3", CodeDamaged, "terrible error"},
		{"gives no sound", "exit 0", CodeDamaged, "without sound"},
		{"gives rubbish", "head -c 100000 /dev/zero", CodeDamaged, "no sound"},
		{"never ends", "exec sleep 60", CodeTooSlow, ""},
		{"gives sound without end", `echo x >&2; echo Stream mapping: >&2; printf '.snd\0\0\0\030\377\377\377\377\0\0\0\006\0\0\273\200\0\0\0\001'; exec yes aaaa`, CodeTooLong, ""},
		{"dies after some sound", `echo x >&2; echo Stream mapping: >&2; printf '.snd\0\0\0\030\377\377\377\377\0\0\0\006\0\0\273\200\0\0\0\001'; head -c 400000 /dev/zero; exit 1`, CodeDamaged, ""},
		{"takes memory without end", `exec awk 'BEGIN{s="aaaaaaaaaaaaaaaa"; while(1) s = s s}'`, CodeDamaged, ""},
		{"cries without end", "exec yes >&2", CodeTooSlow, ""},
		{"is not there", "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := options(t)
			o.FFmpeg, o.MaxDuration = script(t, c.body), time.Minute
			if c.code == CodeTooSlow {
				o.Timeout = time.Second
			}
			if c.code == "" {
				o.FFmpeg = "/nonexistent/ffmpeg"
				if _, _, err := decoded(t, o, amr(2)); err == nil || strings.Contains(err.Error(), "damaged") {
					t.Errorf("the file is blamed: %v", err)
				}
				return
			}
			_, _, err := decoded(t, o, amr(2))
			if got := refused(t, err, c.code); !strings.Contains(got, c.detail) {
				t.Errorf("detail %q does not say %q", got, c.detail)
			}
		})
	}
}

// What ffmpeg gets from its surroundings is its arguments, the file and three streams.
func TestFFmpegSeesNothingOfTheStation(t *testing.T) {
	t.Setenv("LOAXA_SECRET", "token")
	dir := t.TempDir()
	o := options(t)
	o.FFmpeg = script(t, `env > `+dir+`/env; ls -l /proc/$$/fd > `+dir+`/fds; ulimit -d > `+dir+`/data; exit 1`)
	_, _, err := decoded(t, o, amr(2))
	refused(t, err, CodeDamaged)
	env, err := os.ReadFile(filepath.Join(dir, "env"))
	if err != nil || strings.Contains(string(env), "token") {
		t.Errorf("environment %q, %v", env, err)
	}
	fds, err := os.ReadFile(filepath.Join(dir, "fds"))
	if err != nil || !strings.Contains(string(fds), "/in\n") || strings.Contains(string(fds), "/out\n") {
		t.Errorf("descriptors %s, %v", fds, err)
	}
	if data, err := os.ReadFile(filepath.Join(dir, "data")); err != nil || strings.Contains(string(data), "unlimited") {
		t.Errorf("memory is %q, %v", data, err)
	}
}

// When Run is stopped, ffmpeg stops.
func TestFFmpegEndsWithItsParent(t *testing.T) {
	dir := t.TempDir()
	o := options(t)
	o.Timeout = 500 * time.Millisecond
	o.FFmpeg = script(t, "echo $$ > "+dir+"/pid; exec sleep 60")
	_, _, err := decoded(t, o, amr(2))
	refused(t, err, CodeTooSlow)
	pid, err := os.ReadFile(filepath.Join(dir, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; ; i++ {
		stat, err := os.ReadFile("/proc/" + strings.TrimSpace(string(pid)) + "/stat")
		if err != nil || strings.Contains(string(stat), ") Z ") {
			return
		}
		if i == 100 {
			t.Fatalf("it still runs: %s", stat)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func TestDownmixKeepsTheVoice(t *testing.T) {
	for n := 1; n <= maxChannels; n++ {
		for _, l := range []places{usualPlaces(n), vorbisPlaces(n)} {
			m := newMixer(l)
			sum := 0.0
			for i, w := range m.weights {
				sum += float64(w)
				if l[i] == 'F' && w != 0 || l[i] == 'C' && w < slices.Max(m.weights) {
					t.Errorf("%s: weights %v", l, m.weights)
				}
			}
			if math.Abs(sum-1) > 1e-6 || len(l) != n {
				t.Errorf("%s: the weights add up to %f", l, sum)
			}
		}
	}
	if got := newMixer("LR").mono(nil, []float32{1, 0.5, float32(math.NaN()), 0, 3, 3}); !slices.Equal(got, []float32{0.75, 0, 1}) {
		t.Errorf("mono: %v", got)
	}
}

// A recording with one channel turned over is nothing in mono. Every decoder notices.
func TestChannelsThatCancelAreNoticed(t *testing.T) {
	for _, name := range []string{"a.flac", "a.ogg", "a.m4a", "a.aac"} {
		for turned, filter := range map[bool]string{true: "pan=stereo|c0=c0|c1=-0.9*c0", false: "pan=stereo|c0=c0|c1=0.9*c0"} {
			args := []string{"-f", "lavfi", "-i", "sine=sample_rate=48000:duration=0.5", "-af", filter}
			if name == "a.ogg" {
				args = append(args, "-c:a", "libvorbis")
			}
			file := encoded(t, name, args...)
			s, err := open(input{ReaderAt: bytes.NewReader(file), size: int64(len(file))}, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			for err == nil {
				_, err = s.read(nil)
			}
			if s.cancels() != turned {
				t.Errorf("%s: cancels %v, want %v", name, s.cancels(), turned)
			}
		}
	}
}

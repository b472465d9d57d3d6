package decode

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// script is a decoder that misbehaves.
func script(t *testing.T, body string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "decoder")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestADecoderThatDiesIsARefusalAndNoFault(t *testing.T) {
	for _, c := range []struct{ name, body, code, detail string }{
		{"killed", "kill -9 $$", CodeDamaged, "killed"},
		{"panic", "echo 'panic: index out of range' >&2; exit 2", CodeDamaged, "index out of range"},
		{"killed in the middle of a line", "printf '{\"done\":1,'; kill -9 $$", CodeDamaged, ""},
		{"ends without a word", "exit 0", CodeDamaged, "without a result"},
		{"says too much", "exec yes '{\"done\":1,\"total\":2}'", CodeDamaged, "more than"},
		{"says one endless line", "while :; do printf aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done", CodeDamaged, ""},
		{"dies after its facts", "echo '{\"facts\":{\"codec\":\"mp3\"}}'; kill -9 $$", CodeDamaged, "died"},
		{"never ends", "exec sleep 60", CodeTooSlow, "not done"},
		{"cries without end", "exec yes >&2", CodeTooSlow, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := Options{Exe: script(t, c.body), Timeout: time.Second}
			_, _, err := decoded(t, o, []byte("anything"))
			if got := refused(t, err, c.code); !strings.Contains(got, c.detail) {
				t.Errorf("detail %q does not say %q", got, c.detail)
			}
		})
	}
}

func TestTheDaemonsFaultIsNotBlamedOnTheFile(t *testing.T) {
	var r *Refusal
	for name, exe := range map[string]string{"missing program": "/nonexistent/loaxa", "failure": script(t, `echo '{"failure":"no space left"}'`)} {
		if _, _, err := decoded(t, Options{Exe: exe}, []byte("anything")); err == nil || errors.As(err, &r) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := decoded(t, Options{}, []byte("anything")); err == nil || !strings.Contains(err.Error(), "Exe") {
		t.Errorf("without Exe: %v", err)
	}
}

func TestCancellingEndsTheDecoder(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	dir := t.TempDir()
	in, out := create(t, filepath.Join(dir, "in")), create(t, filepath.Join(dir, "out"))
	if _, err := in.WriteString("anything"); err != nil {
		t.Fatal(err)
	}
	body := `echo $$ > ` + dir + `/pid; echo '{"done":1,"total":2}'; exec sleep 60`
	_, err := Run(ctx, Options{Exe: script(t, body)}, in, out, func(int64, int64) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("want context.Canceled, got %v", err)
	}
	pid, err := os.ReadFile(filepath.Join(dir, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat("/proc/" + strings.TrimSpace(string(pid))); !errors.Is(err, os.ErrNotExist) {
		t.Error("the decoder still runs")
	}
}

func create(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// The control shows that the same program gets the memory where it is not limited.
func TestTheChildCannotTakeTheMemoryOfTheStation(t *testing.T) {
	exe := options(t).Exe
	if out, err := exec.CommandContext(t.Context(), exe, "hungry-free").CombinedOutput(); err != nil {
		t.Skipf("this machine has no 600 MB to give: %v: %.200s", err, out)
	}
	out, err := exec.CommandContext(t.Context(), exe, "hungry").CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() == 3 {
		t.Fatalf("600 MB were given to a child limited to 256 MB: %v: %.200s", err, out)
	}
}

func TestOptionsBoundTheFile(t *testing.T) {
	minute := wavFile{tag: tagPCM, channels: 1, rate: 8000, bits: 8, data: tonePCM(8000, 1, 8, 60), dataSays: -1}.bytes()
	o := options(t)
	o.MaxFileBytes = int64(len(minute)) - 1
	_, _, err := decoded(t, o, minute)
	refused(t, err, CodeTooLarge)

	o = options(t)
	o.MaxDuration = 59 * time.Second
	_, _, err = decoded(t, o, minute)
	refused(t, err, CodeTooLong)

	o.MaxDuration = time.Minute
	if _, _, err = decoded(t, o, minute); err != nil {
		t.Errorf("a clip of exactly the allowed length: %v", err)
	}
}

func TestOtherFilesAreRefusedByName(t *testing.T) {
	filler := strings.Repeat("\x00\x01\x02 x", 2000)
	for _, c := range []struct{ name, data, code, detail string }{
		{"web page", "\xef\xbb\xbf \r\n<!DOCTYPE html><html><title>Đăng nhập</title>", CodeWebPage, ""},
		{"xml", `<?xml version="1.0"?><Error>AccessDenied</Error>`, CodeWebPage, ""},
		{"web page in UTF-16", "\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00", CodeWebPage, ""},
		{"web page behind a comment", "\n<!-- saved from url=(0014)about:internet -->\n<HTML>", CodeWebPage, ""},
		{"error of a service", `{"error":{"code":403,"message":"The download quota for this file has been exceeded."}}`, CodeWebPage, "JSON"},
		{"raw answer", "HTTP/1.1 302 Found\r\nLocation: /login\r\n\r\n", CodeWebPage, ""},
		{"phone recording cut off", "\x00\x00\x00\x18ftypM4A " + filler, CodeTruncated, ""},
		{"ogg", "OggS" + filler, CodeNeedsFFmpeg, "Ogg"},
		{"flac", "fLaC" + filler, CodeTruncated, ""},
		{"old phone", "#!AMR\n" + filler, CodeNeedsFFmpeg, "AMR"},
		{"picture of a phone", "\x00\x00\x00\x18ftypheic" + filler, CodeNotAudio, "picture"},
		{"picture", "\x89PNG\r\n\x1a\n" + filler, CodeNotAudio, "picture"},
		{"program", "MZ\x90\x00" + filler, CodeNotAudio, "program"},
		{"old document", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + filler, CodeNotAudio, "Office"},
		{"list of links", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n", CodeNotAudio, "playlist"},
		{"letter", "%PDF-1.7" + filler, CodeNotAudio, "PDF"},
		{"document", "PK\x03\x04" + filler, CodeNotAudio, "ZIP"},
		{"text", "Kính gửi: Ủy ban nhân dân xã" + filler, CodeNotAudio, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := decoded(t, options(t), []byte(c.data))
			if got := refused(t, err, c.code); !strings.Contains(got, c.detail) {
				t.Errorf("detail %q does not say %q", got, c.detail)
			}
		})
	}
}

func TestEveryRefusalSpeaksToAPerson(t *testing.T) {
	seen := map[string]string{}
	for _, code := range []string{CodeEmpty, CodeNotAudio, CodeWebPage, CodeUnsupported, CodeDamaged, CodeTruncated, CodeTooLong, CodeTooLarge, CodeTooSlow, CodeSilent, CodeOutOfPhase, CodeBadTrim, CodeNeedsFFmpeg} {
		r := refuse(code, "FLAC")
		for _, lang := range []string{"vi", "en"} {
			s := r.Sentence(lang)
			if other, twice := seen[s]; twice || len(s) < 30 {
				t.Errorf("%s in %s: %q, also said for %q", code, lang, s, other)
			}
			seen[s] = code
		}
	}
}

// Every kind that is refused by its name has one in Vietnamese.
func TestWhatIsNotAudioIsNamed(t *testing.T) {
	for _, m := range magics {
		if m.kind != kindNotAudio {
			continue
		}
		if got := refuse(CodeNotAudio, "%s", m.name).Sentence("vi"); vietnamese[m.name] == "" || !strings.Contains(got, vietnamese[m.name]) {
			t.Errorf("%s: %q", m.name, got)
		}
	}
}

func TestMainByHandExplainsItself(t *testing.T) {
	for _, args := range [][]string{nil, {"-max-duration", "1h"}, {"-max-duration", "1h", "-cpu-seconds", "1", "file.mp3"}} {
		if code := Main(args); code != 2 {
			t.Errorf("%q: exit code %d", args, code)
		}
	}
}

package decode

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// ffmpeg reads what Go cannot. It runs as a child of the limited child: the limits on memory, processor time and file
// size, and the priority, come down to it. It is given the file as a descriptor and told what kind it is, so it never
// guesses: some of its demuxers (concat, hls, playlists) open other files and addresses that a text names.

const (
	ffmpegMaxSaid  = 64 << 10 // bytes of its words that are kept
	ffmpegMaxAlloc = "67108864"
	ffmpegFD       = 3 // of the file
	auHeaderBytes  = 24
)

// transcoder is the sound of a file as ffmpeg gives it: AU, 32-bit floating point, of the file's own rate and channels.
type transcoder struct {
	cmd  *exec.Cmd
	pipe io.Closer
	out  *bufio.Reader
	said *talk
	file finding

	report report
	hz     int
	places int
	*mixer
	raw   []byte
	wide  []float32
	given int64
	over  bool
	notes []string
}

// openForeign gives a file to ffmpeg, or says that this would be needed. native is why Go does not read it.
func openForeign(in input, found finding, native *Refusal) (*opened, *Refusal, error) {
	if in.ffmpeg == "" || in.file == nil {
		return nil, refuse(CodeNeedsFFmpeg, "%s", native.Detail), nil
	}
	if refusal := checkWhole(in, found); refusal != nil {
		return nil, refusal, nil
	}
	s, refusal, err := startTranscoder(in, found)
	if err != nil || refusal != nil {
		return nil, refusal, err
	}
	// It writes the length in hundredths of a second, and some containers count their encoder's padding.
	slack := max(int64(s.hz)/10, 2400)
	return &opened{stream: s, about: s.report.about.or(readID3(in, in.size)), via: "ffmpeg", slack: slack}, nil, nil
}

// ffmpegArgs say everything that ffmpeg could otherwise find out for itself.
func ffmpegArgs(demuxer string) []string {
	return []string{"-nostdin", "-hide_banner", "-nostats", "-loglevel", "info", "-max_alloc", ffmpegMaxAlloc,
		"-max_error_rate", "0.1", "-filter_threads", "1", "-threads", "1",
		"-protocol_whitelist", "file", "-f", demuxer, "-i", fmt.Sprintf("file:/proc/self/fd/%d", ffmpegFD),
		"-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1", "-threads", "1", "-c:a", "pcm_f32be", "-f", "au", "pipe:1"}
}

func startTranscoder(in input, found finding) (*transcoder, *Refusal, error) {
	t := &transcoder{file: found, said: newTalk()}
	t.cmd = exec.Command(in.ffmpeg, ffmpegArgs(found.demuxer)...) //nolint:gosec // the station's configuration names it
	t.cmd.Env = []string{"LC_ALL=C"}                              // nothing of ours is its business
	t.cmd.Dir = "/"
	t.cmd.ExtraFiles = []*os.File{ffmpegFD - 3: in.file}
	t.cmd.Stderr = t.said
	t.cmd.WaitDelay = afterKill
	t.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := t.cmd.StdoutPipe()
	if err != nil {
		return nil, nil, fmt.Errorf("starting ffmpeg: %w", err)
	}
	if err := t.cmd.Start(); err != nil {
		return nil, nil, fmt.Errorf("starting ffmpeg: %w", err)
	}
	t.pipe, t.out = out, bufio.NewReaderSize(out, 64<<10)
	if refusal := t.header(); refusal != nil {
		t.close()
		return nil, refusal, nil
	}
	return t, nil, nil
}

// header reads what stands before the sound. Where nothing comes, ffmpeg's own words say why.
func (t *transcoder) header() *Refusal {
	var b [auHeaderBytes]byte
	if _, err := io.ReadFull(t.out, b[:]); err != nil {
		return t.failed(t.cmd.Wait())
	}
	be := binary.BigEndian
	offset, rate, channels := be.Uint32(b[4:]), be.Uint32(b[16:]), be.Uint32(b[20:])
	switch {
	case string(b[:4]) != ".snd" || be.Uint32(b[12:]) != 6 || offset < auHeaderBytes || offset > 4096:
		return refuse(CodeDamaged, "ffmpeg gave no sound: %x", b)
	case rate < minRate || rate > maxRate:
		return refuse(CodeUnsupported, "%s, %d samples a second", t.file.name, rate)
	case channels < 1 || channels > maxChannels:
		return refuse(CodeUnsupported, "%s, %d channels", t.file.name, channels)
	}
	if _, err := t.out.Discard(int(offset) - auHeaderBytes); err != nil {
		return t.failed(t.cmd.Wait())
	}
	t.hz, t.places = int(rate), int(channels)
	t.mixer = newMixer(usualPlaces(t.places))
	t.raw = make([]byte, 4096*4*t.places)
	select {
	case <-t.said.mapped: // said before the first sound, but it comes another way
	case <-time.After(afterKill):
	}
	t.report = readReport(t.said.text())
	return nil
}

// failed says why ffmpeg gave nothing, or not all.
func (t *transcoder) failed(died error) *Refusal {
	words := readReport(t.said.text())
	switch {
	case words.silent:
		return refuse(CodeSilent, "%s without sound", t.file.name)
	case words.unknownCodec:
		return refuse(CodeUnsupported, "%s", t.file.name)
	case died == nil:
		return refuse(CodeDamaged, "%s: ffmpeg ended without sound: %s", t.file.name, words.last)
	}
	return refuse(CodeDamaged, "%s: ffmpeg: %v: %s", t.file.name, died, words.last)
}

func (t *transcoder) codec() string {
	if t.report.codec == "" {
		return t.file.name
	}
	return t.report.codec
}

func (t *transcoder) rate() int          { return t.hz }
func (t *transcoder) channels() int      { return t.places }
func (t *transcoder) warnings() []string { return t.notes }

// announced is known only where the container says it of the sound: elsewhere ffmpeg guesses from the size, and a film
// may go on when its sound is over.
func (t *transcoder) announced() int64 {
	if t.report.guessed || t.report.film {
		return 0
	}
	return int64(t.report.seconds * float64(t.hz))
}

func (t *transcoder) position() (done, total int64) {
	return min(t.given, int64(t.report.seconds*float64(t.hz))), int64(t.report.seconds * float64(t.hz))
}

// read gives what has come; at the end ffmpeg must have ended well.
func (t *transcoder) read(out []float32) ([]float32, error) {
	if t.over {
		return out, io.EOF
	}
	n, err := io.ReadFull(t.out, t.raw)
	n -= n % (4 * t.places)
	t.wide = t.wide[:0]
	for i := 0; i < n; i += 4 {
		t.wide = append(t.wide, math.Float32frombits(binary.BigEndian.Uint32(t.raw[i:])))
	}
	t.given += int64(len(t.wide) / t.places)
	out = t.mono(out, t.wide)
	if err == nil {
		return out, nil
	}
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return out, refuse(CodeDamaged, "reading from ffmpeg: %v", err)
	}
	t.over = true
	if died := t.cmd.Wait(); died != nil {
		return out, t.failed(died)
	}
	switch last := readReport(t.said.text()); {
	case last.cut:
		return out, refuse(CodeTruncated, "%s: ffmpeg: %s", t.file.name, last.last)
	case last.errors > 0:
		t.notes = append(t.notes, WarnPartsSkipped)
	}
	if len(t.wide) > 0 {
		return out, nil
	}
	return out, io.EOF
}

// close ends ffmpeg where it has not ended by itself.
func (t *transcoder) close() {
	if t.cmd.ProcessState == nil {
		_ = t.cmd.Process.Kill() // it may have ended just now
		_ = t.pipe.Close()
		_ = t.cmd.Wait()
	}
}

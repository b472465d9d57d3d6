package decode

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// report is what ffmpeg says of a file while it reads it. Its words are as foreign as the file: nothing here can do
// more than give a clip a wrong title, or have it refused.
type report struct {
	about        about
	codec        string
	seconds      float64 // how long the container says it is; 0 = it does not say
	film         bool    // there are moving pictures, too
	cut          bool    // the file ends too early
	guessed      bool    // the length is made up from size and bit rate
	silent       bool    // there is no sound in it
	unknownCodec bool
	errors       int    // complaints of a decoder or a demuxer
	last         string // line
}

var (
	saidDuration = regexp.MustCompile(`^  Duration: (\d{2,4}):(\d\d):(\d\d\.\d\d)[, ]`)
	saidAudio    = regexp.MustCompile(`^\s*Stream #0:\d+.*: Audio: ([a-z0-9_]{1,24})`)
	saidTag      = regexp.MustCompile(`^ {4,6}([A-Za-z]{1,16}) *: (.*)$`)
	saidVideo    = regexp.MustCompile(`^\s*Stream #0:\d+.*: Video: `)
	saidCut      = regexp.MustCompile(`^\[.*(partial file|ended prematurely|Packet corrupt)`)
	saidError    = regexp.MustCompile(`(?i)^\[.*(error|invalid|corrupt)`)
)

func readReport(text string) (r report) {
	foreign := true // until the lines are about what ffmpeg makes of it
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			continue
		}
		r.last = words([]byte(line))
		if strings.HasPrefix(line, "Stream mapping:") || strings.HasPrefix(line, "Output #0") {
			foreign = false
		}
		switch {
		case strings.Contains(line, "Estimating duration from bitrate"):
			r.guessed = true
		case saidCut.MatchString(line):
			r.cut = true
		case strings.Contains(line, "matches no streams"):
			r.silent = true
		case strings.Contains(line, "Decoder (codec ") || strings.Contains(line, "Decoding requested, but no decoder"):
			r.unknownCodec = true
		case saidError.MatchString(line):
			r.errors++
		}
		if foreign {
			r.describe(line)
		}
	}
	return r
}

func (r *report) describe(line string) {
	if m := saidDuration.FindStringSubmatch(line); m != nil && r.seconds == 0 {
		hours, _ := strconv.ParseFloat(m[1], 64) // digits all of them
		minutes, _ := strconv.ParseFloat(m[2], 64)
		seconds, _ := strconv.ParseFloat(m[3], 64)
		r.seconds = hours*3600 + minutes*60 + seconds
	} else if m := saidAudio.FindStringSubmatch(line); m != nil && r.codec == "" {
		r.codec = m[1]
	} else if saidVideo.MatchString(line) && !strings.Contains(line, "(attached pic)") {
		r.film = true
	} else if m := saidTag.FindStringSubmatch(line); m != nil {
		switch strings.ToLower(m[1]) {
		case "title":
			r.about = r.about.or(about{title: words([]byte(m[2]))})
		case "artist":
			r.about = r.about.or(about{artist: words([]byte(m[2]))})
		}
	}
}

// talk keeps the first bytes that ffmpeg says, and knows when it has described its input.
type talk struct {
	mu     sync.Mutex
	kept   []byte
	mapped chan struct{} // closed then
	closed bool
}

func newTalk() *talk { return &talk{mapped: make(chan struct{})} }

func (t *talk) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p[:min(len(p), ffmpegMaxSaid-len(t.kept))]...)
	if !t.closed && (len(t.kept) == ffmpegMaxSaid || bytes.Contains(t.kept, []byte("\nStream mapping:"))) {
		t.closed = true
		close(t.mapped)
	}
	return len(p), nil
}

// text is what was said so far.
func (t *talk) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.kept)
}

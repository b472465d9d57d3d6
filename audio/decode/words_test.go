package decode

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTitlesAreReadFromEveryContainer(t *testing.T) {
	const title, artist = "Cảnh báo lừa đảo", "Công an xã"
	for _, c := range []struct {
		name string
		args []string
	}{
		{"a.mp3", []string{"-id3v2_version", "3"}}, {"b.mp3", []string{"-id3v2_version", "4"}},
		{"a.m4a", nil}, {"a.mov", []string{"-c:a", "aac"}}, {"a.ogg", []string{"-c:a", "libvorbis"}}, {"a.flac", nil}, {"a.aac", []string{"-f", "adts", "-write_id3v2", "1"}},
		{"a.opus", nil}, {"a.wma", nil}, {"a.mka", []string{"-c:a", "libopus"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"-f", "lavfi", "-i", "sine=duration=1", "-metadata", "title=" + title, "-metadata", "artist=" + artist}, c.args...)
			facts, _, err := decoded(t, withFFmpeg(t), encoded(t, c.name, args...))
			if err != nil {
				t.Fatal(err)
			}
			if facts.Title != title && c.name != "a.mov" || facts.Artist != artist && c.name != "a.mov" {
				t.Errorf("title %q, artist %q", facts.Title, facts.Artist)
			}
		})
	}
}

func TestID3OfEveryKind(t *testing.T) {
	frame := func(name, body string) string {
		return name + string([]byte{0, 0, byte(len(body) >> 8), byte(len(body)), 0, 0}) + body
	}
	tag := func(version, flags byte, frames string) []byte {
		n := len(frames)
		return []byte("ID3" + string([]byte{version, 0, flags, 0, 0, byte(n >> 7), byte(n & 127)}) + frames)
	}
	long := strings.Repeat("dài ", 500)
	for name, c := range map[string]struct {
		tag   []byte
		title string
	}{
		"Latin-1":                  {tag(3, 0, frame("TIT2", "\x00Caf\xe9")), "Café"},
		"UTF-8 under a false flag": {tag(3, 0, frame("TIT2", "\x00Xã")), "Xã"},
		"UTF-16":                   {tag(3, 0, frame("TIT2", "\x01\xff\xfeX\x00\xe3\x00\x00\x00")), "Xã"},
		"UTF-16, the other way":    {tag(3, 0, frame("TIT2", "\x01\xfe\xff\x00X\x00\xe3")), "Xã"},
		"UTF-16 without a mark":    {tag(4, 0, frame("TIT2", "\x02\x00X\x00\xe3")), "Xã"},
		"unsynchronised":           {tag(3, 0x80, frame("TIT2", "\x01\xff\xfeX\x00")), "X"},
		"version 2.2":              {tag(2, 0, "TT2\x00\x00\x03\x00Xa"), "Xa"},
		"extended header":          {tag(3, 0x40, "\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00"+frame("TIT2", "\x00Xa")), "Xa"},
		"behind another":           {tag(4, 0, frame("COMM", "\x00vie\x00x")+frame("TIT2", "\x03Xa")), "Xa"},
		"controls and lines":       {tag(4, 0, frame("TIT2", "\x03a\x1b[31m\r\nb\u202ec")), "a[31m bc"},
		"too long":                 {tag(3, 0, frame("TIT2", "\x03"+long)), strings.TrimSpace(string([]rune(long)[:maxWords]))},
		"broken UTF-16":            {tag(3, 0, frame("TIT2", "\x01\xff\xfe\x00\xd8X\x00")), "X"},
		"a frame of 2 GB":          {tag(3, 0, "TIT2\x7f\xff\xff\xff\x00\x00\x00Xa"), ""},
		"empty":                    {tag(3, 0, frame("TIT2", "")), ""},
		"compressed":               {tag(3, 0, "TIT2\x00\x00\x00\x03\x00\x80\x00Xa"), ""},
	} {
		old := append(make([]byte, 500), "TAG\xd0\x90 old title, which is here cut off"...)
		old = append(old, make([]byte, 628-len(old))...)
		if got := readID3(bytes.NewReader(old), int64(len(old))); got.title != "А old title, which is here cu" {
			t.Errorf("the old tag: %q", got.title)
		}
		if got := readID3(bytes.NewReader(c.tag), int64(len(c.tag))); got.title != c.title || !utf8.ValidString(got.title) {
			t.Errorf("%s: %q, want %q", name, got.title, c.title)
		}
	}
}

// A tag before FLAC or bare AAC, junk before either, and a tag behind: none of it is sound, and none hides it.
func TestTagsAndJunkHideNoFormat(t *testing.T) {
	id3 := append([]byte("ID3\x04\x00\x00\x00\x00\x4e\x10"), make([]byte, 0x4e<<7|0x10)...)
	id3v1 := append([]byte("TAG"), make([]byte, 125)...)
	tone := []string{"-f", "lavfi", "-i", "sine=sample_rate=44100:duration=2"}
	flac, aac := encoded(t, "a.flac", tone...), encoded(t, "a.aac", append(slices.Clone(tone), "-f", "adts")...)
	for name, c := range map[string]struct {
		data  []byte
		codec string
		like  []byte
	}{
		"tag before FLAC":  {slices.Concat(id3, flac), "flac 16-bit", flac},
		"tag behind FLAC":  {slices.Concat(flac, id3v1), "flac 16-bit", flac},
		"tag before AAC":   {slices.Concat(id3, aac), "aac", aac},
		"tag behind AAC":   {slices.Concat(aac, id3v1), "aac", aac},
		"junk before AAC":  {slices.Concat(bytes.Repeat([]byte("\xffjunk\xff\xf1"), 500), aac), "aac", aac},
		"zeros behind AAC": {slices.Concat(aac, make([]byte, 700)), "aac", aac},
	} {
		facts, all, err := decoded(t, options(t), c.data)
		_, want, plain := decoded(t, options(t), c.like)
		if err != nil || plain != nil || facts.Codec != c.codec || !slices.Equal(all, want) || len(facts.Warnings) > 0 {
			t.Errorf("%s: %d frames of %d, %+v, %v", name, len(all), len(want), facts, err)
		}
	}
}

// However a file was cut, it is refused, or at most a second of it is missing and that is said; nothing is ever taken
// for a shorter clip.
func TestAFileCutAnywhereIsNeverAShorterClip(t *testing.T) {
	longSums(t)
	tone := []string{"-f", "lavfi", "-i", "sine=sample_rate=44100:duration=3"}
	for _, c := range []struct {
		name string
		args []string
		says bool // the container knows its length
	}{
		{"a.wav", nil, true}, {"a.flac", nil, true}, {"a.ogg", []string{"-c:a", "libvorbis"}, true}, {"a.mp3", nil, true},
		{"a.m4a", nil, true}, {"fast.m4a", []string{"-movflags", "+faststart"}, true}, {"a.aac", []string{"-f", "adts"}, false},
	} {
		file := encoded(t, c.name, append(slices.Clone(tone), c.args...)...)
		whole, _, err := decoded(t, options(t), file)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		for i := 1; i < 14; i++ {
			cut := len(file) * i / 14
			facts, err := inProcess(file[:cut])
			if err == nil && (c.says && facts.Frames < whole.Frames-48000 || len(facts.Warnings) == 0 && c.says && facts.Frames != whole.Frames) {
				t.Errorf("%s cut at byte %d of %d became a clip: %+v", c.name, cut, len(file), facts)
			}
		}
	}
}

package decode

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"loaxa/audio"
)

// phoneM4A is two seconds as ffmpeg writes them: an edit list takes its encoder's first 1024 samples away.
func phoneM4A(t *testing.T) []byte {
	t.Helper()
	return encoded(t, "a.m4a", "-f", "lavfi", "-i", "sine=sample_rate=48000:duration=2", "-c:a", "aac", "-metadata", "title=x")
}

// changed is file with the first old replaced; it must be there.
func changed(t *testing.T, file []byte, from, to string) []byte {
	t.Helper()
	if !bytes.Contains(file, []byte(from)) {
		t.Fatalf("no %q in the file", from)
	}
	return bytes.Replace(slices.Clone(file), []byte(from), []byte(to), 1)
}

// grown has more bytes at the end of a box, and the boxes around it know it. The last box of the file must be the first
// of the way, so that nothing else moves.
func grown(t *testing.T, file []byte, more string, way ...string) []byte {
	t.Helper()
	file = slices.Clone(file)
	at, end := 0, len(file)
	for _, name := range way {
		for at+8 <= end && string(file[at+4:at+8]) != name {
			at += int(binary.BigEndian.Uint32(file[at:]))
		}
		if at+8 > end {
			t.Fatalf("no box %q", name)
		}
		size := binary.BigEndian.Uint32(file[at:])
		end = at + int(size)
		binary.BigEndian.PutUint32(file[at:], size+uint32(len(more)))
		at += 8
		if name == "meta" {
			at += 4
		}
	}
	return slices.Insert(file, end, []byte(more)...)
}

// boxOf is an MP4 box.
func boxOf(name string, content ...string) string {
	all := strings.Join(content, "")
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(all)+8))) + name + all
}

func TestOnlyTheRecordedSoundIsKept(t *testing.T) {
	file := phoneM4A(t)
	smpb := boxOf("----", boxOf("mean", "\x00\x00\x00\x00com.apple.iTunes"), boxOf("name", "\x00\x00\x00\x00iTunSMPB"),
		boxOf("data", "\x00\x00\x00\x01\x00\x00\x00\x00", " 00000000 00000400 00000100 0000000000017700 00000000 00000000"))
	plain := changed(t, file, "edts", "free")
	for name, c := range map[string]struct {
		file   []byte
		frames int64
	}{
		"edit list":              {file, 2 * audio.Rate},
		"neither list nor note":  {plain, 2*audio.Rate + 1024},
		"iTunes' note":           {grown(t, plain, smpb, "moov", "udta", "meta", "ilst"), 0x17700},
		"both":                   {grown(t, file, smpb, "moov", "udta", "meta", "ilst"), 2 * audio.Rate},
		"a note that is rubbish": {grown(t, plain, strings.Replace(smpb, "00017700", "0FFFFFFF", 1), "moov", "udta", "meta", "ilst"), 2*audio.Rate + 1024},
	} {
		facts, err := inProcess(c.file)
		if err != nil || facts.Frames != c.frames || facts.Declared != c.frames || facts.Title != "x" || len(facts.Warnings) > 0 {
			t.Errorf("%s: %+v, %v, want %d frames", name, facts, err, c.frames)
		}
	}
}

func TestHostileMP4IsRefused(t *testing.T) {
	file := phoneM4A(t)
	deep := ""
	for range 6000 {
		deep = boxOf("free") + deep
	}
	for _, c := range []struct {
		name   string
		file   []byte
		code   string
		detail string
	}{
		{"HE-AAC", changed(t, file, "\x05\x80\x80\x80\x05\x11\x88", "\x05\x80\x80\x80\x05\x29\x88"), CodeNeedsFFmpeg, "HE-AAC"},
		{"six channels", changed(t, file, "\x05\x80\x80\x80\x05\x11\x88", "\x05\x80\x80\x80\x05\x11\xb0"), CodeNeedsFFmpeg, "several channels"},
		{"16 million samples a second", changed(t, file, "\x05\x80\x80\x80\x05\x11\x88\x56\xe5\x00", "\x05\x80\x80\x80\x05\x17\xff\xff\xff\x88"), CodeDamaged, "sampling"},
		{"protected", changed(t, file, "mp4a", "enca"), CodeUnsupported, "DRM"},
		{"Apple Lossless", changed(t, file, "mp4a", "alac"), CodeNeedsFFmpeg, "Apple Lossless"},
		{"a table of 4e9 sizes", after(t, file, "stsz", 8, "\xff\xff\xff\xff"), CodeDamaged, "room for"},
		{"a table of 4e9 times", after(t, file, "stts", 4, "\xff\xff\xff\xff"), CodeDamaged, "room for"},
		{"a table of 4e9 chunks", after(t, file, "stco", 4, "\xff\xff\xff\xff"), CodeDamaged, "room for"},
		{"4e9 samples of one byte", after(t, file, "stsz", 4, "\x00\x00\x00\x01\xff\xff\xff\xff"), CodeTruncated, ""},
		{"a sample of 2 GB", after(t, file, "stsz", 12, "\x7f\xff\xff\xff"), CodeDamaged, "says"},
		{"chunks behind the end", after(t, file, "stco", 8, "\x7f\xff\xff\xff"), CodeTruncated, "would end"},
		{"a clip of a thousand years", after(t, changed(t, file, "edts", "free"), "stts", 12, "\xff\xff\xff\xff"), CodeTooLong, ""},
		{"no time scale", after(t, file, "mdhd", 12, "\x00\x00\x00\x00"), CodeDamaged, "time scale"},
		{"boxes without end", append([]byte(boxOf("ftyp", "M4A isom")), deep...), CodeDamaged, "boxes"},
		{"a box of no length", append(slices.Clone(file[:28]), "\x00\x00\x00\x03moov"...), CodeDamaged, "length"},
		{"two cuts", after(t, file, "elst", 4, "\x00\x00\x00\x02\x00\x00\x00\x10\x00\x00\x00\x00"), "", ""},
	} {
		facts, err := inProcess(c.file)
		if c.code == "" {
			continue // whatever it becomes, it ends
		}
		if err == nil {
			t.Errorf("%s: %+v", c.name, facts)
			continue
		}
		if got := refused(t, err, c.code); !strings.Contains(got, c.detail) {
			t.Errorf("%s: detail %q does not say %q", c.name, got, c.detail)
		}
	}
}

// after has other bytes at some distance behind a box's name.
func after(t *testing.T, file []byte, name string, distance int, bytesThere string) []byte {
	t.Helper()
	file = slices.Clone(file)
	at := bytes.Index(file, []byte(name))
	if at < 0 {
		t.Fatalf("no box %q", name)
	}
	copy(file[at+4+distance:], bytesThere)
	return file
}

// A film that is protected is not given to ffmpeg, which would make noise of it.
func TestAProtectedFileIsRefusedWithFFmpegToo(t *testing.T) {
	_, _, err := decoded(t, withFFmpeg(t), changed(t, phoneM4A(t), "mp4a", "enca"))
	refused(t, err, CodeUnsupported)
}

// A few broken units are silence and are said; many are a damaged file.
func TestDamagedAACIsHeardOrRefused(t *testing.T) {
	file := encoded(t, "a.aac", "-f", "lavfi", "-i", "sine=sample_rate=48000:duration=4", "-c:a", "aac", "-f", "adts")
	hurt := func(every int) []byte {
		all := slices.Clone(file)
		n := 0
		for at := 0; at+adtsBytes < len(all); n++ {
			h, ok := parseADTS(all[at:])
			if !ok {
				t.Fatalf("no header at byte %d", at)
			}
			if n%every == every-1 {
				for i := at + h.header; i < at+h.size; i++ {
					all[i] = 0xFF
				}
			}
			at += h.size
		}
		return all
	}
	whole, err := inProcess(file)
	if err != nil {
		t.Fatal(err)
	}
	facts, err := inProcess(hurt(60))
	if err != nil || !slices.Contains(facts.Warnings, WarnPartsSkipped) || facts.Frames != whole.Frames {
		t.Errorf("a little damage: %+v, %v", facts, err)
	}
	_, err = inProcess(hurt(3))
	refused(t, err, CodeDamaged)
}

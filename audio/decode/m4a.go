package decode

import (
	"encoding/binary"
	"io"
	"math"
)

// mp4Track is the sound of an MP4 file, as its boxes describe it. Every number in it has been checked or is harmless.
type mp4Track struct {
	trak, mdia, stbl box
	scale            int64 // of the track, units a second
	length           int64 // in these units, by the table of times; 0 = it does not say
	asc              []byte
}

// newMP4Stream reads AAC-LC out of M4A, MP4 and 3GP.
func newMP4Stream(f io.ReaderAt, start, size int64, name string) (*aacStream, *Refusal) {
	m := &mp4File{f: f, size: size}
	var moov box
	fragments := false
	cut, refusal := m.boxes(start, size, func(b box) bool {
		switch b.name {
		case "moov":
			moov = b
		case "moof":
			fragments = true
		}
		return true
	})
	switch {
	case moov.name == "" && cut:
		return nil, refuse(CodeTruncated, "no description of the sound (moov)")
	case moov.name == "" && refusal != nil:
		return nil, refusal
	case moov.name == "":
		return nil, refuse(CodeDamaged, "no description of the sound (moov)")
	}
	track, refusal := m.soundTrack(moov)
	if refusal != nil {
		return nil, refusal
	}
	if refusal := m.describe(&track, name); refusal != nil {
		return nil, refusal
	}
	if _, moving := m.find(moov, "mvex"); moving || fragments {
		return nil, refuse(CodeUnsupported, "%s in fragments", name)
	}
	s, refusal := newAACStream(func() (units, *Refusal) { return newMP4Units(m, track.stbl) }, track.asc, name)
	if refusal != nil {
		return nil, refusal
	}
	words, gaps := m.ilst(moov)
	s.words = words
	return s, s.trim(m, moov, track, gaps)
}

// soundTrack finds the first track with sound.
func (m *mp4File) soundTrack(moov box) (track mp4Track, refusal *Refusal) {
	pictures := false
	_, refusal = m.boxes(moov.at, moov.at+moov.size, func(b box) bool {
		if b.name != "trak" || track.trak.name != "" {
			return true
		}
		mdia, _ := m.find(b, "mdia")
		hdlr, ok := m.find(mdia, "hdlr")
		if !ok {
			return true
		}
		switch head := m.leaf(hdlr); {
		case len(head) >= 12 && string(head[8:12]) == "soun":
			track.trak, track.mdia = b, mdia
		case len(head) >= 12 && string(head[8:12]) == "vide":
			pictures = true
		}
		return true
	})
	switch {
	case track.trak.name != "":
		return track, nil
	case refusal != nil:
		return track, refusal
	case pictures:
		return track, refuse(CodeSilent, "a video without sound")
	}
	return track, refuse(CodeSilent, "no track of sound")
}

// describe reads what the sound is.
func (m *mp4File) describe(t *mp4Track, name string) *Refusal {
	mdhd, ok1 := m.find(t.mdia, "mdhd")
	stbl, ok2 := m.find(t.mdia, "minf", "stbl")
	stsd, ok3 := m.find(stbl, "stsd")
	if !ok1 || !ok2 || !ok3 {
		return refuse(CodeDamaged, "the track of sound is not described")
	}
	t.stbl = stbl
	if t.scale = timescale(m.leaf(mdhd)); t.scale == 0 {
		return refuse(CodeDamaged, "box %q without a time scale", mdhd.name)
	}
	var entry box
	_, _ = m.boxes(stsd.at+8, stsd.at+stsd.size, func(b box) bool {
		entry = b
		return false
	})
	switch {
	case entry.name == "enca" || entry.name == "drms":
		r := refuse(CodeUnsupported, "%s, protected against copying (DRM)", name)
		r.final = true
		return r
	case entry.name != "mp4a":
		if known := codecBox[entry.name]; known != "" {
			return refuse(CodeUnsupported, "%s", known)
		}
		return refuse(CodeUnsupported, "%s, sound of type %q", name, entry.name)
	}
	if t.asc = m.config(entry); t.asc == nil {
		return refuse(CodeUnsupported, "%s, sound that is not AAC", name)
	}
	if stts, ok := m.find(stbl, "stts"); ok {
		times, refusal := m.table(stts, 0, 2)
		if refusal != nil {
			return refusal
		}
		var e [2]uint32
		for times.next(e[:]) && t.length <= math.MaxInt64/maxRate {
			t.length += int64(min(uint64(e[0])*uint64(e[1]), math.MaxInt64/maxRate))
		}
		t.length = min(t.length, math.MaxInt64/maxRate)
	}
	return nil
}

// timescale of an mdhd or mvhd box, in units a second; 0 = it does not say.
func timescale(b []byte) int64 {
	at := 12
	if len(b) > 0 && b[0] == 1 {
		at = 20
	}
	if len(b) < at+4 {
		return 0
	}
	return int64(binary.BigEndian.Uint32(b[at:]))
}

// config finds the AudioSpecificConfig below a sample entry; nil where the sound is no MPEG-4 AAC.
func (m *mp4File) config(entry box) []byte {
	const plain = 28
	fixed := m.leaf(box{at: entry.at, size: min(entry.size, plain)})
	if len(fixed) < plain {
		return nil
	}
	inner := box{at: entry.at + plain, size: entry.size - plain}
	switch binary.BigEndian.Uint16(fixed[8:]) { // QuickTime's own versions
	case 1:
		inner.at, inner.size = inner.at+16, inner.size-16
	case 2:
		inner.at, inner.size = inner.at+36, inner.size-36
	}
	esds, ok := m.find(inner, "esds")
	if !ok {
		if esds, ok = m.find(inner, "wave", "esds"); !ok {
			return nil
		}
	}
	content := m.leaf(esds)
	if len(content) < 4 {
		return nil
	}
	return streamConfig(content[4:])
}

// streamConfig goes through the descriptors of ISO 14496-1: ES (3), in it decoder configuration (4), in it the bytes
// that the decoder wants (5).
func streamConfig(b []byte) []byte {
	b = descriptor(b, 3)
	if len(b) < 3 {
		return nil
	}
	flags, skip := b[2], 3
	if flags&0x80 != 0 {
		skip += 2
	}
	if flags&0x40 != 0 && skip < len(b) {
		skip += 1 + int(b[skip])
	}
	if flags&0x20 != 0 {
		skip += 2
	}
	b = descriptor(b[min(skip, len(b)):], 4)
	if len(b) < 13 {
		return nil
	}
	if object := b[0]; object != 0x40 && (object < 0x66 || object > 0x68) {
		return nil
	}
	return descriptor(b[13:], 5)
}

// descriptor is the content of the first descriptor of that kind in a list.
func descriptor(b []byte, tag byte) []byte {
	for len(b) >= 2 {
		which, n, at := b[0], 0, 1
		for range 4 {
			if at >= len(b) {
				return nil
			}
			n = n<<7 | int(b[at]&0x7F)
			at++
			if b[at-1]&0x80 == 0 {
				break
			}
		}
		end := min(at+n, len(b))
		if which == tag {
			return b[at:end]
		}
		b = b[end:]
	}
	return nil
}

package decode

import (
	"encoding/binary"
	"strconv"
	"strings"
)

// gapless is what iTunes and others write of the silence that an encoder adds, in samples of each channel.
type gapless struct {
	before, sound int64
	known         bool
}

// trim takes from the decoded sound what its encoder added, as the edit list says, or else iTunes' own note; from then
// on it is known how long the sound is.
func (s *aacStream) trim(m *mp4File, moov box, t mp4Track, gaps gapless) *Refusal {
	rate := int64(s.rate())
	total := scaled(t.length, rate, t.scale)
	s.said = total
	mvhd, _ := m.find(moov, "mvhd")
	start, length, refusal := m.edit(t, timescale(m.leaf(mvhd)), rate)
	switch {
	case refusal != nil:
		return refusal
	case start > 0 || length > 0 && length < total:
		s.skip = start
	case gaps.known && gaps.before < total && gaps.before+gaps.sound <= total+aacUnitSamples:
		s.skip, length = gaps.before, gaps.sound
	default:
		// Everything is sound, but the last unit may count only in part.
		if _, count := s.units.position(); t.scale == rate && total < count*aacUnitSamples && total > (count-1)*aacUnitSamples {
			s.left = total
		}
		return nil
	}
	if length <= 0 || total > 0 && length > total-s.skip {
		length = max(0, total-s.skip)
	}
	if total == 0 && length == 0 {
		return nil // nobody says how long
	}
	s.left, s.said = length, length
	return nil
}

// scaled turns units of one scale into samples.
func scaled(n, rate, scale int64) int64 {
	if scale <= 0 {
		return 0
	}
	return n/scale*rate + (n%scale*rate+scale/2)/scale
}

// edit reads the edit list: from which sample of the track on, and how many. Zeros say that there is none. Empty edits,
// which only delay the sound beside pictures, are passed over.
func (m *mp4File) edit(t mp4Track, movieScale, rate int64) (start, length int64, refusal *Refusal) {
	elst, ok := m.find(t.trak, "edts", "elst")
	if !ok {
		return 0, 0, nil
	}
	b := m.leaf(elst)
	if len(b) < 8 {
		return 0, 0, nil
	}
	width := 12
	if b[0] == 1 {
		width = 20
	}
	edits := 0
	for b = b[8:]; len(b) >= width; b = b[width:] {
		var duration, from int64
		if width == 20 {
			duration, from = int64(binary.BigEndian.Uint64(b)), int64(binary.BigEndian.Uint64(b[8:]))
		} else {
			duration, from = int64(binary.BigEndian.Uint32(b)), int64(int32(binary.BigEndian.Uint32(b[4:])))
		}
		const most = 1 << 40
		if from < 0 || from > most || duration < 0 || duration > most {
			continue
		}
		if edits++; edits > 1 {
			return 0, 0, refuse(CodeUnsupported, "MP4 of several cuts")
		}
		start, length = scaled(from, rate, t.scale), scaled(duration, rate, movieScale)
	}
	return start, length, nil
}

// ilst reads what iTunes and others wrote about the sound.
func (m *mp4File) ilst(moov box) (a about, gaps gapless) {
	meta, ok := m.find(moov, "udta", "meta")
	if !ok {
		return a, gaps
	}
	list, ok := m.find(box{at: meta.at + 4, size: meta.size - 4}, "ilst")
	if !ok {
		if list, ok = m.find(meta, "ilst"); !ok { // QuickTime's is no full box
			return a, gaps
		}
	}
	_, _ = m.boxes(list.at, list.at+list.size, func(item box) bool {
		switch item.name {
		case "\xa9nam":
			a = a.or(about{title: words(m.itemData(item))})
		case "\xa9ART", "aART":
			a = a.or(about{artist: words(m.itemData(item))})
		case "----":
			if name, ok := m.find(item, "name"); ok && strings.HasSuffix(string(m.leaf(name)), "iTunSMPB") {
				gaps = parseGapless(string(m.itemData(item)))
			}
		}
		return true
	})
	return a, gaps
}

// itemData is the value of an item: behind its type and its language.
func (m *mp4File) itemData(item box) []byte {
	data, ok := m.find(item, "data")
	if !ok {
		return nil
	}
	b := m.leaf(data)
	return b[min(8, len(b)):]
}

// parseGapless reads iTunSMPB: hexadecimal numbers, of which the second is the samples before the sound, the third
// those behind it, the fourth its own.
func parseGapless(s string) (g gapless) {
	f := strings.Fields(s)
	if len(f) < 4 {
		return g
	}
	before, err1 := strconv.ParseInt(f[1], 16, 32)
	sound, err2 := strconv.ParseInt(f[3], 16, 48)
	if err1 != nil || err2 != nil || before < 0 || sound <= 0 {
		return g
	}
	return gapless{before: before, sound: sound, known: true}
}

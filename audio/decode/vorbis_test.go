package decode

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"
)

func oggTone(t testing.TB, args ...string) []byte {
	t.Helper()
	tone := []string{"-f", "lavfi", "-i", "sine=sample_rate=48000:duration=3", "-c:a", "libvorbis"}
	return encoded(t, "a.ogg", append(tone, args...)...)
}

// oggPageOf is a page of one packet, or of none.
func oggPageOf(flags byte, granule int64, number uint32, packet []byte) []byte {
	head := append([]byte("OggS\x00"), flags)
	head = binary.LittleEndian.AppendUint64(head, uint64(granule))
	head = append(head, 1, 0, 0, 0)
	head = binary.LittleEndian.AppendUint32(head, number)
	head = append(head, 0, 0, 0, 0)
	var segments []byte
	for n := len(packet); packet != nil; n -= 255 {
		segments = append(segments, byte(min(n, 255)))
		if n < 255 {
			break
		}
	}
	return sealed(slices.Concat(head, []byte{byte(len(segments))}, segments, packet))
}

// bitsOf packs numbers as Vorbis does: pairs of a value and its width.
func bitsOf(pairs ...uint64) []byte {
	var out []byte
	at := 0
	for i := 0; i+1 < len(pairs); i += 2 {
		for bit := range pairs[i+1] {
			if at%8 == 0 {
				out = append(out, 0)
			}
			out[at/8] |= byte(pairs[i]>>bit&1) << (at % 8)
			at++
		}
	}
	return out
}

func TestHostileVorbisIsRefused(t *testing.T) {
	ident := []byte("\x01vorbis\x00\x00\x00\x00\x01\x40\x1f\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xb8\x01")
	with := func(at int, b byte) []byte {
		changed := bytes.Clone(ident)
		changed[at] = b
		return changed
	}
	comment := []byte("\x03vorbis\xff\xff\xff\xff") // 4 GB of them
	setup := func(books ...uint64) []byte { return append([]byte("\x05vorbis"), bitsOf(books...)...) }
	const sync = 0x564342
	file := func(ident, setup []byte) []byte {
		return slices.Concat(oggPageOf(oggFirst, 0, 0, ident), oggPageOf(0, 0, 1, comment), oggPageOf(0, 0, 2, setup), oggPageOf(oggLast, 100, 3, []byte{0, 0}))
	}
	good := setup(0, 8, sync, 24, 1, 16, 2, 24)
	for _, c := range []struct {
		name   string
		file   []byte
		code   string
		detail string
	}{
		{"pages without segments", bytes.Repeat(oggPageOf(oggFirst, 0, 0, nil), 3000), CodeNeedsFFmpeg, "Ogg"},
		{"no channel", file(with(11, 0), good), CodeNeedsFFmpeg, "0 channels"},
		{"255 channels", file(with(11, 255), good), CodeNeedsFFmpeg, "255 channels"},
		{"blocks of 32768 samples", file(with(28, 0xF6), good), CodeDamaged, "blocks"},
		{"a book of 16 million entries", file(ident, setup(0, 8, sync, 24, 1, 16, 0xFFFFFF, 24, 0, 2)), CodeDamaged, "codebook"},
		{"vectors without length", file(ident, setup(0, 8, sync, 24, 0, 16, 2, 24, 0, 2, 0, 5, 0, 5, 0, 4)), CodeDamaged, "codebook"},
		{"a billion values", file(ident, setup(0, 8, sync, 24, 65535, 16, 60000, 24, 0, 2)), CodeDamaged, "codebook"},
		{"a tree with holes", file(ident, setup(0, 8, sync, 24, 1, 16, 4, 24, 0, 2, 7, 5, 7, 5, 7, 5, 7, 5, 0, 4)), CodeDamaged, "codebook"},
		{"an ordered book that never ends", file(ident, setup(0, 8, sync, 24, 1, 16, 1000, 24, 1, 1, 3, 5)), CodeDamaged, "codebook"},
		{"a packet without end", slices.Concat(oggPageOf(oggFirst, 0, 0, ident), endlessPage(0), bytes.Repeat(endlessPage(oggContinued), 40)), CodeDamaged, "packet"},
		{"headers and nothing", file(ident, good)[:70], CodeTruncated, ""},
	} {
		_, err := inProcess(c.file)
		if got := refused(t, err, c.code); !strings.Contains(got, c.detail) {
			t.Errorf("%s: detail %q does not say %q", c.name, got, c.detail)
		}
	}
}

// endlessPage holds nothing but the middle of a packet.
func endlessPage(flags byte) []byte {
	page := oggPageOf(flags, -1, 1, make([]byte, 254*255))
	page[26] = 254 // without the segment that ends it
	return sealed(slices.Delete(page, oggHeaderBytes+254, oggHeaderBytes+255))
}

// A recording cut out of a broadcast begins at a later sample than 0.
func TestVorbisFromTheMiddleOfABroadcast(t *testing.T) {
	file := oggTone(t)
	whole, err := inProcess(file)
	if err != nil {
		t.Fatal(err)
	}
	later := bytes.Clone(file)
	for at := 0; at+oggHeaderBytes < len(later); {
		if granule := binary.LittleEndian.Uint64(later[at+6:]); granule > 0 && granule < 1<<40 {
			binary.LittleEndian.PutUint64(later[at+6:], granule+1_000_000)
		}
		end := at + oggHeaderBytes + int(later[at+26])
		for _, n := range later[at+oggHeaderBytes : end] {
			end += int(n)
		}
		at = end
	}
	facts, err := inProcess(sealed(later))
	if err != nil || facts.Frames < whole.Frames || facts.Frames > whole.Frames+1024 || len(facts.Warnings) > 0 {
		t.Errorf("%+v, %v; from the start %+v", facts, err, whole)
	}
}

// Lost bytes take a page with them, and that is said; a file of ruins is refused.
func TestVorbisWithLostPages(t *testing.T) {
	file := oggTone(t)
	for cut := 1; cut < 3; cut++ {
		at := len(file) * cut / 3
		facts, err := inProcess(slices.Concat(file[:at], file[at+10:]))
		var refusal *Refusal
		if err == nil && len(facts.Warnings) == 0 {
			t.Errorf("10 bytes less at %d: %+v", at, facts)
		} else if err != nil && !errors.As(err, &refusal) {
			t.Error(err)
		}
	}
}

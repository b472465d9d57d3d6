package decode

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// Warnings that come with a clip. They are stable codes.
const (
	WarnLengthGuessed = "length_guessed" // the header did not say how long; the rest of the file was taken
	WarnPartsSkipped  = "parts_skipped"  // damaged parts were left out
	WarnEndMissing    = "end_missing"    // less than a second seems to be missing at the end
	WarnClipped       = "clipped"        // the recording was overdriven
	WarnVeryQuiet     = "very_quiet"     // so quiet that its noise will be heard
	WarnLeadSilence   = "lead_silence"   // it begins with a second of silence or more
	WarnTrailSilence  = "trail_silence"  // it ends with two seconds of silence or more
	WarnOutOfPhase    = "out_of_phase"   // the channels cancel each other in the mono that is played
)

// What is taken from a WAV file.
const (
	minRate     = 4000
	maxRate     = 192000
	maxChannels = 8
	maxChunks   = 1000
	fmtBytes    = 40 // of an extensible format; more is not looked at
)

const (
	tagPCM        = 1
	tagFloat      = 3
	tagALaw       = 6
	tagMuLaw      = 7
	tagExtensible = 0xFFFE
)

// wavLayout is where the samples of a WAV file lie and what they are: every number in it has been checked against the
// length of the file.
type wavLayout struct {
	channels, rate, bits int
	dataAt, dataBytes    int64 // whole frames
	warnings             []string
}

// walkWAV reads the chunks of a RIFF/WAVE file of size bytes. It allocates nothing that the file asks for.
func walkWAV(f io.ReaderAt, size int64) (wavLayout, *Refusal) {
	var w wavLayout
	haveFmt, haveData := false, false
	at := int64(12)
	for range maxChunks {
		var head [8]byte
		if n, _ := f.ReadAt(head[:], at); n < len(head) {
			break // what is left is too short for a chunk
		}
		id, declared := string(head[:4]), int64(binary.LittleEndian.Uint32(head[4:]))
		at += int64(len(head))
		left := size - at
		switch {
		case id == "data":
			if refusal := w.data(at, declared, left); refusal != nil {
				return w, refusal
			}
			haveData = true
			declared = max(declared, w.dataBytes)
		case declared > left && !haveData:
			return w, refuse(CodeDamaged, "chunk %q at byte %d says %d bytes, %d are left", id, at-8, declared, left)
		case id == "fmt " && !haveFmt:
			if refusal := w.format(f, at, declared); refusal != nil {
				return w, refusal
			}
			haveFmt = true
		}
		if haveFmt && haveData {
			return w, w.wholeFrames()
		}
		at += declared + declared%2
		if at > size {
			break
		}
	}
	if !haveFmt {
		return w, refuse(CodeDamaged, "no format chunk before byte %d", at)
	}
	return w, refuse(CodeTruncated, "no sample data before byte %d", at)
}

// data notes the samples. Recorders that were cut off, and programs that write to a pipe, leave a length of 0 or of
// all ones: then the samples reach to the end of the file.
func (w *wavLayout) data(at, declared, left int64) *Refusal {
	unknown := declared == 0 || declared >= math.MaxUint32-0xFFF || declared == math.MaxInt32
	switch {
	case unknown && declared > left, declared == 0 && left > 0:
		w.warnings = append(w.warnings, WarnLengthGuessed)
		declared = left
	case declared > left:
		return refuse(CodeTruncated, "sample data says %d bytes, %d are there", declared, left)
	}
	w.dataAt, w.dataBytes = at, declared
	return nil
}

func (w *wavLayout) format(f io.ReaderAt, at, declared int64) *Refusal {
	var b [fmtBytes]byte
	if declared < 16 {
		return refuse(CodeDamaged, "format chunk of %d bytes", declared)
	}
	n := min(declared, fmtBytes)
	if _, err := f.ReadAt(b[:n], at); err != nil && err != io.EOF {
		return refuse(CodeDamaged, "reading the format chunk: %v", err)
	}
	le := binary.LittleEndian
	tag := int(le.Uint16(b[0:]))
	w.channels, w.rate, w.bits = int(le.Uint16(b[2:])), int(le.Uint32(b[4:])), int(le.Uint16(b[14:]))
	align := int(le.Uint16(b[12:]))
	if tag == tagExtensible {
		// The real tag opens a GUID; the rest of it is the same for every tag.
		const rest = "\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"
		if n < fmtBytes || string(b[26:40]) != rest {
			return refuse(CodeUnsupported, "WAV with an unknown extensible format")
		}
		tag = int(le.Uint16(b[24:]))
	}
	if tag != tagPCM {
		return refuse(CodeUnsupported, "WAV, %s", tagName(tag))
	}
	switch {
	case w.bits != 8 && w.bits != 16 && w.bits != 24 && w.bits != 32:
		return refuse(CodeUnsupported, "WAV, %d-bit samples", w.bits)
	case w.channels < 1 || w.channels > maxChannels:
		return refuse(CodeUnsupported, "WAV, %d channels", w.channels)
	case w.rate < minRate || w.rate > maxRate:
		return refuse(CodeUnsupported, "WAV, %d samples a second", w.rate)
	case align != w.channels*w.bits/8:
		return refuse(CodeDamaged, "format chunk: %d channels of %d bits in frames of %d bytes", w.channels, w.bits, align)
	}
	return nil
}

func tagName(tag int) string {
	switch tag {
	case tagFloat:
		return "floating point"
	case tagALaw:
		return "A-law"
	case tagMuLaw:
		return "mu-law"
	case 0x0002, 0x0011:
		return "ADPCM"
	case 0x0055:
		return "MP3 inside"
	default:
		return fmt.Sprintf("format tag %#04x", tag)
	}
}

func (w *wavLayout) wholeFrames() *Refusal {
	w.dataBytes -= w.dataBytes % int64(w.channels*w.bits/8)
	if w.dataBytes == 0 {
		return refuse(CodeSilent, "no samples")
	}
	return nil
}

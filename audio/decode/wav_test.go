package decode

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"loaxa/audio"
)

// wavFile describes a WAV file to be put together, right or wrong.
type wavFile struct {
	tag, channels, rate, bits int
	sub                       int // the real tag of an extensible format
	before                    []byte
	data                      []byte
	dataSays                  int64 // -1: the truth
}

func (w wavFile) bytes() []byte {
	le := binary.LittleEndian
	format := le.AppendUint16(nil, uint16(w.tag))
	format = le.AppendUint16(format, uint16(w.channels))
	format = le.AppendUint32(format, uint32(w.rate))
	align := w.channels * w.bits / 8
	format = le.AppendUint32(format, uint32(w.rate*align))
	format = le.AppendUint16(format, uint16(align))
	format = le.AppendUint16(format, uint16(w.bits))
	if w.tag == tagExtensible {
		format = le.AppendUint16(format, 22)
		format = le.AppendUint16(format, uint16(w.bits))
		format = le.AppendUint32(format, 0)
		format = le.AppendUint16(format, uint16(w.sub))
		format = append(format, "\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"...)
	}
	says := w.dataSays
	if says < 0 {
		says = int64(len(w.data))
	}
	body := append([]byte("WAVE"), w.before...)
	body = append(body, chunk("fmt ", int64(len(format)), format)...)
	body = append(body, chunk("data", says, w.data)...)
	return chunk("RIFF", int64(len(body)), body)
}

func chunk(id string, says int64, data []byte) []byte {
	out := append(binary.LittleEndian.AppendUint32([]byte(id), uint32(says)), data...)
	if len(data)%2 == 1 {
		out = append(out, 0)
	}
	return out
}

// tonePCM is a 1 kHz sine of half of full scale with the same samples in every channel.
func tonePCM(rate, channels, bits int, seconds float64) []byte {
	var out []byte
	for i := range int(float64(rate) * seconds) {
		v := int64(math.Round(0.5 * math.Sin(2*math.Pi*1000*float64(i)/float64(rate)) * float64(int64(1)<<(bits-1))))
		if bits == 8 {
			v += 128
		}
		for range channels {
			for b := range bits / 8 {
				out = append(out, byte(v>>(8*b)))
			}
		}
	}
	return out
}

func TestEveryKindOfPCMSoundsRight(t *testing.T) {
	for _, c := range []struct {
		name string
		file wavFile
		snr  float64
	}{
		{"8 bits are centred", wavFile{tag: tagPCM, channels: 1, rate: 48000, bits: 8}, 35},
		{"16 bits", wavFile{tag: tagPCM, channels: 2, rate: 44100, bits: 16}, 80},
		{"24 bits", wavFile{tag: tagPCM, channels: 2, rate: 96000, bits: 24}, 80},
		{"32 bits", wavFile{tag: tagPCM, channels: 1, rate: 8000, bits: 32}, 80},
		{"extensible", wavFile{tag: tagExtensible, sub: tagPCM, channels: 6, rate: 48000, bits: 24}, 80},
		{"chunk of odd length before", wavFile{tag: tagPCM, channels: 1, rate: 22050, bits: 16,
			before: chunk("LIST", 5, []byte("INFOx"))}, 80},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := c.file
			f.data, f.dataSays = tonePCM(f.rate, f.channels, f.bits, 1), -1
			facts, all, err := decoded(t, options(t), f.bytes())
			if err != nil {
				t.Fatal(err)
			}
			if facts.SourceRate != f.rate || facts.Channels != f.channels || len(all) != audio.Rate || len(facts.Warnings) > 0 {
				t.Errorf("%d frames, facts %+v", len(all), facts)
			}
			if got := snr(all[8000:40000], 1000); got < c.snr {
				t.Errorf("%.1f dB", got)
			}
			if got := facts.Loudness.TruePeakDBTP; math.Abs(got+6.02) > 0.2 {
				t.Errorf("true peak %.2f dBTP, want -6.02: channels are averaged", got)
			}
		})
	}
}

func TestCanonicalSoundPassesBitByBit(t *testing.T) {
	data := tonePCM(48000, 1, 16, 1)
	_, all, err := decoded(t, options(t), wavFile{tag: tagPCM, channels: 1, rate: 48000, bits: 16, data: data, dataSays: -1}.bytes())
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range all {
		if want := int16(binary.LittleEndian.Uint16(data[2*i:])); v != want {
			t.Fatalf("frame %d: %d became %d", i, want, v)
		}
	}
}

func TestLengthThatWasNeverWrittenIsTakenFromTheFile(t *testing.T) {
	for _, says := range []int64{0, math.MaxUint32, math.MaxUint32 - 36} {
		f := wavFile{tag: tagPCM, channels: 1, rate: 48000, bits: 16, data: tonePCM(48000, 1, 16, 1), dataSays: says}
		facts, all, err := decoded(t, options(t), f.bytes())
		if err != nil {
			t.Fatalf("length %d: %v", says, err)
		}
		if len(all) != audio.Rate || len(facts.Warnings) != 1 || facts.Warnings[0] != WarnLengthGuessed {
			t.Errorf("length %d: %d frames, warnings %v", says, len(all), facts.Warnings)
		}
	}
}

func TestHostileWAVIsRefused(t *testing.T) {
	good := wavFile{tag: tagPCM, channels: 1, rate: 48000, bits: 16, data: tonePCM(48000, 1, 16, 0.2), dataSays: -1}
	with := func(change func(*wavFile)) []byte {
		f := good
		change(&f)
		return f.bytes()
	}
	for _, c := range []struct {
		name   string
		data   []byte
		code   string
		detail string
	}{
		{"44 bytes whose format chunk says 4 GB", append([]byte("RIFF\x24\x00\x00\x00WAVEfmt \xf0\xff\xff\xff"), make([]byte, 24)...), CodeDamaged, "4294967280"},
		{"list of 4 GB", with(func(f *wavFile) { f.before = chunk("LIST", 0xFFFFFFF0, []byte("INFO")) }), CodeDamaged, "LIST"},
		{"32-bit float", with(func(f *wavFile) { f.tag, f.bits = tagFloat, 32 }), CodeNeedsFFmpeg, "floating point"},
		{"A-law", with(func(f *wavFile) { f.tag, f.bits = tagALaw, 8 }), CodeNeedsFFmpeg, "A-law"},
		{"mu-law", with(func(f *wavFile) { f.tag, f.bits = tagMuLaw, 8 }), CodeNeedsFFmpeg, "mu-law"},
		{"extensible mu-law", with(func(f *wavFile) { f.tag, f.sub, f.bits = tagExtensible, tagMuLaw, 8 }), CodeNeedsFFmpeg, "mu-law"},
		{"unknown tag", with(func(f *wavFile) { f.tag = 0x1234 }), CodeNeedsFFmpeg, "0x1234"},
		{"12 bits", with(func(f *wavFile) { f.bits = 12 }), CodeNeedsFFmpeg, "12-bit"},
		{"65535 channels", with(func(f *wavFile) { f.channels = 65535 }), CodeNeedsFFmpeg, "65535 channels"},
		{"no channel", with(func(f *wavFile) { f.channels = 0 }), CodeNeedsFFmpeg, "0 channels"},
		{"rate of 4e9", with(func(f *wavFile) { f.rate = -294_967_296 }), CodeNeedsFFmpeg, "samples a second"},
		{"rate 0", with(func(f *wavFile) { f.rate = 0 }), CodeNeedsFFmpeg, "0 samples"},
		{"cut in the middle", good.bytes()[:10000], CodeTruncated, "are there"},
		{"cut before the samples", good.bytes()[:36], CodeTruncated, "no sample data"},
		{"only a header", with(func(f *wavFile) { f.data = nil }), CodeSilent, "no samples"},
		{"silence", with(func(f *wavFile) { f.data = make([]byte, 9600) }), CodeSilent, "loudest"},
		{"empty", nil, CodeEmpty, ""},
		{"a film in RIFF", append([]byte("RIFF\x24\x00\x00\x00AVI LIST"), make([]byte, 40)...), CodeNeedsFFmpeg, "AVI"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := decoded(t, options(t), c.data)
			if got := refused(t, err, c.code); !strings.Contains(got, c.detail) {
				t.Errorf("detail %q does not say %q", got, c.detail)
			}
		})
	}
}

func FuzzWalkWAV(f *testing.F) {
	f.Add(wavFile{tag: tagPCM, channels: 1, rate: 48000, bits: 16, data: make([]byte, 40), dataSays: -1}.bytes())
	f.Add(wavFile{tag: tagExtensible, sub: tagPCM, channels: 2, rate: 8000, bits: 24, data: make([]byte, 60), dataSays: 0}.bytes())
	f.Add(append([]byte("RIFF\x24\x00\x00\x00WAVEfmt \xf0\xff\xff\xff"), make([]byte, 24)...))
	f.Fuzz(func(t *testing.T, data []byte) {
		size := int64(len(data))
		w, refusal := walkWAV(bytes.NewReader(data), size)
		if refusal != nil {
			return
		}
		if w.dataAt < 0 || w.dataBytes <= 0 || w.dataAt+w.dataBytes > size || w.dataBytes%int64(w.channels*w.bits/8) != 0 {
			t.Fatalf("%d bytes taken for %+v", size, w)
		}
		s, refusal := newWAVStream(bytes.NewReader(data), size)
		if refusal != nil {
			t.Fatal(refusal)
		}
		got := int64(0)
		for {
			out, err := s.read(nil)
			got += int64(len(out))
			if err != nil {
				break
			}
		}
		if got != s.frames() {
			t.Fatalf("%d frames read, %d expected", got, s.frames())
		}
	})
}

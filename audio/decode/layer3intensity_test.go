package decode

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

// heardByFFmpeg is every sample that ffmpeg makes of an MP3, in mono, before any of it is rounded or cut off.
func heardByFFmpeg(t testing.TB, data []byte, channels int) []float32 {
	t.Helper()
	raw := ffmpeg(t, data, "-flags2", "skip_manual", "-c:a", "mp3float", "-f", "mp3", "-i", "-", "-f", "f32le", "-")
	out := make([]float32, len(raw)/4/channels)
	for i := range out {
		for c := range channels {
			out[i] += math.Float32frombits(binary.LittleEndian.Uint32(raw[4*(i*channels+c):])) / float32(channels)
		}
	}
	return out
}

// apart is the strength (RMS, of 1) of what differs.
func apart(a, b []float32) float64 {
	if len(a) != len(b) || len(a) == 0 {
		return math.Inf(1)
	}
	sum := 0.0
	for i := range a {
		sum += float64(a[i]-b[i]) * float64(a[i]-b[i])
	}
	return math.Sqrt(sum / float64(len(a)))
}

// bitField is a place in the bits of a frame.
func bitField(b []byte, at, n int) (v int) {
	for i := at; i < at+n; i++ {
		v = v<<1 | int(b[i/8]>>(7-i%8)&1)
	}
	return v
}

func setBitField(b []byte, at, n, v int) {
	for i := range n {
		mask := byte(0x80) >> ((at + i) % 8)
		b[(at+i)/8] &^= mask
		if v>>(n-1-i)&1 == 1 {
			b[(at+i)/8] |= mask
		}
	}
}

// partAt is where the side information of a channel begins, in bits of a frame of two channels, and how long its field of
// scale factors is; behind it stand 22 bits on the kind of block.
func partAt(h mpegHeader, granule, channel int) (at, scaleBits int) {
	if h.version == 1 {
		return 32 + 9 + 3 + 8 + 59*(2*granule+channel), 4
	}
	return 32 + 8 + 2 + 63*channel, 9
}

// direct gives a frame that needs no bits from before a right channel of nothing but directions, in place of its sound.
// Today's encoders do not; those of the years from which old announcements come did.
func direct(frame []byte, h mpegHeader, mode byte, rng *rand.Rand) bool {
	const header = 29 // bits of a part before its field of scale factors
	b := slices.Clone(frame)
	side, own := splitFrame(b, h)
	if side[0] != 0 || h.version == 1 && side[1]&0x80 != 0 {
		return false
	}
	main, to, from := make([]byte, len(own)), 0, 0
	put := func(n, v int) {
		if to+n <= 8*len(main) {
			setBitField(main, to, n, v)
		}
		to += n
	}
	for g := range h.samples / lines {
		left, scaleBits := partAt(h, g, 0)
		right, _ := partAt(h, g, 1)
		for range bitField(b, left, 12) {
			put(1, bitField(own, from, 1))
			from++
		}
		from += bitField(b, right, 12)
		kind := bitField(b, left+header+scaleBits, 22)
		short := kind>>19 == 6
		scale, n, widths := 0, [4]int{}, [4]int{}
		switch {
		case rng.IntN(3) == 0: // not a single bit
		case h.version == 1:
			scale, n, widths = 13, [4]int{21}, [4]int{3}
			if short {
				n[0] = 36
			}
		default:
			scale = rng.IntN(360)
			n, widths = layer3Widths(&layer3Channel{scale: scale}, btoi(short), true)
		}
		start := to
		for i, width := range widths {
			most := 8 // the greatest of them means none
			if h.version != 1 {
				most = min(7, max(1, 1<<width-1)) // that one is left out: decoders do not agree on it
			}
			for range n[i] {
				put(width, rng.IntN(most))
			}
		}
		setBitField(b, right, 21, (to-start)<<9)
		setBitField(b, right+header, scaleBits, scale)
		setBitField(b, right+header+scaleBits, 22, kind)
	}
	if to > 8*len(own) {
		return false
	}
	if h.version == 1 {
		setBitField(b, 32+9+3+4, 4, 0) // each granule has its own factors
	}
	copy(own, main)
	b[3] = b[3]&0x0F | mode
	copy(frame, b)
	return true
}

func TestDirectionsOfIntensityStereoAreHeard(t *testing.T) {
	longSums(t)
	seed := uint64(31)
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	for _, rate := range []int{16000, 22050, 32000, 44100, 48000} {
		for _, mode := range []byte{0x50, 0x70} { // without and with middle and side
			t.Run(strconv.Itoa(rate)+" Hz, mode "+strconv.Itoa(int(mode>>4)), func(t *testing.T) {
				data := ffmpeg(t, nil, "-f", "lavfi", "-i",
					"aevalsrc='0.4*(random(0)-0.5)*exp(-9*mod(t,0.4))+0.2*sin(2*PI*700*t)|0.5*(random(1)-0.5)*exp(-9*mod(t,0.4))':s="+
						strconv.Itoa(rate)+":d=3",
					"-b:a", "96k", "-joint_stereo", "0", "-reservoir", "0", "-write_xing", "0", "-id3v2_version", "0", "-f", "mp3", "-")
				plain := slices.Clone(data)
				done, all := 0, 0
				for at := 0; at+mpegHeaderBytes < len(data); all++ {
					h, ok := parseMPEG(data[at:])
					if !ok || at+h.size > len(data) {
						t.Fatalf("no frame at byte %d", at)
					}
					if direct(data[at:at+h.size], h, mode, rng) {
						done++
						copy(plain[at:], data[at:at+h.size])
						plain[at+3] &^= 0x10
					}
					at += h.size
				}
				if done < all/2 {
					t.Fatalf("%d of %d frames give directions: this test shows nothing", done, all)
				}
				theirs := heardByFFmpeg(t, data, 2)
				ours, notes, err := heardWhole(data, true)
				if d := apart(ours, theirs); d > 2e-6 || err != nil || len(notes) > 0 {
					t.Errorf("%.2g RMS apart; warnings %v, %v", d, notes, err)
				}
				// In MPEG-1 without middle and side, directions spread one whole over two sides: in mono nothing is heard of them.
				without, _, _ := heardWhole(plain, true)
				if d := apart(without, theirs); d < 1e-4 && (rate < 32000 || mode == 0x70) {
					t.Errorf("%.2g RMS apart without directions: this test shows nothing", d)
				}
			})
		}
	}
}

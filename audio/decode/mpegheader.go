package decode

import "encoding/binary"

// mpegHeader is the four bytes that open every MPEG audio frame, unpacked.
type mpegHeader struct {
	version  int // 1, 2, or 25 for the unofficial 2.5
	layer    int // 1, 2, 3
	bitrate  int // bit/s
	rate     int // Hz
	size     int // bytes, with the header
	samples  int // in each channel
	channels int
	guarded  bool // a checksum follows
	// intensity: where the right channel has nothing of its own, it gives directions of the left one.
	intensity bool
}

const mpegHeaderBytes = 4

// maxMPEGFrame is more than any frame of Layer III can be.
const maxMPEGFrame = 2048

// kilobits is the bit rates of index 1 to 14: for version 1 by layer, then for the other versions.
func kilobits(version, layer, index int) int {
	var row [14]int
	switch {
	case version == 1 && layer == 1:
		return 32 * index
	case version == 1 && layer == 2:
		row = [14]int{32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384}
	case version == 1:
		row = [14]int{32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}
	case layer == 1:
		row = [14]int{32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256}
	default:
		row = [14]int{8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}
	}
	return row[index-1]
}

// parseMPEG unpacks a header; false where it cannot be one, or leaves its own size open ("free format").
func parseMPEG(b []byte) (mpegHeader, bool) {
	if len(b) < mpegHeaderBytes {
		return mpegHeader{}, false
	}
	v := binary.BigEndian.Uint32(b)
	bitrate, rate, emphasis := int(v>>12&15), int(v>>10&3), v&3
	if v>>21 != 0x7FF || bitrate == 0 || bitrate == 15 || rate == 3 || emphasis == 2 {
		return mpegHeader{}, false
	}
	h := mpegHeader{layer: 4 - int(v>>17&3), rate: [3]int{44100, 48000, 32000}[rate], channels: 2, guarded: v>>16&1 == 0}
	switch v >> 19 & 3 {
	case 3:
		h.version = 1
	case 2:
		h.version, h.rate = 2, h.rate/2
	case 0:
		h.version, h.rate = 25, h.rate/4
	default:
		return mpegHeader{}, false
	}
	if h.layer == 4 {
		return mpegHeader{}, false
	}
	if v>>6&3 == 3 {
		h.channels = 1
	}
	h.intensity = v>>6&3 == 1 && v>>4&1 == 1
	h.bitrate = 1000 * kilobits(h.version, h.layer, bitrate)
	padding := int(v >> 9 & 1)
	switch {
	case h.layer == 1:
		h.samples, h.size = 384, (12*h.bitrate/h.rate+padding)*4
	case h.layer == 3 && h.version != 1:
		h.samples, h.size = 576, 72*h.bitrate/h.rate+padding
	default:
		h.samples, h.size = 1152, 144*h.bitrate/h.rate+padding
	}
	return h, true
}

// follows says whether a frame may stand in the same stream as first.
func (h mpegHeader) follows(first mpegHeader) bool {
	return h.version == first.version && h.layer == first.layer && h.rate == first.rate
}

// name of the stream for people.
func (h mpegHeader) name() string {
	version := map[int]string{1: "MPEG-1", 2: "MPEG-2", 25: "MPEG-2.5"}[h.version]
	return version + " Layer " + "III"[:h.layer]
}

// sideBytes is the length of what stands between the header and the sound, in a frame of Layer III.
func (h mpegHeader) sideBytes() int {
	switch {
	case h.version == 1 && h.channels == 2:
		return 32
	case h.version == 1 || h.channels == 2:
		return 17
	default:
		return 9
	}
}

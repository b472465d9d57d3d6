package decode

// go-mp3 v0.3.4 takes a padded MPEG-2 frame for one byte shorter than it is wherever twice its unpadded length is even
// before rounding. At 22050 Hz and 8, 16, 24, 32, 80, 96, 144 or 160 kbit/s that turns the sound into loud noise
// (measured at 32 kbit/s: the rest 16 dB above the tone). The other MPEG-2 rates need no padding. So frames of 22050 Hz
// are laid out anew: unpadded, all of the highest bit rate, each frame's sound bits as early as the format allows.

const (
	reframedRate = 22050
	topIndex     = 14  // of the highest bit rate, 160 kbit/s
	borrowMax    = 255 // bytes of a frame's sound that may stand in the frame before
)

// reframer holds back one frame, since the next may lay the start of its sound there.
type reframer struct {
	past []byte // end of the sound bits of the foreign frames
	held []byte // header, side information and sound area of the frame held back
	free int    // bytes at the end of held that are not used
}

// push takes the foreign frame b, whose header is h, and appends the frame held back to out. Where the sound of b is
// not all there, or does not fit, b becomes a silent frame, and whole is false.
func (r *reframer) push(out, b []byte, h mpegHeader) (_ []byte, whole bool) {
	sound, side, whole := r.gather(b, h)
	size := 72 * 1000 * kilobits(2, 3, topIndex) / h.rate
	frame := make([]byte, size)
	room := size - mpegHeaderBytes - h.sideBytes()
	early := min(r.free, borrowMax)
	if late := max(0, len(sound)-early); whole && late <= room {
		copy(frame[mpegHeaderBytes:], side)
		frame[mpegHeaderBytes] = byte(early)
		done := copy(r.held[len(r.held)-early:], sound)
		copy(frame[size-room:], sound[done:])
		room -= late
	} else {
		whole = false // side information of zeros is silence
	}
	// No checksum, no padding.
	copy(frame, []byte{b[0], b[1] | 1, topIndex<<4 | b[2]&0x0D, b[3]})
	out = append(out, r.held...)
	r.held, r.free = frame, room
	return out, whole
}

// flush appends the last frame to out.
func (r *reframer) flush(out []byte) []byte {
	out = append(out, r.held...)
	r.held, r.free = nil, 0
	return out
}

// gather is the sound bits of a frame, with those that stand in the frames before it.
func (r *reframer) gather(b []byte, h mpegHeader) (sound, side []byte, whole bool) {
	sideAt := mpegHeaderBytes
	if h.guarded {
		sideAt += 2
	}
	mainAt := sideAt + h.sideBytes()
	if len(b) < mainAt {
		return nil, nil, false
	}
	side = b[sideAt:mainAt]
	borrowed := int(side[0])
	before := r.past[max(0, len(r.past)-borrowed):]
	sound = append(append([]byte(nil), before...), b[mainAt:]...)
	whole = borrowed <= len(r.past)
	r.past = append(r.past, b[mainAt:]...)
	r.past = r.past[max(0, len(r.past)-borrowMax):]

	need := (soundBits(side, h.channels) + 7) / 8
	return sound[:min(need, len(sound))], side, whole && need <= len(sound)
}

// soundBits is the sum of part2_3_length over the channels of an MPEG-2 frame: 12 bits at the start of each channel's
// 63, after 8 bits of borrowing and one private bit for each channel.
func soundBits(side []byte, channels int) int {
	sum := 0
	for c := range channels {
		at := 8 + channels + 63*c
		for bit := at; bit < at+12; bit++ {
			sum += int(side[bit/8]>>(7-bit%8)&1) << (at + 11 - bit)
		}
	}
	return sum
}

// unpadded takes the last byte from a padded MPEG-2 frame of another rate. None needs one, but a file may hold them, and
// go-mp3, which does not see that byte, would look for a header in it.
func unpadded(frame []byte, h mpegHeader) []byte {
	if h.version == 1 || frame[2]&2 == 0 {
		return frame
	}
	frame[2] &^= 2
	return frame[:len(frame)-1]
}

package decode

import (
	"encoding/binary"
	"strings"
)

// bitsBehind is how many zero bytes must stand behind what a bitReader reads.
const bitsBehind = 8

// bitReader reads from the left of each byte. Behind its end it reads zeros.
type bitReader struct {
	b   []byte
	pos int // bits
}

// peek is the next 56 bits or more, at the top.
func (r *bitReader) peek() uint64 {
	at := r.pos >> 3
	if at+bitsBehind > len(r.b) {
		return 0
	}
	return binary.BigEndian.Uint64(r.b[at:]) << (r.pos & 7)
}

// take reads up to 24 bits.
func (r *bitReader) take(n int) int {
	v := r.peek() >> (64 - n) // of 0 bits this is 0
	r.pos += n
	return int(v)
}

const quickBits = 9 // of a code word that a table finds at once

// huffman is a table of code words.
type huffman struct {
	quick [1 << quickBits]uint16 // bits in the word << 8 | what it stands for; 0 for longer ones
	long  []longWord
}

type longWord struct {
	word   uint32 // at the top
	bits   uint8
	stands uint8
}

// newHuffman reads words in the order of the standard: of pairs, side to a row; of quadruples, by their number.
func newHuffman(text string, side int) *huffman {
	h := &huffman{}
	for i, word := range strings.Fields(text) {
		stands, code := uint8(i), uint32(0)
		if side > 0 {
			stands = uint8(i/side<<4 | i%side)
		}
		for _, bit := range word {
			code = code<<1 | uint32(bit&1)
		}
		n := len(word)
		if n > quickBits {
			h.long = append(h.long, longWord{code << (32 - n), uint8(n), stands})
			continue
		}
		first := code << (quickBits - n)
		for j := range uint32(1) << (quickBits - n) {
			h.quick[first+j] = uint16(n)<<8 | uint16(stands)
		}
	}
	return h
}

// next reads a word. Every table is complete, so there always is one.
func (h *huffman) next(r *bitReader) uint8 {
	v := r.peek()
	if e := h.quick[v>>(64-quickBits)]; e != 0 {
		r.pos += int(e >> 8)
		return uint8(e)
	}
	top := uint32(v >> 32)
	for _, l := range h.long {
		if (top^l.word)>>(32-l.bits) == 0 {
			r.pos += int(l.bits)
			return l.stands
		}
	}
	return 0
}

package decode

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// The pages of an Ogg file are taken apart here and not by jfreymuth/oggvorbis v1.0.5: that one panics at a page without
// segments, calls itself once for every page without a packet until the stack is full, and joins packets without end.

const (
	oggHeaderBytes = 27
	oggMaxPage     = oggHeaderBytes + 255 + 255*255
	oggMaxPacket   = 1 << 20 // more than any packet of sound or set-up

	oggContinued = 1
	oggFirst     = 2
	oggLast      = 4
)

// oggPage is one page; its bytes are good until the next is read.
type oggPage struct {
	flags    byte
	granule  int64 // samples up to the end of the last packet that ends here; -1 = none does
	serial   uint32
	segments []byte
	body     []byte
}

// oggPages reads pages one after the other, over whatever does not belong to one.
type oggPages struct {
	r       *bufio.Reader
	at, end int64
	skipped int64 // bytes between pages and in damaged ones
}

func newOggPages(f io.ReaderAt, start, end int64) *oggPages {
	return &oggPages{r: bufio.NewReaderSize(io.NewSectionReader(f, start, end-start), oggMaxPage), at: start, end: end}
}

// next is io.EOF at the end, also where half a page stands there.
func (o *oggPages) next() (oggPage, error) {
	for {
		head, err := o.r.Peek(oggHeaderBytes)
		if len(head) < oggHeaderBytes {
			return oggPage{}, endOf(err)
		}
		if string(head[:5]) != "OggS\x00" {
			o.skip(head)
			continue
		}
		segments := int(head[26])
		table, err := o.r.Peek(oggHeaderBytes + segments)
		if len(table) < oggHeaderBytes+segments {
			return oggPage{}, endOf(err)
		}
		size := len(table)
		for _, n := range table[oggHeaderBytes:] {
			size += int(n)
		}
		whole, err := o.r.Peek(size)
		if len(whole) < size {
			return oggPage{}, endOf(err)
		}
		if oggChecksum(whole) != binary.LittleEndian.Uint32(whole[22:]) {
			o.skip(whole[:5])
			continue
		}
		le := binary.LittleEndian
		page := oggPage{flags: whole[5], granule: int64(le.Uint64(whole[6:])), serial: le.Uint32(whole[14:]),
			segments: bytes.Clone(whole[oggHeaderBytes : oggHeaderBytes+segments]), body: bytes.Clone(whole[oggHeaderBytes+segments:])}
		o.discard(size)
		return page, nil
	}
}

// skip goes to where the next page may begin, at least a byte further.
func (o *oggPages) skip(seen []byte) {
	n := bytes.IndexByte(seen[1:], 'O') + 1
	if n == 0 {
		n = len(seen)
	}
	o.discard(n)
	o.skipped += int64(n)
}

func (o *oggPages) discard(n int) {
	got, _ := o.r.Discard(n) // an error comes again at the next Peek
	o.at += int64(got)
}

func endOf(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return io.EOF
	}
	return refuse(CodeDamaged, "reading a page: %v", err)
}

// oggChecksum is the page's CRC, polynomial 0x04C11DB7 from the highest bit, with its own field taken for zero.
func oggChecksum(page []byte) uint32 {
	crc := oggCRC(0, page[:22])
	crc = oggCRC(crc, []byte{0, 0, 0, 0})
	return oggCRC(crc, page[26:])
}

func oggCRC(crc uint32, b []byte) uint32 {
	for _, v := range b {
		crc = crc<<8 ^ oggTable[byte(crc>>24)^v]
	}
	return crc
}

var oggTable = makeOggTable()

func makeOggTable() (table [256]uint32) {
	for i := range table {
		crc := uint32(i) << 24
		for range 8 {
			carry := crc >> 31
			crc = crc<<1 ^ carry*0x04C11DB7
		}
		table[i] = crc
	}
	return table
}

// lastGranule looks at the end of the file for the last page of a stream: how many samples it says, and whether it is
// marked as the end.
func lastGranule(f io.ReaderAt, start, size int64, serial uint32) (granule int64, ended bool) {
	granule = -1
	pages := newOggPages(f, max(start, size-4*oggMaxPage), size)
	for {
		page, err := pages.next()
		if err != nil {
			return granule, ended
		}
		if page.serial == serial && page.granule >= 0 {
			granule, ended = page.granule, page.flags&oggLast != 0
		}
	}
}

// oggPackets joins the packets of one stream.
type oggPackets struct {
	pages  *oggPages
	serial uint32
	chosen bool
	open   []byte // start of a packet that goes on in the next page
}

// page gives the packets that end in the next page of the stream. The first page chooses the stream when its packet
// begins with magic.
func (o *oggPackets) page(magic string) (packets [][]byte, page oggPage, err error) {
	for {
		page, err = o.pages.next()
		if err != nil {
			return nil, page, err
		}
		if !o.chosen && bytes.HasPrefix(page.body, []byte(magic)) && page.flags&oggFirst != 0 {
			o.serial, o.chosen = page.serial, true
		}
		if o.chosen && page.serial == o.serial {
			break
		}
	}
	lost := page.flags&oggContinued == 0 // what was open is not continued
	if lost {
		o.open = nil
	}
	orphan := !lost && o.open == nil // the start of what ends first is missing
	body, from, n := page.body, 0, 0
	for _, s := range page.segments {
		n += int(s)
		if s == 255 {
			continue
		}
		packet := body[from:n]
		if len(o.open) > 0 {
			packet = append(o.open, packet...)
			o.open = nil
		}
		if !orphan {
			packets = append(packets, packet)
		}
		orphan, from = false, n
	}
	if from < n && !orphan {
		o.open = append(o.open, body[from:n]...)
	}
	if len(o.open) > oggMaxPacket {
		return nil, page, refuse(CodeDamaged, "a packet of more than %d bytes before byte %d", oggMaxPacket, o.pages.at)
	}
	return packets, page, nil
}

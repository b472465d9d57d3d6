package decode

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// checkWhole looks for the end of a file that ffmpeg would read as if it had been meant to be so short.
func checkWhole(in input, found finding) *Refusal {
	switch found.demuxer {
	case "ogg":
		return checkOggEnd(in, found.at)
	case "asf":
		return checkASFSize(in)
	}
	return nil
}

// checkOggEnd wants the mark that the last page of every stream bears (RFC 3533, section 4).
func checkOggEnd(in input, start int64) *Refusal {
	pages := newOggPages(in, max(start, in.size-4*oggMaxPage), in.size)
	for {
		switch page, err := pages.next(); {
		case errors.Is(err, io.EOF):
			return refuse(CodeTruncated, "no page is marked as the end")
		case err != nil:
			return asRefusal(err, "the last pages")
		case page.flags&oggLast != 0:
			return nil
		}
	}
}

// checkASFSize compares the size of the file with the one in its header, which a live recording leaves at 0.
func checkASFSize(in input) *Refusal {
	const properties = "\xa1\xdc\xab\x8c\x47\xa9\xcf\x11\x8e\xe4\x00\xc0\x0c\x20\x53\x65"
	head := make([]byte, min(in.size, sniffBytes))
	n, _ := in.ReadAt(head, 0)
	head = head[:n]
	at := bytes.Index(head, []byte(properties))
	if at < 0 || at+48 > len(head) {
		return nil
	}
	if said := binary.LittleEndian.Uint64(head[at+40:]); said > uint64(in.size) {
		return refuse(CodeTruncated, "the file says %d bytes and has %d", said, in.size)
	}
	return nil
}

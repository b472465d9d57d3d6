package upload

import (
	"io"
	"net/http"

	"github.com/tus/tusd/v2/pkg/handler"
)

// roomEvery is after how many bytes the disk is looked at again: on it the log has to grow.
const roomEvery = 4 << 20

// bounded is a stream that comes from outside and goes to the disk. It ends with an error where the disk has no more room.
type bounded struct {
	from io.Reader
	room func() error
	left int // bytes until it is asked again
}

// Bounded is from, until room is an error.
func Bounded(from io.Reader, room func() error) io.Reader { return &bounded{from: from, room: room} }

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		if err := b.room(); err != nil {
			return 0, err
		}
		b.left = roomEvery
	}
	n, err := b.from.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// piece is the body of a piece, bounded; the library that takes it answers with the code of such an error.
type piece struct {
	io.Reader
	io.Closer
}

func (u *Uploads) piece(body io.ReadCloser) io.ReadCloser {
	return piece{Bounded(body, func() error {
		if err := u.o.Room(); err != nil {
			return handler.NewError("no_room", err.Error(), http.StatusInsufficientStorage)
		}
		return nil
	}), body}
}

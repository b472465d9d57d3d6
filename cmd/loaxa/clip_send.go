package main

import (
	"context"
	"errors"
	"io"
	"mime/multipart"

	"golang.org/x/sync/errgroup"
)

// sendFiles streams files to the station as one form; told hears how many bytes have gone.
func (c *client) sendFiles(ctx context.Context, fields map[string]string, files []sending, told func(done int64)) (importView, error) {
	var v importView
	r, w := io.Pipe()
	form := multipart.NewWriter(w)
	var g errgroup.Group
	g.Go(func() error { // ends with the request's body
		err := writeForm(form, fields, files, told)
		return errors.Join(err, w.CloseWithError(err))
	})
	err := c.send(ctx, "POST", "/imports", form.FormDataContentType(), r, &v)
	closing := r.CloseWithError(io.ErrClosedPipe)
	sending := g.Wait()
	switch {
	case err == nil:
		return v, errors.Join(sending, closing)
	case sending != nil && !errors.Is(sending, io.ErrClosedPipe):
		return v, sending // a file that cannot be read is why the station did not get it
	}
	return v, err
}

func writeForm(form *multipart.Writer, fields map[string]string, files []sending, told func(done int64)) error {
	for k, text := range fields {
		if err := form.WriteField(k, text); err != nil {
			return err
		}
	}
	var done int64
	for _, f := range files {
		part, err := form.CreateFormFile("file", f.base)
		if err != nil {
			return err
		}
		if err := copyFile(part, f, func(n int64) {
			done += n
			told(done)
		}); err != nil {
			return err
		}
	}
	return form.Close()
}

func copyFile(w io.Writer, f sending, told func(n int64)) error {
	file, err := f.open()
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // only read
	_, err = io.Copy(w, io.TeeReader(file, counter(told)))
	return err
}

// counter tells of each piece that is written to it.
type counter func(n int64)

func (c counter) Write(p []byte) (int, error) {
	c(int64(len(p)))
	return len(p), nil
}

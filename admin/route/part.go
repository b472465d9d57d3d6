package route

import (
	"errors"
	"mime/multipart"
	"net/textproto"
)

// NextPart is the next part of a form, io.EOF after the last. One whose head cannot be read, such as a file's name with a
// NUL in it, is a fault of whoever sent it: bad_form.
func NextPart(form *multipart.Reader) (*multipart.Part, error) {
	part, err := form.NextPart()
	var malformed textproto.ProtocolError
	if errors.As(err, &malformed) {
		return nil, BadRequest("bad_form", "a part of the form has a head that cannot be read: "+malformed.Error())
	}
	return part, err
}

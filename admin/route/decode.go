package route

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"unicode/utf8"
)

// maxDepth is how deep a document may be nested; nothing of the API goes deeper than five.
const maxDepth = 16

// DecodeJSON reads exactly one JSON document into the pointer v: keys are matched exactly, an unknown or repeated key
// is refused and the nearest known one suggested. Fields that the document does not name keep their value.
func (c *Call) DecodeJSON(v any) error {
	if ct := c.Request.Header.Get("Content-Type"); ct != "" && !strings.HasPrefix(ct, "application/json") {
		return &Problem{Status: http.StatusUnsupportedMediaType, Code: "not_json",
			Detail: fmt.Sprintf("the body is %q, send application/json", ct)}
	}
	data, err := io.ReadAll(c.Request.Body)
	if err != nil {
		return fmt.Errorf("reading the request: %w", err)
	}
	return DecodeStrict(data, v)
}

// DecodeStrict is DecodeJSON for bytes at hand.
func DecodeStrict(data []byte, v any) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return BadRequest("bad_json", "the body is empty; a JSON document is needed")
	}
	if !utf8.Valid(data) {
		return BadRequest("bad_json", "the body is not valid UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	w := walker{dec: dec}
	if err := w.value(reflect.TypeOf(v), "", 0); err != nil {
		return w.problem(err, data)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return BadRequest("bad_json", fmt.Sprintf("something follows the document at byte %d; send one document only", dec.InputOffset()))
	}
	if len(w.faults) > 0 {
		return BadRequest("unknown_key", w.faults[0].Message, w.faults...)
	}
	if err := json.Unmarshal(data, v); err != nil {
		return w.problem(err, data)
	}
	return nil
}

// walker goes through the tokens of a document beside the type it is meant for.
type walker struct {
	dec    *json.Decoder
	faults []Field
}

var errDeep = errors.New("nested too deeply")

func (w *walker) problem(err error, data []byte) error {
	var p *Problem
	var typed *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &typed):
		where := typed.Field
		if where == "" {
			where = "the document"
		}
		msg := fmt.Sprintf("%s is a %s, %s is needed", where, typed.Value, plainType(typed.Type))
		return BadRequest("wrong_type", msg, Field{Field: typed.Field, Code: "wrong_type", Message: msg})
	case errors.As(err, &syntax):
		return BadRequest("bad_json", fmt.Sprintf("not JSON at byte %d: %v", syntax.Offset, syntax))
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return BadRequest("bad_json", fmt.Sprintf("the document ends early, after %d bytes", len(data)))
	}
	return BadRequest("bad_json", err.Error())
}

func (w *walker) value(t reflect.Type, path string, depth int) error {
	if depth > maxDepth {
		return errDeep
	}
	tok, err := w.dec.Token()
	if err != nil {
		return err
	}
	delim, ok := tok.(json.Delim)
	if !ok {
		return nil
	}
	t = opaque(t)
	if delim == '{' {
		return w.object(t, path, depth)
	}
	for i := 0; w.dec.More(); i++ {
		var elem reflect.Type
		if t != nil && (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) {
			elem = t.Elem()
		}
		if err := w.value(elem, fmt.Sprintf("%s[%d]", path, i), depth+1); err != nil {
			return err
		}
	}
	_, err = w.dec.Token() // the closing bracket
	return err
}

func (w *walker) object(t reflect.Type, path string, depth int) error {
	var known map[string]reflect.Type
	if t != nil && t.Kind() == reflect.Struct {
		known = make(map[string]reflect.Type)
		jsonFields(t, known)
	}
	seen := make(map[string]bool)
	for w.dec.More() {
		tok, err := w.dec.Token()
		if err != nil {
			return err
		}
		name, _ := tok.(string)
		at := name
		if path != "" {
			at = path + "." + name
		}
		if seen[name] {
			w.fault(at, "repeated_key", fmt.Sprintf("%s is given twice", at))
		}
		seen[name] = true
		var ft reflect.Type
		if known != nil {
			if ft, err = w.lookup(known, name, at); err != nil {
				return err
			}
		} else if t != nil && t.Kind() == reflect.Map {
			ft = t.Elem()
		}
		if err := w.value(ft, at, depth+1); err != nil {
			return err
		}
	}
	_, err := w.dec.Token() // the closing brace
	return err
}

func (w *walker) lookup(known map[string]reflect.Type, name, at string) (reflect.Type, error) {
	if ft, ok := known[name]; ok {
		return ft, nil
	}
	names := make([]string, 0, len(known))
	for k := range known {
		names = append(names, k)
	}
	w.fault(at, "unknown_key", fmt.Sprintf("unknown key %s%s", at, Suggest(name, names)))
	return nil, nil
}

// fault keeps the first few: a wrong document is not answered with a longer one.
func (w *walker) fault(at, code, message string) {
	if len(w.faults) < 10 {
		w.faults = append(w.faults, Field{Field: at, Code: code, Message: message})
	}
}

// opaque follows pointers and gives nil for types that read their own JSON.
func opaque(t reflect.Type) reflect.Type {
	for t != nil {
		if p := reflect.PointerTo(t); t.Kind() != reflect.Pointer &&
			(p.Implements(reflect.TypeFor[json.Unmarshaler]()) || p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())) {
			return nil
		}
		if t.Kind() != reflect.Pointer {
			return t
		}
		t = t.Elem()
	}
	return nil
}

func jsonFields(t reflect.Type, into map[string]reflect.Type) {
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || (!f.IsExported() && !f.Anonymous): // json skips it too
		case f.Anonymous && name == "":
			if e := opaque(f.Type); e != nil && e.Kind() == reflect.Struct {
				jsonFields(e, into)
			}
		case name == "":
			into[f.Name] = f.Type
		default:
			into[name] = f.Type
		}
	}
}

func plainType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Int, reflect.Int64, reflect.Int32:
		return "a whole number"
	case reflect.Float64, reflect.Float32:
		return "a number"
	}
	return t.String()
}

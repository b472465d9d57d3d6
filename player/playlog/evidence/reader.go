package evidence

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// reader reads records that are spelled exactly as Encode spells them, about ten times as quickly as Decode and
// DecodeBody do. Whatever it is not sure of, it leaves to them: it never accepts a record that they refuse, and never
// reads another one than they do. It learns the fields of each kind from the body's own type. Not safe for concurrent
// use.
type reader struct {
	kinds map[Kind]*shape
	boot  last
	state last
	actor last
}

func newReader() *reader { return &reader{kinds: map[Kind]*shape{}} }

// read is Decode and DecodeBody in one. The record's Data lies in raw.
func (r *reader) read(raw []byte) (Record, Body, error) {
	if rec, body, ok := r.quick(raw); ok {
		return rec, body, nil
	}
	rec, err := Decode(raw)
	if err != nil {
		return rec, nil, err
	}
	body, err := DecodeBody(rec)
	return rec, body, err
}

func (r *reader) quick(raw []byte) (rec Record, body Body, ok bool) {
	if len(raw) > MaxRecord {
		return rec, nil, false
	}
	c := &cursor{b: raw}
	rec.V = Version
	var kind []byte
	ok = c.skip(`{"v":1,"idx":`) && c.int(&rec.Idx) && rec.Idx >= 0 && c.skip(`,"kind":`) && c.plain(&kind) &&
		c.skip(`,"wall":`) && c.time(&rec.Wall) && c.skip(`,"boot":`) && r.boot.text(c) && c.skip(`,"up_ms":`) && c.int(&rec.UpMS) &&
		c.skip(`,"clock":{"state":`) && r.state.text(c) && c.skip(`,"err_us":`) && c.int(&rec.Clock.ErrUS) &&
		c.skip(`},"actor":`) && r.actor.text(c) && c.skip(`,"data":`)
	if !ok || raw[len(raw)-1] != '}' || c.at >= len(raw)-1 {
		return rec, nil, false
	}
	rec.Boot, rec.Clock.State, rec.Actor = r.boot.s, r.state.s, r.actor.s
	rec.Data = json.RawMessage(raw[c.at : len(raw)-1 : len(raw)-1])
	s := r.shape(kind)
	if s == nil {
		return rec, nil, false
	}
	rec.Kind = s.kind
	body, ok = s.read(rec.Data)
	return rec, body, ok
}

// shape is how the body of one kind is spelled.
type shape struct {
	kind Kind
	into blank
	v    reflect.Value
	fn   readFunc // nil: only DecodeBody can read it
}

func (r *reader) shape(kind []byte) *shape {
	s, ok := r.kinds[Kind(kind)]
	if ok {
		return s
	}
	into, err := emptyBody(Kind(kind))
	if err != nil {
		return nil
	}
	v := reflect.ValueOf(into.target).Elem()
	s = &shape{kind: Kind(kind), into: into, v: v, fn: readerOf(v.Type())}
	r.kinds[s.kind] = s
	return s
}

func (s *shape) read(data []byte) (Body, bool) {
	if s.fn == nil {
		return nil, false
	}
	s.v.SetZero()
	c := &cursor{b: data}
	if !s.fn(c, s.v) || c.at != len(data) {
		return nil, false
	}
	return s.into.value(), true
}

// readFunc reads one value at the cursor; false when it is not spelled as expected.
type readFunc func(c *cursor, v reflect.Value) bool

// readerOf is how a value of type t is read, nil when that is not for the quick way.
func readerOf(t reflect.Type) readFunc {
	switch {
	case t == reflect.TypeFor[Time]():
		return func(c *cursor, v reflect.Value) bool {
			at, ok := v.Addr().Interface().(*Time)
			return ok && c.time(at)
		}
	case t == reflect.TypeFor[json.RawMessage]() || t.Implements(reflect.TypeFor[json.Marshaler]()):
		return nil
	}
	switch t.Kind() { //nolint:exhaustive // the others are left to DecodeBody
	case reflect.String:
		seen := &last{}
		return func(c *cursor, v reflect.Value) bool {
			ok := seen.text(c)
			v.SetString(seen.s)
			return ok
		}
	case reflect.Int, reflect.Int64:
		return func(c *cursor, v reflect.Value) bool {
			var n int64
			if !c.int(&n) || v.OverflowInt(n) {
				return false
			}
			v.SetInt(n)
			return true
		}
	case reflect.Float64:
		return func(c *cursor, v reflect.Value) bool {
			f, ok := c.float()
			v.SetFloat(f)
			return ok
		}
	case reflect.Bool:
		return func(c *cursor, v reflect.Value) bool {
			v.SetBool(c.skip("true"))
			return v.Bool() || c.skip("false")
		}
	case reflect.Pointer:
		return pointerReader(t)
	case reflect.Slice:
		return listReader(t)
	case reflect.Struct:
		return structReader(t)
	}
	return nil
}

func pointerReader(t reflect.Type) readFunc {
	fn := readerOf(t.Elem())
	if fn == nil {
		return nil
	}
	return func(c *cursor, v reflect.Value) bool {
		if c.skip("null") {
			return true
		}
		p := reflect.New(t.Elem())
		v.Set(p)
		return fn(c, p.Elem())
	}
}

func listReader(t reflect.Type) readFunc {
	fn := readerOf(t.Elem())
	if fn == nil {
		return nil
	}
	return func(c *cursor, v reflect.Value) bool {
		if c.skip("null") {
			return true
		}
		if !c.skip("[") {
			return false
		}
		v.Set(reflect.MakeSlice(t, 0, 0))
		for n := 0; !c.skip("]"); n++ {
			if n > 0 && !c.skip(",") {
				return false
			}
			v.Grow(1)
			v.SetLen(n + 1)
			if el := v.Index(n); !fn(c, el) {
				return false
			}
		}
		return true
	}
}

// member is one field of a struct.
type member struct {
	at       int
	name     string // `"due":`
	optional bool
	fn       readFunc
}

func structReader(t reflect.Type) readFunc {
	var members []member
	for i := range t.NumField() {
		f := t.Field(i)
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		m := member{at: i, name: `"` + name + `":`, optional: opts != "", fn: readerOf(f.Type)}
		if f.Anonymous || !f.IsExported() || name == "" || name == "-" || m.fn == nil || !slices.Contains([]string{"", "omitempty", "omitzero"}, opts) {
			return nil
		}
		if m.optional && f.Type.Kind() == reflect.Pointer {
			return nil // null and left out would both have to be known
		}
		members = append(members, m)
	}
	return func(c *cursor, v reflect.Value) bool {
		if !c.skip("{") {
			return false
		}
		first := true
		for _, m := range members {
			before := c.at
			if !first && !c.skip(",") || !c.skip(m.name) {
				if !m.optional {
					return false
				}
				c.at = before
				continue
			}
			first = false
			f := v.Field(m.at)
			if !m.fn(c, f) || m.optional && empty(f) {
				return false
			}
		}
		return c.skip("}")
	}
}

// empty reports whether an optional field would have been left out.
func empty(v reflect.Value) bool {
	return v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0
}

// last remembers the string that a field had before: it mostly has the same again.
type last struct{ s string }

// text reads a string into l.s.
func (l *last) text(c *cursor) bool {
	if n := len(l.s); n > 0 && c.at+n+2 <= len(c.b) && c.b[c.at] == '"' && c.b[c.at+n+1] == '"' && string(c.b[c.at+1:c.at+1+n]) == l.s {
		c.at += n + 2
		return true
	}
	var b []byte
	if !c.plain(&b) {
		return false
	}
	if string(b) != l.s {
		l.s = string(b)
	}
	return true
}

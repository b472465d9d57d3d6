package evidence

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxRecord is the most bytes that one record may have.
const MaxRecord = 1 << 20

// Silence is the level written where nothing but zeros was taken: JSON has no minus infinity. In dBFS.
const Silence = -120.0

// ErrTooLong says that a record is longer than MaxRecord.
var ErrTooLong = errors.New("record longer than 1 MB")

// Draft is a record that lacks only its index: what happened, at the time it happened. Its text is canonical.
type Draft struct {
	kind  Kind
	actor string
	stamp Stamp
	data  json.RawMessage
}

// NewDraft makes a draft of body. It fails when the body cannot be written as a record: then nothing was written.
func NewDraft(actor string, st Stamp, body Body) (Draft, error) {
	if body == nil {
		return Draft{}, errors.New("encoding record: no body")
	}
	data, err := canonicalJSON(finite(body))
	if err != nil {
		return Draft{}, fmt.Errorf("encoding %s record: %w", body.Kind(), err)
	}
	d := Draft{kind: body.Kind(), actor: actor, stamp: st, data: data}
	d.stamp.Wall = At(st.Wall.Time)
	if _, err := d.Bytes(math.MaxInt64); err != nil {
		return Draft{}, err
	}
	return d, nil
}

// Kind of the record.
func (d Draft) Kind() Kind { return d.kind }

// Stamp is when it happened.
func (d Draft) Stamp() Stamp { return d.stamp }

// Data is the canonical body.
func (d Draft) Data() json.RawMessage { return d.data }

// Len is about how much memory the draft holds, in bytes.
func (d Draft) Len() int { return len(d.data) + len(d.actor) + 160 }

// Bytes is the record as stored at index idx: one line without its newline.
func (d Draft) Bytes(idx int64) ([]byte, error) {
	raw, err := canonicalJSON(Record{V: Version, Idx: idx, Kind: d.kind, Stamp: d.stamp, Actor: d.actor, Data: d.data})
	if err != nil {
		return nil, fmt.Errorf("encoding %s record: %w", d.kind, err)
	}
	if len(raw) > MaxRecord {
		return nil, fmt.Errorf("encoding %s record of %d bytes: %w", d.kind, len(raw), ErrTooLong)
	}
	return raw, nil
}

// Encode is the record of index idx, in canonical bytes.
func Encode(idx int64, actor string, st Stamp, body Body) ([]byte, error) {
	d, err := NewDraft(actor, st, body)
	if err != nil {
		return nil, err
	}
	return d.Bytes(idx)
}

// canonicalJSON writes v in the fixed order of its fields, without HTML escapes, each string in NFC.
func canonicalJSON(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return normalise(bytes.TrimSuffix(buf.Bytes(), []byte("\n")))
}

// normalise rewrites each string literal of valid, compact JSON so that one text has one spelling. The text cannot be
// normalised as a whole: a combining mark after an escape such as \n would join the escape's letter.
func normalise(b []byte) ([]byte, error) {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); {
		if b[i] != '"' {
			out = append(out, b[i])
			i++
			continue
		}
		end, plain := literalEnd(b, i)
		if end < 0 {
			return nil, errors.New("unterminated string")
		}
		lit := b[i:end]
		if !plain {
			var err error
			if lit, err = respell(lit); err != nil {
				return nil, err
			}
		}
		out = append(out, lit...)
		i = end
	}
	return out, nil
}

// literalEnd finds the end of the literal that opens at i, and whether it is bare ASCII; -1 when it never ends.
func literalEnd(b []byte, i int) (end int, plain bool) {
	plain = true
	for j := i + 1; j < len(b); j++ {
		switch {
		case b[j] == '"':
			return j + 1, plain
		case b[j] == '\\':
			plain = false
			j++
		case b[j] >= utf8.RuneSelf:
			plain = false
		}
	}
	return -1, false
}

func respell(lit []byte) ([]byte, error) {
	var s string
	if err := json.Unmarshal(lit, &s); err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(norm.NFC.String(s)); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// finite replaces figures that JSON cannot carry: a record must not be lost because a rate was taken over no time. A
// level below Silence is Silence; a rate or gain that is not a number is 0, "not measured".
func finite(body Body) Body {
	switch b := body.(type) {
	case Plan:
		clips := make([]Clip, len(b.Clips))
		for i := range b.Clips {
			clips[i] = *finiteClip(&b.Clips[i])
		}
		b.Clips = clips
		return b
	case Start:
		b.GainDB = number(b.GainDB)
		b.Clip = finiteClip(b.Clip)
		return b
	case Progress:
		b.Rate = number(b.Rate)
		return b
	case End:
		b.Rate = number(b.Rate)
		if !(b.LevelDBFS > Silence) {
			b.LevelDBFS = Silence
		}
		b.LevelDBFS = number(b.LevelDBFS)
		return b
	case OutcomeBody:
		b.Rate = number(b.Rate)
		items := make([]AiredItem, len(b.Items))
		for i, it := range b.Items {
			it.Clip = finiteClip(it.Clip)
			items[i] = it
		}
		b.Items = items
		return b
	case Device:
		b.Rate = number(b.Rate)
		return b
	}
	return body
}

func finiteClip(c *Clip) *Clip {
	if c == nil {
		return nil
	}
	d := *c
	d.GainDB = number(d.GainDB)
	return &d
}

func number(f float64) float64 {
	if math.IsNaN(f) || math.IsInf(f, 0) || f == 0 {
		return 0 // also turns -0 into 0
	}
	return f
}

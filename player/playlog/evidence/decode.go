package evidence

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Decode reads one record and refuses whatever Encode would not have written: unknown or repeated fields, another
// order, spaces, another spelling of the same text, another version, an unknown kind, more than MaxRecord bytes. The
// body is not looked at; see DecodeBody.
func Decode(raw []byte) (Record, error) {
	if len(raw) > MaxRecord {
		return Record{}, fmt.Errorf("decoding record of %d bytes: %w", len(raw), ErrTooLong)
	}
	var rec Record
	if err := strict(raw, &rec); err != nil {
		return Record{}, fmt.Errorf("decoding record: %w", err)
	}
	if rec.V != Version {
		return Record{}, fmt.Errorf("decoding record: version %d is not known, this program reads version %d", rec.V, Version)
	}
	if rec.Idx < 0 {
		return Record{}, fmt.Errorf("decoding record: index %d is negative", rec.Idx)
	}
	if err := same(raw, rec); err != nil {
		return Record{}, fmt.Errorf("decoding record %d: %w", rec.Idx, err)
	}
	if _, err := emptyBody(rec.Kind); err != nil {
		return Record{}, fmt.Errorf("decoding record %d: %w", rec.Idx, err)
	}
	return rec, nil
}

// DecodeBody reads the record's data, as strictly as Decode. The result is a struct value, such as Plan.
func DecodeBody(rec Record) (Body, error) {
	p, err := emptyBody(rec.Kind)
	if err != nil {
		return nil, fmt.Errorf("decoding record %d: %w", rec.Idx, err)
	}
	if err := strict(rec.Data, p.target); err != nil {
		return nil, fmt.Errorf("decoding %s record %d: %w", rec.Kind, rec.Idx, err)
	}
	body := p.value()
	if err := same(rec.Data, body); err != nil {
		return nil, fmt.Errorf("decoding %s record %d: %w", rec.Kind, rec.Idx, err)
	}
	return body, nil
}

type blank struct {
	target any
	value  func() Body
}

func blankOf[T Body]() blank {
	p := new(T)
	return blank{target: p, value: func() Body { return *p }}
}

func emptyBody(k Kind) (blank, error) {
	switch k {
	case KindEpoch:
		return blankOf[Epoch](), nil
	case KindBoot:
		return blankOf[Boot](), nil
	case KindShutdown:
		return blankOf[Shutdown](), nil
	case KindPlan:
		return blankOf[Plan](), nil
	case KindStart:
		return blankOf[Start](), nil
	case KindProgress:
		return blankOf[Progress](), nil
	case KindEnd:
		return blankOf[End](), nil
	case KindOutcome:
		return blankOf[OutcomeBody](), nil
	case KindOperator:
		return blankOf[Operator](), nil
	case KindChange:
		return blankOf[Change](), nil
	case KindDevice:
		return blankOf[Device](), nil
	case KindClock:
		return blankOf[ClockChange](), nil
	case KindKey:
		return blankOf[Key](), nil
	case KindGap:
		return blankOf[Gap](), nil
	}
	return blank{}, fmt.Errorf("kind %.40q is not known", string(k))
}

// strict decodes exactly one JSON value with no field that v does not have.
func strict(raw []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return errors.New("it ends too early")
		}
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows it")
	}
	return nil
}

// same says whether v is spelled raw. Writing again what was read finds repeated fields, another order, left-out
// fields, spaces and other spellings at once.
func same(raw []byte, v any) error {
	again, err := canonicalJSON(v)
	if err != nil {
		return err
	}
	if bytes.Equal(again, raw) {
		return nil
	}
	at := 0
	for at < len(raw) && at < len(again) && raw[at] == again[at] {
		at++
	}
	return fmt.Errorf("not in canonical form at byte %d", at)
}

package evidence

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

// sameReading demands that the quick way reads nothing that Decode and DecodeBody refuse, and nothing else than they.
func sameReading(t *testing.T, r *reader, raw []byte) (quick, sound bool) {
	t.Helper()
	rec, body, quick := r.quick(raw)
	slow, err := Decode(raw)
	var slowBody Body
	if err == nil {
		slowBody, err = DecodeBody(slow)
	}
	if !quick {
		return false, err == nil
	}
	if err != nil {
		t.Fatalf("read quickly, and refused: %v\n%s", err, raw)
	}
	if !reflect.DeepEqual(rec, slow) || !reflect.DeepEqual(body, slowBody) {
		t.Fatalf("read quickly, and otherwise:\n%+v %+v\n%+v %+v\n%s", rec, body, slow, slowBody, raw)
	}
	return true, true
}

// Every kind but change, which carries any JSON, is read the quick way.
func TestReaderReadsEveryKindQuickly(t *testing.T) {
	r := newReader()
	for i, body := range samples() {
		raw, err := Encode(int64(i), "user:lan", sampleStamp(), body)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time it remembers
			quick, _ := sameReading(t, r, raw)
			escaped := bytes.Contains(raw, []byte(`\n`))
			if quick == (body.Kind() == KindChange || escaped) {
				t.Errorf("%s: quick %v", body.Kind(), quick)
			}
		}
		zero, ok := reflect.Zero(reflect.TypeOf(body)).Interface().(Body)
		if !ok {
			t.Fatalf("%T is no body", body)
		}
		empty, err := Encode(int64(i), "", Stamp{}, zero)
		if err == nil { // an empty change has no JSON in it
			sameReading(t, r, empty)
		}
	}
}

// Bytes changed, taken out, put in and doubled anywhere, and spellings that JSON has many of.
func TestReaderIsAsStrictAsDecode(t *testing.T) {
	seed := uint64(time.Now().UnixNano()) //nolint:gosec // any number will do
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 1))
	r, n, taken := newReader(), 20000, 0
	if raceDetector {
		n = 2000
	}
	var raws [][]byte
	for i, body := range samples() {
		raw, err := Encode(int64(i), "station", sampleStamp(), body)
		if err != nil {
			t.Fatal(err)
		}
		raws = append(raws, raw)
	}
	parts := [][]byte{[]byte(`""`), []byte("null"), []byte("[]"), []byte("0"), []byte("-0"), []byte("1e3"), []byte("1.0"), []byte("01"), []byte(" "), []byte(","), []byte(`\u00e1`),
		[]byte("a\u0301"), []byte("\u2028"), []byte("\xff"), []byte("\x1f"), []byte("+00:00"), []byte("-00:00"), []byte("Z"), []byte("2026-02-30"), []byte("24:00"), []byte("9223372036854775808"), []byte("0.1"), []byte("1e-7"), []byte("0.0000001"), []byte("0001-01-01T00:00:00.000+00:00")}
	for range n {
		raw := bytes.Clone(raws[rnd.IntN(len(raws))])
		for range 1 + rnd.IntN(2) {
			at := rnd.IntN(len(raw))
			end := min(len(raw), at+rnd.IntN(8))
			switch rnd.IntN(4) {
			case 0:
				raw[at] = byte(rnd.IntN(256))
			case 1:
				raw = append(raw[:at], raw[end:]...)
			case 2:
				raw = append(raw[:at], append(bytes.Clone(parts[rnd.IntN(len(parts))]), raw[end:]...)...)
			case 3:
				raw[at] = "0123456789-+.:\"{}[],"[rnd.IntN(20)]
			}
			if len(raw) == 0 {
				raw = []byte("{")
			}
		}
		if quick, _ := sameReading(t, r, raw); quick {
			taken++
		}
	}
	t.Logf("%d changed records, %d of them still records", n, taken)
	if taken == 0 {
		t.Fatal("control: no changed record was a record: the comparison shows nothing")
	}
}

// FuzzReader looks for a record that the two ways read differently.
func FuzzReader(f *testing.F) {
	for i, body := range samples() {
		raw, err := Encode(int64(i), "station", sampleStamp(), body)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) { sameReading(t, newReader(), raw) })
}

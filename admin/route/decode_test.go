package route

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

type inner struct {
	Kind string `json:"kind"`
	MS   int64  `json:"ms"`
}

type outer struct {
	inner
	Title  string         `json:"title"`
	Items  []inner        `json:"items"`
	Starts []time.Time    `json:"starts"`
	Any    map[string]any `json:"any"`
	hidden string
}

func TestDecodeStrict(t *testing.T) {
	deep := strings.Repeat(`{"any":`, maxDepth+1) + "1" + strings.Repeat("}", maxDepth+1)
	for name, c := range map[string]struct{ in, code, says string }{
		"good":             {`{"title":"a","items":[{"kind":"clip","ms":3}],"starts":["2026-03-05T17:30:00+07:00"],"any":{"x":{"y":1}},"kind":"k"}`, "", ""},
		"empty":            {"  ", "bad_json", "empty"},
		"unknown":          {`{"titel":"a"}`, "unknown_key", "titel (did you mean title?)"},
		"unknown, nested":  {`{"items":[{"kind":"clip"},{"knid":"clip"}]}`, "unknown_key", "items[1].knid (did you mean kind?)"},
		"unknown, far":     {`{"zzzzzzzzzz":1}`, "unknown_key", "(known: any items kind ms starts title)"},
		"other case":       {`{"Title":"a"}`, "unknown_key", "did you mean title?"},
		"unexported":       {`{"hidden":"a"}`, "unknown_key", "hidden"},
		"twice":            {`{"title":"a","title":"b"}`, "unknown_key", "title is given twice"},
		"two documents":    {`{"title":"a"} {"title":"b"}`, "bad_json", "one document only"},
		"trailing rubbish": {`{"title":"a"}]`, "bad_json", ""},
		"cut off":          {`{"title":"a`, "bad_json", ""},
		"not JSON":         {`title=a`, "bad_json", "byte"},
		"wrong type":       {`{"title":3}`, "wrong_type", "title is a number, a string is needed"},
		"wrong type, deep": {`{"items":[{"ms":"3"}]}`, "wrong_type", "a whole number is needed"},
		"a list":           {`[1,2]`, "wrong_type", ""},
		"bad UTF-8":        {"{\"title\":\"\xff\"}", "bad_json", "UTF-8"},
		"too deep":         {deep, "bad_json", "too deeply"},
		"bad time":         {`{"starts":["tomorrow"]}`, "bad_json", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var v outer
			err := DecodeStrict([]byte(c.in), &v)
			if c.code == "" {
				if err != nil || v.Title != "a" || len(v.Items) != 1 || v.Kind != "k" || v.hidden != "" {
					t.Fatalf("%+v, %v", v, err)
				}
				return
			}
			var p *Problem
			if !errors.As(err, &p) || p.Code != c.code || !strings.Contains(p.Error(), c.says) {
				t.Errorf("got %v, want %s with %q", err, c.code, c.says)
			}
			if p != nil && p.Status != 400 {
				t.Errorf("status %d", p.Status)
			}
			if !reflect.ValueOf(v).IsZero() && c.code == "unknown_key" {
				t.Errorf("a refused document left %+v behind", v)
			}
		})
	}
}

// A change of one setting must not reset the others.
func TestDecodeKeepsWhatIsNotNamed(t *testing.T) {
	v := outer{Title: "old", inner: inner{MS: 7}}
	if err := DecodeStrict([]byte(`{"kind":"new"}`), &v); err != nil {
		t.Fatal(err)
	}
	if v.Title != "old" || v.MS != 7 || v.Kind != "new" {
		t.Errorf("got %+v", v)
	}
}

func FuzzDecodeStrict(f *testing.F) {
	for _, s := range []string{`{}`, `{"items":[{"ms":1}]}`, `{"any":{"a":[1,{"b":null}]}}`, `[`, `{"titel":1}`, "\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var v outer
		err := DecodeStrict(data, &v)
		var p *Problem
		if err != nil && !errors.As(err, &p) {
			t.Fatalf("%q gives an error without a code: %v", data, err)
		}
		if p != nil && len(p.Fields) > 10 {
			t.Fatalf("%d faults are told", len(p.Fields))
		}
	})
}

func TestSuggest(t *testing.T) {
	known := []string{"quiet_hours", "lateness_s", "warm_up_ms"}
	if got := Suggest("quite_hours", known); got != " (did you mean quiet_hours?)" {
		t.Errorf("got %q", got)
	}
	if got := Suggest("x", known); !strings.HasPrefix(got, " (known:") {
		t.Errorf("a far name is matched: %q", got)
	}
	for _, c := range []struct {
		a, b string
		d    int
	}{{"", "", 0}, {"a", "", 1}, {"", "abc", 3}, {"kitten", "sitting", 3}, {"title", "titel", 2}} {
		if d := distance(c.a, c.b); d != c.d {
			t.Errorf("distance(%q, %q) is %d, want %d", c.a, c.b, d, c.d)
		}
	}
}

func TestParseTime(t *testing.T) {
	loc := time.FixedZone("+07", 7*3600)
	day, err := ParseTime("from", "2026-03-05", loc)
	if err != nil || !day.Equal(time.Date(2026, 3, 5, 0, 0, 0, 0, loc)) {
		t.Errorf("%v, %v", day, err)
	}
	if _, err := ParseTime("from", "05/03/2026", loc); err == nil {
		t.Error("an ambiguous day was accepted")
	}
}

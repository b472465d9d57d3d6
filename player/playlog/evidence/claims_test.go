package evidence

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

const goodReport = `{"from":"2026-03-02T00:00:00+07:00","until":"2026-03-03T00:00:00+07:00","station_name":"Đài","station_code":"XA-01",
"logs":[{"origin":"loaxa/XA-01/may-1/1","size":9}],"made_by":{"x":[1,{"y":null}]},"truncated":false,
"broadcasts":[{"broadcast":"p@1","why":"scheduled","title":"Bản tin","due":"2026-03-02T05:00:00.25+07:00","status":"full","aired_ms":10000,
"planned_ms":10000,"output":"hardware","evidence":2,"record":{"epoch":1,"index":5}},
{"broadcast":"p@2","due":"2026-03-02T17:00:00+07:00","status":"planned","aired_ms":0,"planned_ms":10000,"evidence":0}],
"figures":{"broadcasts":{"n":1,"aired_ms":10000},"topics":{"lừa đảo":{"n":1,"aired_ms":10000}},"by_level":{"2":{"n":1,"aired_ms":10000}}}}`

func TestReadClaims(t *testing.T) {
	c, err := ReadClaims([]byte("\ufeff" + goodReport))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Rows) != 2 || *c.Rows[0].Title != "Bản tin" || c.Rows[0].AiredMS != 10000 || c.Rows[0].Due.Nanosecond() != 250e6 || !c.Rows[0].Decided() ||
		c.Rows[1].Decided() || c.Rows[1].Title != nil || c.StationCode != "XA-01" || c.Logs[0].Size != 9 ||
		c.Figures.Topics["lừa đảo"].N != 1 || c.Figures.ByLevel[2].N != 1 || c.Figures.Broadcasts.AiredMS != 10000 {
		t.Errorf("%+v", c)
	}
}

func TestReadClaimsRefuses(t *testing.T) {
	swap := func(old, new string) string {
		if !strings.Contains(goodReport, old) {
			t.Fatalf("%q is not in the report", old)
		}
		return strings.Replace(goodReport, old, new, 1)
	}
	for name, c := range map[string]struct{ doc, want string }{
		"nothing":          {"", "ends too early"},
		"half":             {goodReport[:len(goodReport)/2], "ends too early"},
		"no object":        {"[1]", "wanted"},
		"something behind": {goodReport + "{}", "something follows"},
		"no period":        {swap(`"from"`, `"From"`), "from is missing"},
		"no station":       {swap(`"station_code"`, `"code"`), "station_code is missing"},
		"empty station":    {swap(`"XA-01"`, `""`), "station_code is empty"},
		"no rows":          {swap(`"broadcasts":[`, `"rows":[`), "broadcasts is missing"},
		"rows are null":    {swap(`"broadcasts":[`, `"broadcasts":null,"rows":[`), "wanted"},
		"no figures":       {swap(`"figures"`, `"totals"`), "figures is missing"},
		"no total":         {swap(`"figures":{"broadcasts"`, `"figures":{"n"`), "broadcasts is missing"},
		"period turned":    {swap("2026-03-03", "2026-03-01"), "ends before it begins"},
		"cut short":        {swap(`"truncated":false`, `"truncated":true`), "shorter period"},
		"row without ID":   {swap(`"broadcast":"p@2",`, ``), "row 2: field broadcast is missing"},
		"empty ID":         {swap(`"p@2"`, `""`), "row 2: broadcast and status"},
		"seconds in words": {swap(`"aired_ms":0`, `"aired_ms":"0"`), "row 2: field aired_ms"},
		"half a ms":        {swap(`"aired_ms":0`, `"aired_ms":0.5`), "row 2: field aired_ms"},
		"no time":          {swap("2026-03-02T17:00:00+07:00", "17:00"), "row 2: field due"},
		"null status":      {swap(`"status":"planned"`, `"status":null`), "row 2: field status"},
		"two words":        {swap(`"status":"full"`, `"status":"missed","status":"full"`), "row 1: field status is there twice"},
		"long ID":          {swap(`"p@2"`, `"`+strings.Repeat("p", maxClaimText+1)+`"`), "more than"},
		"too long":         {goodReport + strings.Repeat(" ", MaxClaims), "at most"},
		"deep":             {swap(`"made_by":{"x":[1,{"y":null}]}`, `"made_by":`+strings.Repeat("[", 1<<20)), ""},
	} {
		_, err := ReadClaims([]byte(c.doc))
		if !errors.Is(err, ErrClaims) || !strings.Contains(fmt.Sprint(err), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRowsAreBounded(t *testing.T) {
	if _, err := readClaims([]byte(goodReport), 2); err != nil {
		t.Error(err)
	}
	if _, err := readClaims([]byte(goodReport), 1); err == nil || !strings.Contains(err.Error(), "more than 1 rows") {
		t.Errorf("two rows where one is read: %v", err)
	}
}

func FuzzReadClaims(f *testing.F) {
	f.Add([]byte(goodReport))
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, err := ReadClaims(b); err == nil && (c.Figures.Broadcasts == nil || !c.From.Before(c.Until)) {
			t.Fatalf("accepted %q", b)
		}
	})
}

// A report of the most rows that are read, and as many that the log does not have: bounded, and over soon.
func BenchmarkLargestReport(b *testing.B) {
	a := diary(b)
	row := `{"broadcast":"p@%d","why":"scheduled","title":"Bản tin chống lừa đảo","due":"2026-03-02T05:00:00.25+07:00","status":"full","reason":"","aired_ms":10000,"planned_ms":10000,"output":"hardware","evidence":2,"record":{"epoch":1,"index":%d}}`
	var rows strings.Builder
	for i := range MaxClaimRows - 2 { // goodReport has two
		fmt.Fprintf(&rows, row+",", i+10, i)
	}
	doc := []byte(strings.Replace(goodReport, `"broadcasts":[`, `"broadcasts":[`+rows.String(), 1))
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		c, err := ReadClaims(doc)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := Verify(a.m, VerifyOptions{Claims: &c}); err != nil {
			b.Fatal(err)
		}
	}
}

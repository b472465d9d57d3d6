package library_test

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loaxa/audio/library"
)

func (s *station) photo() string {
	s.t.Helper()
	sum, err := s.KeepPhoto(s.t.Context(), bytes.NewReader(picture(s.t, 40, 30)))
	must(s.t, err)
	return sum
}

// picture is a PNG of one colour.
func picture(t testing.TB, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))))
	return b.Bytes()
}

// The clips of one letter are allowed together: an approval of half of them would look like one of all.
func TestClipsAreApprovedTogetherOrNotAtAll(t *testing.T) {
	s := newStation(t)
	var ids []string
	for i, state := range []string{library.StateDraft, library.StateSubmitted, library.StateRetired} {
		ids = append(ids, s.into(s.short(300+float64(i)), state).ID)
	}
	records, version := len(s.records), s.Version()
	if _, err := s.Approve("minh", append(ids, "c-none"), nil); !errors.Is(err, library.ErrNotFound) {
		t.Fatal(err)
	}
	for _, id := range ids {
		if c, err := s.Get(id); err != nil || c.State == library.StateApproved {
			t.Errorf("one of them is missing, and %s is %s, %v", id, c.State, err)
		}
	}
	if s.Version() != version {
		t.Errorf("version %d after %d", s.Version(), version)
	}
	s.records = s.records[:records]
	all, err := s.Approve("minh", append(ids, ids[0]), nil) // one comes twice
	must(t, err)
	if len(all) != 3 || len(s.records) != records+3 {
		t.Fatalf("%d clips, %d records", len(all), len(s.records)-records)
	}
	batch := all[0].Approval.Batch
	for _, c := range all {
		a := c.Approval
		if c.State != library.StateApproved || a.By != "minh" || a.SHA256 != c.SHA256 || a.CanonicalSHA256 != c.CanonicalSHA256 ||
			a.Batch != batch || batch == "" || a.Paper != nil || c.ApprovedBy != "minh" || !c.ApprovedAt.Equal(a.At) {
			t.Errorf("approved %+v, %+v", c, a)
		}
	}
	alone, err := s.Approve("minh", []string{s.short(310).ID}, nil)
	must(t, err)
	if alone[0].Approval.Batch == batch {
		t.Error("two approvals have one batch")
	}
	for name, ids := range map[string][]string{"none": nil, "501": make([]string, 501)} {
		var wrong *library.InputError
		if _, err := s.Approve("minh", ids, nil); !errors.As(err, &wrong) || wrong.Field != "ids" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A signature on paper is worth what can be shown of it: who, when, the photo, and who vouches for having entered it.
func TestApprovedOnPaper(t *testing.T) {
	s := newStation(t)
	c := s.short(440)
	good := library.Paper{Signer: "Chủ tịch  UBND xã", Date: "2026-11-23", Photo: s.photo(), EnteredBy: "somebody else"}
	for field, spoil := range map[string]func(*library.Paper){
		"paper.signer": func(p *library.Paper) { p.Signer = " " },
		"paper.date":   func(p *library.Paper) { p.Date = "23/11/2026" },
		"paper.photo":  func(p *library.Paper) { p.Photo = strings.Repeat("0", 64) },
	} {
		bad := good
		spoil(&bad)
		var wrong *library.InputError
		if _, err := s.Approve("lan", []string{c.ID}, &bad); !errors.As(err, &wrong) || wrong.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	for name, spoil := range map[string]func(*library.Paper){
		"no date": func(p *library.Paper) { p.Date = "" }, "no photo": func(p *library.Paper) { p.Photo = "" },
		"a day to come":         func(p *library.Paper) { p.Date = "2026-11-27" },
		"a path":                func(p *library.Paper) { p.Photo = "../state.db" },
		"a signer without end":  func(p *library.Paper) { p.Signer = strings.Repeat("a", 201) },
		"the hash in capitals":  func(p *library.Paper) { p.Photo = strings.ToUpper(p.Photo) },
		"half of the hash":      func(p *library.Paper) { p.Photo = p.Photo[:32] },
		"something not a photo": func(p *library.Paper) { p.Photo = "." },
	} {
		bad := good
		spoil(&bad)
		var wrong *library.InputError
		if _, err := s.Approve("lan", []string{c.ID}, &bad); !errors.As(err, &wrong) {
			t.Errorf("%s: %v", name, err)
		}
	}
	all, err := s.Approve("lan", []string{c.ID}, &good)
	must(t, err)
	want := library.Paper{Signer: "Chủ tịch UBND xã", Date: "2026-11-23", Photo: good.Photo, EnteredBy: "lan"}
	if p := all[0].Approval.Paper; p == nil || *p != want {
		t.Errorf("paper %+v", p)
	}
	last := string(s.records[len(s.records)-1].after)
	for _, part := range []string{want.Signer, want.Photo, `"entered_by":"lan"`} {
		if !strings.Contains(last, part) {
			t.Errorf("the record does not tell %q: %s", part, last)
		}
	}
	must(t, os.WriteFile(filepath.Join(s.dir, "photos", good.Photo), []byte("another"), 0o600))
	if _, err := s.Approve("lan", []string{s.short(441).ID}, &good); err == nil {
		t.Error("the photo was exchanged, and still proves an approval")
	}
}

// What the approver saw is what is allowed: another letter or other days need another look; a better title does not.
func TestEditsAndTheApproval(t *testing.T) {
	text := func(s string) *string { return &s }
	edits := []struct {
		name  string
		edit  library.Edit
		voids bool
	}{
		{"title", library.Edit{Title: text("Tên khác")}, false},
		{"source", library.Edit{Source: text("Công an xã")}, false},
		{"tags", library.Edit{Tags: &[]string{"otp"}}, false},
		{"letter", library.Edit{Letter: &library.Letter{Agency: "Công an xã", Number: "12/KH", Date: "2026-11-01"}}, true},
		{"valid from", library.Edit{ValidFrom: text("2026-12-01")}, true},
		{"valid until", library.Edit{ValidUntil: text("2026-12-31")}, true},
		{"nothing", library.Edit{}, false},
		{"what it says", library.Edit{Title: text(" Tên  khác "), Tags: &[]string{"otp", "otp"}, ValidUntil: text("2026-12-31")}, false},
		{"no letter", library.Edit{Letter: &library.Letter{}}, true},
	}
	s := newStation(t)
	for i, state := range allStates {
		c := s.into(s.short(300+float64(i)), state)
		for _, e := range edits {
			name := e.name + " of a clip that is " + state
			records := len(s.records)
			got, err := s.Edit("an", c.ID, e.edit)
			must(t, err)
			voided := e.voids && state == library.StateApproved
			if voided != (got.State == library.StateDraft && state != library.StateDraft) || (got.Approval != nil) != (got.State == library.StateApproved) {
				t.Errorf("%s: it is %s, approval %+v", name, got.State, got.Approval)
			}
			if nothing := same(got, c); nothing != (len(s.records) == records) || nothing != (e.name == "nothing" || e.name == "what it says") {
				t.Errorf("%s: %d records, nothing changed: %v", name, len(s.records)-records, nothing)
			}
			if c = got; voided {
				c = s.into(got, state)
			}
		}
	}
}

// An approval that became void is told by the change record alone: it must hold all of it.
func TestTheRecordKeepsAVoidApproval(t *testing.T) {
	s := newStation(t)
	c := s.into(s.short(440), library.StateApproved)
	day := "2026-12-31"
	_, err := s.Edit("an", c.ID, library.Edit{ValidUntil: &day})
	must(t, err)
	last := s.records[len(s.records)-1]
	if !bytes.Contains(last.before, []byte(c.Approval.Batch)) || bytes.Contains(last.after, []byte(`"approval"`)) {
		t.Errorf("recorded %s → %s", last.before, last.after)
	}
	if err := s.Remove("an", c.ID); !errors.Is(err, library.ErrState) || !strings.Contains(err.Error(), "retire it instead") {
		t.Errorf("a clip that may have been played was removed: %v", err)
	}
}

func TestEditRefusesWhatItCannotMean(t *testing.T) {
	s := newStation(t)
	c := s.short(440)
	text := func(s string) *string { return &s }
	for name, test := range map[string]struct {
		edit  library.Edit
		field string
	}{
		"no title":              {library.Edit{Title: text(" ")}, "title"},
		"a title without end":   {library.Edit{Title: text(strings.Repeat("a", 201))}, "title"},
		"a date of another use": {library.Edit{ValidFrom: text("1/12/2026")}, "valid_from"},
		"a day that is not":     {library.Edit{ValidUntil: text("2026-02-30")}, "valid_until"},
		"a year that is not":    {library.Edit{ValidUntil: text("0001-01-01")}, "valid_until"},
		"ends before it begins": {library.Edit{ValidFrom: text("2026-12-02"), ValidUntil: text("2026-12-01")}, "valid_until"},
		"agency":                {library.Edit{Letter: &library.Letter{Agency: strings.Repeat("a", 201)}}, "letter.agency"},
		"number":                {library.Edit{Letter: &library.Letter{Number: strings.Repeat("1", 61)}}, "letter.number"},
		"date of the letter":    {library.Edit{Letter: &library.Letter{Date: "hôm qua"}}, "letter.date"},
	} {
		var wrong *library.InputError
		if _, err := s.Edit("an", c.ID, test.edit); !errors.As(err, &wrong) || wrong.Field != test.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	from, until := "2026-12-01", "2026-12-01" // one day
	if _, err := s.Edit("an", c.ID, library.Edit{ValidFrom: &from, ValidUntil: &until}); err != nil {
		t.Error(err)
	}
	before := "2026-11-30" // judged with what is there already
	if _, err := s.Edit("an", c.ID, library.Edit{ValidUntil: &before}); err == nil {
		t.Error("made it end before it begins")
	}
}

// What an import says of its file is kept as it was said, but for how it is written.
func TestProvenanceIsKept(t *testing.T) {
	s := newStation(t)
	c, _, err := s.Import(t.Context(), "lan", library.Import{
		Reader: bytes.NewReader(tone(t, 440, 600*time.Millisecond)), Name: "a.wav", Via: "link", Link: "https://example.org/a\n", FinalHost: "files.example.org",
		Letter: library.Letter{Agency: " Công an  huyện", Number: "05/KH-CA", Date: "2026-11-02"}, ValidFrom: "2026-11-10", ValidUntil: "2026-12-31",
	}, nil)
	must(t, err)
	if c.Via != "link" || c.Link != "https://example.org/a" || c.FinalHost != "files.example.org" || c.ValidFrom != "2026-11-10" ||
		c.ValidUntil != "2026-12-31" || c.Letter != (library.Letter{Agency: "Công an huyện", Number: "05/KH-CA", Date: "2026-11-02"}) {
		t.Errorf("%+v", c)
	}
	for field, in := range map[string]library.Import{
		"link": {Link: strings.Repeat("a", 2001)}, "via": {Via: strings.Repeat("a", 31)}, "final_host": {FinalHost: strings.Repeat("a", 256)},
		"valid_until": {ValidFrom: "2026-12-02", ValidUntil: "2026-12-01"},
	} {
		in.Reader = bytes.NewReader(tone(t, 441, 600*time.Millisecond))
		var wrong *library.InputError
		if _, _, err := s.Import(t.Context(), "lan", in, nil); !errors.As(err, &wrong) || wrong.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// A photo shows one signature under one letter. Pressed for a list in which a clip of another letter slipped in, it would
// prove what nobody signed.
func TestOnePaperIsOfOneLetter(t *testing.T) {
	s := newStation(t)
	of := func(hertz float64, l library.Letter) library.Clip {
		c := s.short(hertz)
		c, err := s.Edit("lan", c.ID, library.Edit{Letter: &l})
		must(t, err)
		return c
	}
	one, two := library.Letter{Agency: "Công an xã", Number: "12/CV"}, library.Letter{Agency: "Công an xã", Number: "13/CV"}
	a, b, other := of(300, one), of(310, one), of(320, two)
	paper := library.Paper{Signer: "Chủ tịch UBND xã", Date: "2026-11-23", Photo: s.photo()}
	var wrong *library.InputError
	if _, err := s.Approve("minh", []string{a.ID, b.ID, other.ID}, &paper); !errors.As(err, &wrong) || wrong.Field != "ids" || !strings.Contains(wrong.Message, other.ID) {
		t.Errorf("three clips of two letters: %v", err)
	}
	for _, c := range []library.Clip{a, b, other} {
		if now, err := s.Get(c.ID); err != nil || now.State != library.StateDraft {
			t.Errorf("%s is %s: %v", c.ID, now.State, err)
		}
	}
	if _, err := s.Approve("minh", []string{a.ID, b.ID}, &paper); err != nil {
		t.Errorf("two of one letter: %v", err)
	}
	if _, err := s.Approve("minh", []string{other.ID, s.short(330).ID}, nil); err != nil {
		t.Errorf("an approver who looked at each needs no letter: %v", err)
	}
}

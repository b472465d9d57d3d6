package schedule

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

// What the office typed into its letterhead stands on every report: clean, and never lost by an update.
func TestLetterheadIsCleaned(t *testing.T) {
	s := DefaultSettings()
	s.Letterhead = Letterhead{Code: " /bc-ubnd ", Addressees: []string{" Công an  xã ", "", "\t"}, Recipients: []string{"Như trên", "Lưu: VT"},
		Steering: " Câu một. \r\n\n Câu  hai ", Outlook: "\n"}
	h := s.Normalise().Letterhead
	want := Letterhead{Code: "BC-UBND", Addressees: []string{"Công an xã"}, Recipients: []string{"Như trên", "Lưu: VT"}, Steering: "Câu một.\nCâu hai"}
	if !reflect.DeepEqual(h, want) {
		t.Errorf("got %+v", h)
	}
	if again := (Settings{Letterhead: h}).Normalise().Letterhead; !reflect.DeepEqual(again, h) {
		t.Errorf("a second time it differs: %+v", again)
	}
}

// Settings of an older version, and older programs reading newer ones, keep their meaning.
func TestLetterheadOfOldSettings(t *testing.T) {
	old := `{"parent":"a","issuer":"b","place":"c","mode":"tm","title":"d","signer":"e"}`
	var h Letterhead
	if err := json.Unmarshal([]byte(old), &h); err != nil {
		t.Fatal(err)
	}
	if out, err := json.Marshal(h); err != nil || string(out) != old {
		t.Errorf("an old letterhead is written as %s, %v", out, err)
	}
}

func TestLetterheadIsJudged(t *testing.T) {
	for field, h := range map[string]Letterhead{
		"letterhead.code":          {Code: strings.Repeat("x", MaxTitle+1)},
		"letterhead.addressees":    {Addressees: make([]string, MaxAddressees+1)},
		"letterhead.recipients[1]": {Recipients: []string{"a", "b\x00"}},
		"letterhead.steering":      {Steering: strings.Repeat("x", MaxWording+1)},
		"letterhead.outlook":       {Outlook: "a\x07"},
		"letterhead.mode":          {Mode: "xx"},
		"":                         {Steering: "a\nb", Addressees: []string{"Công an xã"}},
	} {
		var ps Problems
		ps.letterhead(h)
		var got Problems
		if err := ps.orNil(); err != nil && !errors.As(err, &got) {
			t.Fatal(err)
		}
		if (field == "") != (len(ps) == 0) || (field != "" && ps[0].Field != field) {
			t.Errorf("%s: problems %+v", field, ps)
		}
	}
}

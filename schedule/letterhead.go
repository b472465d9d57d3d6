package schedule

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Limits of a letterhead.
const (
	MaxAddressees = 20   // and as many recipients
	MaxWording    = 4000 // characters of one text
)

// Letterhead is what stands at the head and the foot of a report (Decree 30/2020, annex I). Empty parts stay dotted lines;
// for empty lists and texts the report has words of its own.
type Letterhead struct {
	Parent string `json:"parent"` // the body above, such as "Ủy ban nhân dân thành phố …"
	Issuer string `json:"issuer"` // "Ủy ban nhân dân xã …"
	Place  string `json:"place"`  // before the date
	// Code follows the number of the paper: "BC-UBND".
	Code string `json:"code,omitempty"`
	// Addressees are whom a report is for (Kính gửi), Recipients who else gets it (Nơi nhận), the file copy last.
	Addressees []string `json:"addressees,omitempty"`
	Recipients []string `json:"recipients,omitempty"`
	// Steering and Outlook are how the first and the last part of a report begin, in as many lines as it takes.
	Steering string `json:"steering,omitempty"`
	Outlook  string `json:"outlook,omitempty"`
	// Mode is how the signature is introduced: "" the head signs by themself; tm for the committee (TM.); kt in place of
	// the head (KT.); tl by order (TL.).
	Mode   string `json:"mode"`
	Title  string `json:"title"`  // of who signs: "Chủ tịch"
	Signer string `json:"signer"` // full name
}

func (h Letterhead) normalise() Letterhead {
	for _, f := range []*string{&h.Parent, &h.Issuer, &h.Place, &h.Code, &h.Title, &h.Signer} {
		*f = NormaliseText(*f)
	}
	h.Code = strings.TrimLeft(strings.ToUpper(h.Code), "/ ")
	h.Addressees, h.Recipients = normaliseLines(h.Addressees), normaliseLines(h.Recipients)
	for _, f := range []*string{&h.Steering, &h.Outlook} {
		*f = strings.Join(normaliseLines(strings.Split(norm.NFC.String(*f), "\n")), "\n")
	}
	return h
}

// normaliseLines returns a new list without empty lines; nil where nothing is left.
func normaliseLines(lines []string) []string {
	var out []string
	for _, l := range lines {
		if l = NormaliseText(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// letterhead judges what stands on reports.
func (ps *Problems) letterhead(h Letterhead) {
	ps.text("letterhead.parent", h.Parent)
	ps.text("letterhead.issuer", h.Issuer)
	ps.text("letterhead.place", h.Place)
	ps.text("letterhead.code", h.Code)
	ps.lines("letterhead.addressees", h.Addressees)
	ps.lines("letterhead.recipients", h.Recipients)
	ps.wording("letterhead.steering", h.Steering)
	ps.wording("letterhead.outlook", h.Outlook)
	ps.text("letterhead.title", h.Title)
	ps.text("letterhead.signer", h.Signer)
	switch h.Mode {
	case "", "tm", "kt", "tl":
	default:
		ps.add("letterhead.mode", "unknown", fmt.Sprintf("signature %q is not known: use tm, kt, tl, or nothing.", shortened(h.Mode)))
	}
}

func (ps *Problems) lines(field string, lines []string) {
	if len(lines) > MaxAddressees {
		ps.add(field, "length", fmt.Sprintf("there may be at most %d lines.", MaxAddressees))
		return
	}
	for i, l := range lines {
		ps.text(fmt.Sprintf("%s[%d]", field, i), l)
	}
}

// wording is a text of several lines.
func (ps *Problems) wording(field, s string) {
	if n := utf8.RuneCountInString(s); n > MaxWording {
		ps.add(field, "length", fmt.Sprintf("the text may have at most %d characters; this one has %d.", MaxWording, n))
		return
	}
	for i, r := range s {
		if (r < ' ' && r != '\n') || r == 0x7f || (r == utf8.RuneError && !strings.HasPrefix(s[i:], "\ufffd")) {
			ps.add(field, "format", "the text may hold line breaks, but no other control characters.")
			return
		}
	}
}

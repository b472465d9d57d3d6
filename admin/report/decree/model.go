package decree

import (
	"strings"
	"time"

	"loaxa/admin/report/paper"
)

// Document is an official paper.
type Document struct {
	Parent     string // the body above the issuer; "" has no line
	Issuer     string // "Ủy ban nhân dân xã …"
	Place      string // before the date
	Code       string // after the number: "BC-UBND"
	Month      time.Month
	Year       int
	Kind       string // "Báo cáo"
	Subject    string // what it is about
	Addressees []string
	Body       []Block
	Recipients []string // "Như trên", …; the last is the file copy
	Signature  Signature
	Appendices []Appendix
	Made       time.Time // stands in the file's properties only
}

// Rank is what a piece of text is.
type Rank int

// The ranks. People number headings themselves, in the text: "I. …", "1. …", "a) …".
const (
	Text    Rank = iota
	Part         // I. in capitals, bold
	Chapter      // 1. bold
	Point        // a)
)

// Block is a piece of the text, or a table.
type Block struct {
	Rank  Rank
	Text  string // every line of it is a paragraph
	Table *Table
}

// Table has a head that stands on every page.
type Table struct {
	Columns []paper.Column
	Rows    []paper.Row
	Size    float64 // of the letters; 12 where it is 0
}

// Signature is who signs, and how. Mode is "" for a head who signs by themself; tm for the committee; kt in place of the
// head; tl by order.
type Signature struct {
	Mode  string
	Title string // "Chủ tịch"
	Name  string
}

// Appendix has pages and page numbers of its own.
type Appendix struct {
	Title     string
	Body      []Block
	Landscape bool
}

// gap is the room for what the clerk writes in; it does not break.
const gap = "\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0"

// blank stands for what nobody has filled in.
const blank = "………………"

func orBlank(s string) string {
	if s = paper.Line(s); s != "" {
		return s
	}
	return blank
}

func upper(s string) string { return strings.ToUpper(orBlank(s)) }

// committee is the issuer's name without its place, where it is a people's committee.
const committee = "ỦY BAN NHÂN DÂN"

// issuerLines are the name in capitals; a committee's place goes to a second line.
func (d Document) issuerLines() []string {
	name := strings.ReplaceAll(upper(d.Issuer), "UỶ BAN", "ỦY BAN")
	if place, ok := strings.CutPrefix(name, committee+" "); ok {
		return []string{committee, place}
	}
	return []string{name}
}

// signing are the lines above the signature.
func (d Document) signing() []string {
	title := upper(d.Signature.Title)
	switch d.Signature.Mode {
	case "tm":
		return []string{"TM. " + d.issuerLines()[0], title}
	case "kt":
		head, deputy := strings.CutPrefix(title, "PHÓ ")
		if !deputy {
			head = "CHỦ TỊCH"
		}
		return []string{"KT. " + head, title}
	case "tl":
		return []string{"TL. CHỦ TỊCH", title}
	}
	return []string{title}
}

// number is the paper's number as it is printed, with room for the clerk's.
func (d Document) number() string {
	code := strings.TrimPrefix(orBlank(d.Code), "/")
	return "Số:" + gap + "/" + code
}

// date leaves the day to the clerk; the first two months have a leading zero, as the decree wants them.
func (d Document) date() string {
	month, year := gap, gap
	if d.Month >= time.January && d.Month <= time.December {
		month = twoDigits(int(d.Month), 2)
	}
	if d.Year > 0 {
		year = twoDigits(d.Year, 0)
	}
	return "ngày" + gap + "tháng " + month + " năm " + year
}

// twoDigits puts a zero before numbers up to last.
func twoDigits(n, last int) string {
	digits := []byte{}
	for m := n; m > 0 || len(digits) == 0; m /= 10 {
		digits = append([]byte{byte('0' + m%10)}, digits...)
	}
	if n <= last {
		return "0" + string(digits)
	}
	return string(digits)
}

// of is the issuer in running text.
func (d Document) of() string { return orBlank(d.Issuer) }

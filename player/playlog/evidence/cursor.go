package evidence

import (
	"bytes"
	"strconv"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// cursor walks over canonical JSON. Its methods return false at whatever is not plainly canonical; where the cursor
// stands then does not matter.
type cursor struct {
	b  []byte
	at int
}

func (c *cursor) skip(s string) bool {
	if len(c.b)-c.at < len(s) || string(c.b[c.at:c.at+len(s)]) != s {
		return false
	}
	c.at += len(s)
	return true
}

// plain reads a string without escapes, in NFC.
func (c *cursor) plain(out *[]byte) bool {
	if !c.skip(`"`) {
		return false
	}
	ascii := true
	for i := c.at; i < len(c.b); i++ {
		switch ch := c.b[i]; {
		case ch == '"':
			*out = c.b[c.at:i]
			c.at = i + 1
			return ascii || canonicalText(*out)
		case ch == '\\' || ch < ' ':
			return false
		case ch >= utf8.RuneSelf:
			ascii = false
		}
	}
	return false
}

// canonicalText is for text without escapes that is not bare ASCII. The line separators would have been escaped.
func canonicalText(b []byte) bool {
	return utf8.Valid(b) && norm.NFC.IsNormal(b) && !bytes.Contains(b, []byte("\u2028")) && !bytes.Contains(b, []byte("\u2029"))
}

// int reads a whole number of at most 18 digits.
func (c *cursor) int(out *int64) bool {
	i, n := c.at, int64(0)
	negative := i < len(c.b) && c.b[i] == '-'
	if negative {
		i++
	}
	from := i
	for ; i < len(c.b) && c.b[i] >= '0' && c.b[i] <= '9' && i-from <= 18; i++ {
		n = 10*n + int64(c.b[i]-'0')
	}
	digits := i - from
	if digits == 0 || digits > 18 || c.b[from] == '0' && (digits > 1 || negative) {
		return false
	}
	if negative {
		n = -n
	}
	c.at, *out = i, n
	return true
}

// float reads a number. One that is written with an exponent, or not as shortly as can be, is none.
func (c *cursor) float() (float64, bool) {
	i := c.at
	for i < len(c.b) && (c.b[i] >= '0' && c.b[i] <= '9' || c.b[i] == '-' || c.b[i] == '.') {
		i++
	}
	text := c.b[c.at:i]
	if len(text) == 0 || len(text) > 30 {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil || f != 0 && f < 1e-6 && f > -1e-6 || f >= 1e21 || f <= -1e21 {
		return 0, false
	}
	var again [40]byte
	if !bytes.Equal(strconv.AppendFloat(again[:0], f, 'f', -1, 64), text) {
		return 0, false
	}
	c.at = i
	return f, true
}

// time reads a time as Time writes it.
func (c *cursor) time(out *Time) bool {
	if c.skip(`""`) {
		*out = Time{}
		return true
	}
	const form = `"0000-00-00T00:00:00.000+00:00"`
	if len(c.b)-c.at < len(form) {
		return false
	}
	b := c.b[c.at : c.at+len(form)]
	for i := range len(form) {
		digit := b[i] >= '0' && b[i] <= '9'
		if form[i] == '0' != digit || !digit && b[i] != form[i] && (form[i] != '+' || b[i] != '-') {
			return false
		}
	}
	d := func(i int) int { return 10*int(b[i]-'0') + int(b[i+1]-'0') }
	year, month, day, hour, minute, second := 100*d(1)+d(3), d(6), d(9), d(12), d(15), d(18)
	milli := 100*int(b[21]-'0') + d(22)
	offset := 3600*d(25) + 60*d(28)
	if d(25) > 23 || d(28) > 59 || hour > 23 || minute > 59 || second > 59 || month < 1 || month > 12 || day < 1 || b[24] == '-' && offset == 0 {
		return false
	}
	if b[24] == '-' {
		offset = -offset
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, milli*1e6, time.UTC)
	if t.Day() != day { // there is no such day
		return false
	}
	t = t.Add(-time.Duration(offset) * time.Second)
	// As time.Parse does: where the offset is the local one, the time is local.
	if _, local := t.Local().Zone(); local == offset {
		t = t.Local()
	} else {
		t = t.In(time.FixedZone("", offset))
	}
	if t.IsZero() {
		return false
	}
	c.at += len(form)
	out.Time = t
	return true
}

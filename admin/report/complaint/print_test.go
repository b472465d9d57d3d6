package complaint

import (
	"bytes"
	"context"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
	"rsc.io/qr"

	"loaxa/player/playlog/evidence"
)

func printed(t *testing.T, s Sheet) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.PDF(context.Background(), night.Add(10*time.Hour), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pdfText(t *testing.T, pdf []byte) string {
	t.Helper()
	program, err := exec.LookPath("pdftotext")
	if err != nil {
		if os.Getenv("LOAXA_TEST_ALL") == "1" {
			t.Fatal("pdftotext (poppler-utils) is missing")
		}
		t.Skip("pdftotext is missing")
	}
	in := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(in, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, "-layout", in, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// letters are what is left of a text when the places of its line breaks do not matter.
func letters(s string) string { return strings.Join(strings.Fields(s), "") }

// sentences are all that the sheet says.
func sentences(s Sheet) []string {
	out := []string{s.Station, s.Title, s.Asked, s.Verdict}
	for _, b := range s.Blocks {
		out = append(out, b.Heading)
		for _, l := range b.Lines {
			out = append(out, l.Text)
		}
	}
	return out
}

// What is handed in on paper must say all that the page says, and be the same when it is printed again.
func TestThePDFSaysAll(t *testing.T) {
	a := aNight(t).ask(night, night.Add(10*time.Hour))
	s := a.Sheet(words(t))
	pdf := printed(t, s)
	if !bytes.Equal(pdf, printed(t, s)) {
		t.Error("printed again it is another file")
	}
	text := letters(pdfText(t, pdf))
	for _, want := range append(sentences(s), s.Basis, s.Label, s.Signed) {
		if !strings.Contains(text, letters(want)) {
			t.Errorf("%q is not on paper", want)
		}
	}
	if !strings.Contains(text, letters("đồng hồ của máy tin được")) && !strings.Contains(text, letters("Đồng hồ của máy tin được")) {
		t.Error("the control: Vietnamese cannot be read back")
	}
}

// The picture goes by telephone: every sentence stands in it, none runs over its edge, and the QR code is the checkpoint.
func TestThePictureSaysAll(t *testing.T) {
	s := aNight(t).ask(night, night.Add(10*time.Hour)).Sheet(words(t))
	p, err := s.layout()
	if err != nil {
		t.Fatal(err)
	}
	var drawn strings.Builder
	for _, l := range p.lines {
		drawn.WriteString(l.text)
	}
	for _, want := range sentences(s) {
		if !strings.Contains(letters(drawn.String()), letters(want)) {
			t.Errorf("%q is not in the picture", want)
		}
	}
	var b bytes.Buffer
	if err := s.PNG(&b); err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	if img.Bounds().Dx() != 1080 {
		t.Errorf("it is %d wide", img.Bounds().Dx())
	}
	dark := func(x, y int) bool { _, g, _, _ := img.At(x, y).RGBA(); return g < 0x8000 }
	for _, l := range p.lines {
		ink, over := 0, 0
		for y := l.top; y < l.top+l.high; y++ {
			for x := range 1080 {
				if dark(x, y) == (l.ground.A == 0) {
					ink++
					if x < margin-6 || x > 1080-margin+6 {
						over++
					}
				}
			}
		}
		if ink < 50*len([]rune(l.text))/4 && l.text != "" || over > 0 {
			t.Errorf("%q has %d dots, %d of them in the margin", l.text, ink, over)
		}
	}
	code, err := qr.Encode(s.Signed, qr.L)
	if err != nil {
		t.Fatal(err)
	}
	wrong := 0
	for y := range code.Size {
		for x := range code.Size {
			if dark(margin+x*8+4, p.y+30+(y+4)*8+4) != code.Black(x, y) {
				wrong++
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d modules of the QR code are wrong", wrong)
	}
}

// A letter without a shape is an empty box on the phone of whoever complained.
func TestEveryVietnameseLetterHasAShape(t *testing.T) {
	l, err := newLettering()
	if err != nil {
		t.Fatal(err)
	}
	var buf sfnt.Buffer
	for _, v := range "aăâeêioôơuưyAĂÂEÊIOÔƠUƯYđĐ→−“”–…" {
		for _, tone := range []string{"", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"} {
			for _, r := range norm.NFC.String(string(v) + tone) {
				for bold, f := range l.fonts {
					if i, err := f.GlyphIndex(&buf, r); (err != nil || i == 0) && !strings.ContainsRune("\u0300\u0301\u0309\u0303\u0323", r) {
						t.Errorf("%c has no shape (bold %v)", r, bold)
					}
				}
			}
		}
	}
}

// A title is whatever people typed. It must neither break the paper nor fill a phone.
func TestTitlesOfPeopleStayText(t *testing.T) {
	for name, title := range map[string]string{"markup": "</w:t><script>alert(1)</script>]]>", "control": "a\x00b\u202egpj\x1b[31m", "decomposed": norm.NFD.String("Cảnh giác lừa đảo"),
		"long": strings.Repeat("Rất dài ", 3_000), "one word": strings.Repeat("W", 9_000), "emoji": "😀"} {
		b := newBook(t, night.Add(-6*time.Hour))
		b.at(night, "boot-1", 6*time.Hour, "synchronised")
		b.airs("emergency:7", "emergency", title, func(o *evidence.OutcomeBody) { o.Outcome = evidence.Full })
		s := b.ask(night, night.Add(9*time.Hour)).Sheet(words(t))
		if pdf := printed(t, s); len(pdf) > 1<<20 {
			t.Errorf("%s: a PDF of %d bytes", name, len(pdf))
		}
		var out bytes.Buffer
		if err := s.PNG(&out); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		cfg, err := png.DecodeConfig(&out)
		if err != nil || cfg.Height > pictureMost+2000 {
			t.Errorf("%s: %v, %d high", name, err, cfg.Height)
		}
		p, err := s.layout()
		if err != nil {
			t.Fatal(err)
		}
		last := p.lines[len(p.lines)-1].text
		if long := name == "long" || name == "one word"; (last == s.Shorter) != long {
			t.Errorf("%s: the last line is %.60q", name, last)
		}
	}
}

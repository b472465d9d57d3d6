package complaint

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"strings"

	"github.com/go-fonts/liberation/liberationserifbold"
	"github.com/go-fonts/liberation/liberationserifregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"rsc.io/qr"

	"loaxa/admin/report/paper"
)

// The picture is as wide as a phone shows it sharp; what would be higher is left to the PDF.
const (
	pictureWidth = 1080
	pictureMost  = 6000
	margin       = 56
)

// look is a way of writing a line.
type look struct {
	bold   bool
	size   float64 // pixels
	ink    color.RGBA
	ground color.RGBA // behind the line, over the whole width; transparent where there is none
	space  int        // above
}

var (
	black = color.RGBA{0x1a, 0x1a, 0x1a, 0xff}
	grey  = color.RGBA{0x55, 0x55, 0x55, 0xff}
	white = color.RGBA{0xff, 0xff, 0xff, 0xff}
	// Of the verdict, with white letters on them; the words say the same.
	grounds = map[string]color.RGBA{"live": {0x9a, 0x1b, 0x1b, 0xff}, "ok": {0x1b, 0x5e, 0x20, 0xff}, "warn": {0x7a, 0x4a, 0x00, 0xff}}
)

// placed is a line with its place.
type placed struct {
	look
	text string
	top  int
	high int
}

// lettering measures and draws. The faces are made once for each picture: they are not for two goroutines.
type lettering struct {
	fonts map[bool]*opentype.Font
	faces map[look]font.Face
}

func newLettering() (*lettering, error) {
	l := &lettering{fonts: map[bool]*opentype.Font{}, faces: map[look]font.Face{}}
	for bold, ttf := range map[bool][]byte{false: liberationserifregular.TTF, true: liberationserifbold.TTF} {
		f, err := opentype.Parse(ttf)
		if err != nil {
			return nil, fmt.Errorf("reading letters: %w", err)
		}
		l.fonts[bold] = f
	}
	return l, nil
}

func (l *lettering) face(k look) (font.Face, error) {
	key := look{bold: k.bold, size: k.size}
	if f, ok := l.faces[key]; ok {
		return f, nil
	}
	f, err := opentype.NewFace(l.fonts[k.bold], &opentype.FaceOptions{Size: k.size, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil, fmt.Errorf("making letters: %w", err)
	}
	l.faces[key] = f
	return f, nil
}

// page collects lines until the picture is full.
type page struct {
	letters *lettering
	lines   []placed
	y       int
	full    bool
	err     error
}

// write adds text in as many lines as it takes.
func (p *page) write(text string, k look) {
	if p.full || p.err != nil {
		return
	}
	face, err := p.letters.face(k)
	if err != nil {
		p.err = err
		return
	}
	p.y += k.space
	high := int(k.size * 1.3)
	text, cut := atMost(paper.Clean(text), mostLetters)
	defer func() { p.full = p.full || cut }()
	for _, line := range wrap(face, text, pictureWidth-2*margin) {
		if p.y+high > pictureMost {
			p.full = true
			return
		}
		p.lines = append(p.lines, placed{k, line, p.y, high})
		p.y += high
	}
}

// mostLetters of one sentence is more than a picture holds.
const mostLetters = 6000

func atMost(s string, letters int) (string, bool) {
	n := 0
	for i := range s {
		if n == letters {
			return s[:i], true
		}
		n++
	}
	return s, false
}

// wrap breaks text at its spaces, and words that are wider than a line within.
func wrap(face font.Face, text string, width int) []string {
	var out []string
	fits := func(s string) bool { return font.MeasureString(face, s) <= fixed.I(width) }
	for _, part := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		line := ""
		for _, word := range strings.Fields(part) {
			switch next := strings.TrimSpace(line + " " + word); {
			case fits(next):
				line = next
				continue
			case line != "":
				out = append(out, line)
			}
			for !fits(word) {
				head := ""
				for _, r := range word {
					if head != "" && !fits(head+string(r)) {
						break
					}
					head += string(r)
				}
				out, word = append(out, head), word[len(head):]
			}
			line = word
		}
		out = append(out, line)
	}
	return out
}

// layout places the sentences.
func (s Sheet) layout() (*page, error) {
	letters, err := newLettering()
	if err != nil {
		return nil, err
	}
	p := &page{letters: letters, y: margin}
	p.write(s.Station, look{size: 34, ink: grey})
	p.write(s.Title, look{bold: true, size: 50, ink: black, space: 6})
	p.write(s.Asked, look{size: 36, ink: black, space: 16})
	p.y += 24
	p.write(s.Verdict, look{bold: true, size: 48, ink: white, ground: grounds[s.Mark]})
	for _, b := range s.Blocks {
		p.write(b.Heading, look{bold: true, size: 40, ink: black, space: 30})
		for _, l := range b.Lines {
			p.write(bullet(l.Mark)+l.Text, look{size: 34, ink: black, space: 8})
		}
	}
	if p.full { // the last line gives way to the word that there is more
		p.full, p.lines = false, p.lines[:len(p.lines)-2]
		p.y = p.lines[len(p.lines)-1].top + p.lines[len(p.lines)-1].high
		p.write(s.Shorter, look{bold: true, size: 34, ink: black, space: 8})
	}
	return p, p.err
}

// PNG draws the answer as a picture that a phone can pass on, with the checkpoint as text and QR code.
func (s Sheet) PNG(out io.Writer) error {
	p, err := s.layout()
	if err != nil {
		return err
	}
	code, err := qr.Encode(s.Signed, qr.L)
	if err != nil {
		return fmt.Errorf("making a QR code: %w", err)
	}
	foot := &page{letters: p.letters}
	for _, text := range []string{s.Basis, s.Label, s.Signed, s.Check} {
		foot.write(text, look{size: 24, ink: grey, space: 6})
	}
	if foot.err != nil {
		return foot.err
	}
	scale := 8
	side := (code.Size + 8) * scale
	top := p.y + 30
	img := image.NewRGBA(image.Rect(0, 0, pictureWidth, top+side+foot.y+margin))
	draw.Draw(img, img.Bounds(), image.NewUniform(white), image.Point{}, draw.Src)
	if err := p.draw(img, 0); err != nil {
		return err
	}
	drawCode(img, code, margin-4*scale, top, scale)
	if err := foot.draw(img, top+side); err != nil {
		return err
	}
	if err := png.Encode(out, img); err != nil {
		return fmt.Errorf("writing a picture: %w", err)
	}
	return nil
}

// draw sets the lines, so much further down.
func (p *page) draw(img draw.Image, down int) error {
	for _, l := range p.lines {
		if l.ground.A != 0 {
			draw.Draw(img, image.Rect(0, down+l.top-6, pictureWidth, down+l.top+l.high+8), image.NewUniform(l.ground), image.Point{}, draw.Src)
		}
	}
	for _, l := range p.lines {
		face, err := p.letters.face(l.look)
		if err != nil {
			return err
		}
		d := font.Drawer{Dst: img, Src: image.NewUniform(l.ink), Face: face, Dot: fixed.P(margin, down+l.top+int(l.size))}
		d.DrawString(l.text)
	}
	return nil
}

// drawCode keeps the four modules of white around the code that scanners need.
func drawCode(img draw.Image, code *qr.Code, left, top, scale int) {
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				at := image.Rect(left+(x+4)*scale, top+(y+4)*scale, left+(x+5)*scale, top+(y+5)*scale)
				draw.Draw(img, at, image.NewUniform(color.Black), image.Point{}, draw.Src)
			}
		}
	}
}

package decree

import (
	"context"
	"encoding/xml"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// tool is a program that a test needs; where everything must run its absence is a failure.
func tool(t testing.TB, names ...string) string {
	t.Helper()
	for _, n := range names {
		if p, err := exec.LookPath(n); err == nil {
			return p
		}
	}
	if os.Getenv("LOAXA_TEST_ALL") == "1" {
		t.Fatalf("%s is missing: run .ci/install", names[0])
	}
	t.Skipf("%s is missing", names[0])
	return ""
}

// rendered are the sample's pages as the PDF has them and as a word processor makes them of the DOCX, and those of the
// default template filled with it: opened once for all tests.
var rendered = sync.OnceValue(func() func(testing.TB) map[string][]page {
	var once sync.Once
	all := map[string][]page{}
	return func(t testing.TB) map[string][]page {
		t.Helper()
		tool(t, "soffice", "libreoffice")
		once.Do(func() {
			template, err := DefaultTemplate()
			if err != nil {
				t.Fatal(err)
			}
			filled, err := Fill(template, ValuesOf(sample()))
			if err != nil {
				t.Fatal(err)
			}
			made := convert(t, docxOf(t, sample()), filled)
			all["pdf"], all["docx"], all["filled"] = pages(t, pdfOf(t, sample())), pages(t, made[0]), pages(t, made[1])
		})
		if len(all) != 3 {
			t.Fatal("the pages were not made: see the test before")
		}
		return all
	}
})

// convert is what a word processor makes of DOCX files.
func convert(t testing.TB, files ...[]byte) [][]byte {
	t.Helper()
	program := tool(t, "soffice", "libreoffice")
	dir := t.TempDir()
	args := []string{"-env:UserInstallation=file://" + filepath.Join(dir, "profile"), "--headless", "--convert-to", "pdf", "--outdir", dir}
	for i, f := range files {
		name := filepath.Join(dir, fmt.Sprintf("%d.docx", i))
		if err := os.WriteFile(name, f, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, name)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, program, args...).CombinedOutput(); err != nil {
		t.Fatalf("the word processor: %v\n%s", err, out)
	}
	var out [][]byte
	for i := range files {
		data, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("%d.pdf", i)))
		if err != nil {
			t.Fatalf("the word processor did not open a document: %v", err)
		}
		out = append(out, data)
	}
	return out
}

// page is one of a PDF: its size and words in millimetres, its picture at dpi.
type page struct {
	width, height float64
	lines         []textLine
	picture       *image.Gray
}

type textLine struct {
	box
	words []string
}

type box struct{ x0, y0, x1, y1 float64 }

const dpi = 110

// pages reads a PDF as an eye does: where each line stands, and what is dark.
func pages(t testing.TB, data []byte) []page {
	t.Helper()
	text, draw := tool(t, "pdftotext"), tool(t, "pdftoppm")
	dir := t.TempDir()
	in := filepath.Join(dir, "in.pdf")
	if err := os.WriteFile(in, data, 0o600); err != nil {
		t.Fatal(err)
	}
	raw, err := exec.Command(text, "-bbox-layout", in, "-").Output()
	if err != nil {
		t.Fatalf("pdftotext: %v", err)
	}
	if out, err := exec.Command(draw, "-gray", "-r", fmt.Sprint(dpi), in, filepath.Join(dir, "p")).CombinedOutput(); err != nil {
		t.Fatalf("pdftoppm: %v\n%s", err, out)
	}
	out := parse(t, raw)
	for i := range out {
		out[i].picture = pgm(t, filepath.Join(dir, fmt.Sprintf("p-%d.pgm", i+1)))
	}
	return out
}

// pgm reads the plainest of picture formats.
func pgm(t testing.TB, file string) *image.Gray {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var w, h, most int
	if _, err := fmt.Sscanf(string(data[:min(len(data), 40)]), "P5\n%d %d\n%d\n", &w, &h, &most); err != nil || len(data) < w*h {
		t.Fatalf("%s is no picture: %v", file, err)
	}
	return &image.Gray{Pix: data[len(data)-w*h:], Stride: w, Rect: image.Rect(0, 0, w, h)}
}

// parse reads pdftotext's boxes; points become millimetres.
func parse(t testing.TB, raw []byte) []page {
	t.Helper()
	type bounds struct {
		XMin float64 `xml:"xMin,attr"`
		YMin float64 `xml:"yMin,attr"`
		XMax float64 `xml:"xMax,attr"`
		YMax float64 `xml:"yMax,attr"`
	}
	var doc struct {
		Pages []struct {
			Width  float64 `xml:"width,attr"`
			Height float64 `xml:"height,attr"`
			Lines  []struct {
				bounds
				Words []struct {
					Text string `xml:",chardata"`
				} `xml:"word"`
			} `xml:"flow>block>line"`
		} `xml:"body>doc>page"`
	}
	if err := xml.Unmarshal(raw, &doc); err != nil {
		t.Fatalf("reading boxes: %v", err)
	}
	const mm = 25.4 / 72
	var out []page
	for _, p := range doc.Pages {
		one := page{width: p.Width * mm, height: p.Height * mm}
		for _, l := range p.Lines {
			line := textLine{box: box{l.XMin * mm, l.YMin * mm, l.XMax * mm, l.YMax * mm}}
			for _, w := range l.Words {
				line.words = append(line.words, w.Text)
			}
			one.lines = append(one.lines, line)
		}
		out = append(out, one)
	}
	return out
}

// rules are the horizontal lines of a page's picture that are longer than 6 mm, from top to bottom.
func (p page) rules() []box {
	const scale = 25.4 / dpi
	var out []box
	for y := range p.picture.Rect.Dy() {
		row := p.picture.Pix[y*p.picture.Stride : y*p.picture.Stride+p.picture.Rect.Dx()]
		for x := 0; x < len(row); x++ {
			start := x
			for x < len(row) && row[x] < 150 {
				x++
			}
			if float64(x-start)*scale < 6 {
				continue
			}
			b := box{float64(start) * scale, float64(y) * scale, float64(x) * scale, float64(y+1) * scale}
			if n := len(out); n > 0 && b.y0-out[n-1].y1 < 0.2 && b.x0 < out[n-1].x1 {
				out[n-1].y1 = b.y1
				continue
			}
			out = append(out, b)
		}
	}
	return out
}

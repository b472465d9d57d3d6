package decree

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// goldenDPI keeps the pictures small; the eye still sees what stands where.
const goldenDPI = 44

// tolerance is how much two pictures of the same page may differ, as a share of their ink: other versions of the programs
// that draw them shade letters otherwise.
const tolerance = 0.3

// small is a page's picture as it is kept: the mean of each square, in sixteen greys.
func small(p page) *image.Paletted {
	palette := make(color.Palette, 16)
	for i := range palette {
		palette[i] = color.Gray{Y: uint8(i * 17)}
	}
	w, h := int(p.width/25.4*goldenDPI), int(p.height/25.4*goldenDPI)
	out := image.NewPaletted(image.Rect(0, 0, w, h), palette)
	src := p.picture
	for y := range h {
		for x := range w {
			x0, x1 := x*src.Rect.Dx()/w, (x+1)*src.Rect.Dx()/w
			y0, y1 := y*src.Rect.Dy()/h, (y+1)*src.Rect.Dy()/h
			sum := 0
			for v := y0; v < y1; v++ {
				for u := x0; u < x1; u++ {
					sum += int(src.Pix[v*src.Stride+u])
				}
			}
			out.SetColorIndex(x, y, uint8((sum/((x1-x0)*(y1-y0))+8)/17))
		}
	}
	return out
}

// differ is the difference of two pictures as a share of the ink on them, each blurred so that half a dot to the side is no difference.
func differ(a, b *image.Paletted) float64 {
	if a.Rect != b.Rect {
		return 1
	}
	x, y := blurred(a), blurred(b)
	sum, ink := 0.0, 1.0
	for i := range x {
		sum += math.Abs(x[i] - y[i])
		ink += 255 - min(x[i], y[i])
	}
	return sum / ink
}

func blurred(p *image.Paletted) []float64 {
	w, h := p.Rect.Dx(), p.Rect.Dy()
	out := make([]float64, w*h)
	for y := range h {
		for x := range w {
			sum, n := 0.0, 0.0
			for v := max(0, y-1); v <= min(h-1, y+1); v++ {
				for u := max(0, x-1); u <= min(w-1, x+1); u++ {
					sum += float64(p.Pix[v*p.Stride+u]) * 17
					n++
				}
			}
			out[y*w+x] = sum / n
		}
	}
	return out
}

// The pages look as they did when somebody last looked at them, in both forms and through the commune's template.
// LOAXA_UPDATE_GOLDEN=1 writes the pictures anew: look at them then.
func TestThePagesLookAsTheyDid(t *testing.T) {
	for name, all := range rendered()(t) {
		for i, p := range all {
			file := filepath.Join("testdata", fmt.Sprintf("%s-%d.png", name, i+1))
			got := small(p)
			if os.Getenv("LOAXA_UPDATE_GOLDEN") != "" {
				keep(t, file, got)
			}
			want := kept(t, file)
			if d := differ(got, want); d > tolerance {
				t.Errorf("%s differs by %.2f", file, d)
			} else {
				t.Logf("%s differs by %.2f", file, d)
			}
		}
	}
}

// Control: what a reader would notice must be more than the tolerance.
func TestAnotherPageLooksOtherwise(t *testing.T) {
	changed := sample()
	changed.Body[1].Text = "Ngắn."
	moved := sample()
	moved.Addressees = moved.Addressees[:1]
	unsigned := sample()
	unsigned.Recipients, unsigned.Signature = nil, Signature{}
	for name, c := range map[string]struct {
		d    Document
		page int
	}{"a paragraph is gone": {changed, 0}, "all is higher": {moved, 0}, "nobody signs": {unsigned, 1}} {
		all := pages(t, pdfOf(t, c.d))
		if d := differ(small(all[c.page]), kept(t, filepath.Join("testdata", fmt.Sprintf("pdf-%d.png", c.page+1)))); d <= tolerance {
			t.Errorf("%s, and the picture differs by %.2f only", name, d)
		} else {
			t.Logf("%s: %.2f", name, d)
		}
	}
}

func keep(t *testing.T, file string, p *image.Paletted) {
	t.Helper()
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 30_000 {
		t.Errorf("%s has %d bytes", file, b.Len())
	}
	if err := os.MkdirAll("testdata", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func kept(t *testing.T, file string) *image.Paletted {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	p, ok := img.(*image.Paletted)
	if !ok {
		t.Fatalf("%s has another form", file)
	}
	return p
}

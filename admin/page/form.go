package page

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"rsc.io/qr"

	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/route"
	"loaxa/player/playlog/evidence"
)

// formPath is the address of the key's registration form.
const formPath = "/phieu-dang-ky-khoa"

// A name and a code of more characters than these are set in small letters.
const (
	longName = 60
	longCode = 16
)

// KeyForm is "Phiếu đăng ký khóa": the sheet of paper that the commune police keep, so that whoever checks an export
// later knows the station's key from somewhere else than the station. What the station does not know stays a dotted
// line.
type KeyForm struct {
	Base
	Name, Code  string
	Long        bool // name or code need small letters, or the sheet would become two
	Origin      string
	Device      string // as the origin names it
	Epoch       int64
	Key         []string // the verifier key in pieces; a line may break between two
	Fingerprint []string // in groups
	KeyQR       QR
	Mark        Mark // the newest when this was printed
	Printed     time.Time
	Clock       string // how far Printed is to be trusted
	Demo        bool
}

// Mark is a checkpoint in its parts, so that a person can copy it by hand, and whole as a picture.
type Mark struct {
	Size      int64
	Root      []string
	Signature []string
	QR        QR
}

func (p *Pages) getKeyForm(c *route.Call) (route.Reply, error) {
	station, err := p.o.Station.Station()
	if err != nil {
		return nil, err
	}
	text := p.o.Station.Checkpoint()
	if station.Key == "" || text == "" { // a log that is open has both
		return nil, api.ErrLog
	}
	f := KeyForm{Base: p.base(c.Words, c.Words.T("form.title")), Name: station.Name, Code: station.Code, Long: utf8.RuneCountInString(station.Name) > longName || len(station.Code) > longCode, Epoch: station.Epoch,
		Printed: station.Now, Clock: printedClock(c.Words, station.Clock.Trust), Demo: station.Demo}
	if err := f.setKey(station.Key); err != nil {
		return nil, err
	}
	if f.Mark, err = mark(text, station.Key); err != nil {
		return nil, err
	}
	return route.Page{Name: "form.html", Data: f}, nil
}

// printedClock says on paper what the home page says to somebody who can do something about it.
func printedClock(w locale.Words, trust string) string {
	if trust == "doubtful" {
		return w.T("form.doubtful")
	}
	return trustLine(w, trust).Text
}

// setKey takes a key apart: name + short hash + key, where the name is the log's origin line.
func (f *KeyForm) setKey(key string) error {
	fingerprint, err := evidence.Fingerprint(key)
	if err != nil {
		return err
	}
	f.Fingerprint = strings.Fields(fingerprint)
	parts := strings.SplitN(key, "+", 3) // three: Fingerprint has read it
	f.Origin = parts[0]
	if o := strings.Split(f.Origin, "/"); len(o) == 4 { // loaxa/CODE/DEVICE/EPOCH
		f.Device = o[2]
	}
	f.Key = append([]string{parts[0] + "+", parts[1] + "+"}, pieces(parts[2])...)
	f.KeyQR, err = drawQR(key)
	return err
}

// mark reads a checkpoint for the form. Only one that the key on the same sheet has signed is printed.
func mark(text, key string) (Mark, error) {
	cp, err := evidence.OpenCheckpoint([]byte(text), key)
	if err != nil {
		return Mark{}, fmt.Errorf("printing newest checkpoint: %w: %w", api.ErrLog, err)
	}
	m := Mark{Size: cp.Size, Root: pieces(cp.Root.String())}
	m.Signature = pieces(text[strings.LastIndex(text, " ")+1 : len(text)-1])
	m.QR, err = drawQR(text)
	return m, err
}

// pieces cuts a long word so that a line can break where an eye finds its place again.
func pieces(s string) []string {
	const length = 11 // a quarter of 32 bytes in base64
	var out []string
	for len(s) > length {
		out, s = append(out, s[:length]), s[length:]
	}
	return append(out, s)
}

// QR is a QR code as the parts of an SVG element: sharp on paper, and drawn from the very text that stands beside it.
type QR struct{ ViewBox, Path string }

// drawQR keeps the four modules of white around the code that scanners need.
func drawQR(text string) (QR, error) {
	const quiet = 4
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return QR{}, fmt.Errorf("drawing QR code: %w", err)
	}
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			from := x
			for code.Black(x, y) {
				x++
			}
			if n := x - from; n > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, n, n)
			}
		}
	}
	side := code.Size + 2*quiet
	return QR{ViewBox: fmt.Sprintf("0 0 %d %d", side, side), Path: path.String()}, nil
}

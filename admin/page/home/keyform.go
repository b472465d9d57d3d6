package home

import (
	"strings"
	"time"
	"unicode/utf8"

	"loaxa/admin/api"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/player/playlog/evidence"
)

// A name and a code of more characters than these are set in small letters.
const (
	longName = 60
	longCode = 16
)

// KeyForm is "Phiếu đăng ký khóa": the sheet of paper that the commune police keep, so that whoever checks an export
// later knows the station's key from somewhere else than the station. What the station does not know stays a dotted
// line.
type KeyForm struct {
	frame.Base
	Name, Code  string
	Long        bool // name or code need small letters, or the sheet would become two
	Origin      string
	Device      string // as the origin names it
	Epoch       int64
	Key         []string // the verifier key in pieces; a line may break between two
	Fingerprint []string // in groups
	KeyQR       frame.QR
	Mark        frame.Mark // the newest when this was printed
	Printed     time.Time
	Clock       string // how far Printed is to be trusted
	Demo        bool
}

func (p *Pages) getKeyForm(c *route.Call) (route.Reply, error) {
	station, err := p.station.Station()
	if err != nil {
		return nil, err
	}
	text := p.station.Checkpoint()
	if station.Key == "" || text == "" { // a log that is open has both
		return nil, api.ErrLog
	}
	f := KeyForm{Base: p.frame.Base(c.Words, c.Words.T("form.title")), Name: station.Name, Code: station.Code, Long: utf8.RuneCountInString(station.Name) > longName || len(station.Code) > longCode, Epoch: station.Epoch,
		Printed: station.Now, Clock: frame.PrintedClock(c.Words, station.Clock.Trust), Demo: station.Demo}
	if err := f.setKey(station.Key); err != nil {
		return nil, err
	}
	if f.Mark, err = frame.MarkOf(text, station.Key); err != nil {
		return nil, err
	}
	return route.Page{Name: "form.html", Data: f}, nil
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
	f.Key = append([]string{parts[0] + "+", parts[1] + "+"}, frame.Pieces(parts[2])...)
	f.KeyQR, err = frame.DrawQR(key)
	return err
}

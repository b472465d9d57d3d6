package sheet

import (
	"context"
	"strings"

	"github.com/xuri/excelize/v2"
)

const proofWidth = 110

// proof is the sheet of what the others rest on.
func (b *book) proof(ctx context.Context) error {
	if err := b.o.step(ctx, 0.9); err != nil {
		return err
	}
	s, err := b.sheet(b.names.proof, []float64{30, proofWidth}, 0, "")
	if err != nil {
		return err
	}
	w, a := b.o.Words, b.account
	code, station := b.tell.Station(a, b.o.Station)
	if err := s.add([]any{in(b.style.title, w.T("sheet.proof.title"))}, excelize.RowOpts{Height: 22}); err != nil {
		return err
	}
	rows := []struct {
		key   string
		value excelize.Cell
	}{
		{"station", b.text(b.style.wrapped, station)}, {"code", b.text(b.style.wrapped, code)},
		{"period", b.text(b.style.wrapped, b.tell.Span(a.From, a.Until))}, {"log", b.text(b.style.wrapped, a.Origin)},
		{"size", in(b.style.fact, a.Size)}, {"begins", in(b.style.factMoment, b.serial(a.Begins))}, {"read", in(b.style.factMoment, b.serial(a.Read))},
	}
	for _, text := range b.tell.Uncovered(a) {
		rows = append(rows, struct {
			key   string
			value excelize.Cell
		}{"uncovered", b.text(b.style.wrapped, text)})
	}
	for _, key := range []string{"counts", "level", "how"} {
		rows = append(rows, struct {
			key   string
			value excelize.Cell
		}{key, b.text(b.style.wrapped, w.T("sheet.proof."+key+".text"))})
	}
	for _, r := range rows {
		if err := s.add([]any{in(b.style.text, w.T("sheet.proof."+r.key)), r.value}, high(linesOf(r.value, proofWidth))); err != nil {
			return err
		}
	}
	s.row++
	if err := s.add([]any{in(b.style.group, w.T("sheet.proof.checkpoint"))}); err != nil {
		return err
	}
	for _, line := range strings.Split(strings.TrimSuffix(string(a.Checkpoint), "\n"), "\n") {
		if err := s.add([]any{in(b.style.mono, line)}); err != nil {
			return err
		}
	}
	return s.Flush()
}

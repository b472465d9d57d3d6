package intake

import (
	"slices"
	"strings"

	"loaxa/audio/library"
)

// finish submits or approves what came, as ordered, and tells which clips it left alone.
func (w *work) finish() error {
	about := w.order.About
	if !about.Submit && !about.Approve || len(w.clips) == 0 {
		return nil
	}
	ids, others, err := w.ready()
	if err == nil && len(ids) > 0 {
		if about.Approve {
			_, err = w.o.Library.Approve(w.order.Actor, ids, about.Paper)
		} else {
			_, err = w.o.Library.Submit(w.order.Actor, ids...)
		}
	}
	switch {
	case err != nil:
		return fail(CodeNotClosing, err.Error())
	case len(others) > 0:
		return fail(CodeOthers, strings.Join(others, ", "))
	}
	return nil
}

// ready are the clips that still need what was ordered. Others were here before, retired or under another letter: what is
// said of this import is not said of them.
func (w *work) ready() (ids, others []string, err error) {
	said := w.order.About.of()
	for _, id := range slices.Compact(slices.Sorted(slices.Values(w.clips))) {
		c, err := w.o.Library.Get(id)
		if err != nil {
			return nil, nil, err
		}
		switch {
		case !said.Meets(c):
			others = append(others, id)
		case c.State == library.StateDraft, w.order.About.Approve && c.State == library.StateSubmitted:
			ids = append(ids, id)
		}
	}
	return ids, others, nil
}

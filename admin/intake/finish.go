package intake

import (
	"maps"
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
	seen, others, err := w.ready()
	ids := slices.Sorted(maps.Keys(seen))
	if err == nil && len(ids) > 0 {
		if about.Approve {
			_, err = w.o.Library.ApproveAsSeen(w.order.Actor, ids, about.Paper, seen)
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

// ready are the clips that still need what was ordered, as they came. Others were here before, retired or under another
// letter, or somebody has changed them since: what is said of this import is not said of them.
func (w *work) ready() (seen map[string]library.Seen, others []string, err error) {
	said := w.order.About.of()
	seen = make(map[string]library.Seen)
	for _, came := range w.clips {
		as := library.SeenOf(came)
		now, err := w.o.Library.Get(came.ID)
		if err != nil {
			return nil, nil, err
		}
		switch {
		case !said.Meets(now) || !as.Is(now):
			others = append(others, now.ID)
		case now.State == library.StateDraft, w.order.About.Approve && now.State == library.StateSubmitted:
			seen[now.ID] = as
		}
	}
	slices.Sort(others)
	return seen, slices.Compact(others), nil
}

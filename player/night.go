package player

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"loaxa/audio"
	"loaxa/schedule"
)

// The night before: tomorrow is rehearsed in silence, while people are still awake who can do something about it.

const (
	// nightClear is how long nothing may be due while a clip is read: a small board has one disk for both.
	nightClear = time.Minute
	// nightShare is how much longer the rest after each piece of reading is than the reading: a fifth of the disk's time.
	nightShare = 4
	// nightPiece is how many frames are read at once, 10 s.
	nightPiece = 10 * audio.Rate
)

// Finding is one thing that was looked at.
type Finding struct {
	Check  string // slots, clips
	OK     bool
	Detail string
	Do     string // what to do; "" when it is well
}

// RehearseTomorrow plans the day after now's and reads every clip of it from end to end, at rest and slowly, without a
// sound. It gives way to whatever is on air.
func (p *Player) RehearseTomorrow(ctx context.Context) []Finding {
	now := p.clock.Now()
	from := time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, now.Location())
	occs := schedule.Plan(p.opts.Input(), from, from.AddDate(0, 0, 1))
	return []Finding{slots(occs), p.readAll(ctx, occs)}
}

// slots looks for what will not be heard as it was meant. What a special day takes off was meant so.
func slots(occs []schedule.Occurrence) Finding {
	f := Finding{Check: "slots", OK: true, Detail: fmt.Sprintf("%d broadcasts, each in its slot", len(occs))}
	var first string
	n := 0
	for _, o := range occs {
		word := ""
		switch {
		case o.Reason == schedule.ReasonDayOff || o.Reason == schedule.ReasonOtherDay || o.Reason == schedule.ReasonMourning:
		case o.Verdict != schedule.VerdictAirs:
			word = fmt.Sprintf("%s (%s)", o.Verdict, o.Reason)
		case len(o.Cuts) > 0 && o.Cuts[len(o.Cuts)-1].Resumes.IsZero():
			word = "cut by " + o.Cuts[len(o.Cuts)-1].By
		}
		if word == "" {
			continue
		}
		if n++; n == 1 {
			first = fmt.Sprintf("%s %s: %s", o.Due.Format("15:04"), o.Title, word)
		}
	}
	if n > 0 {
		f.OK, f.Detail, f.Do = false, first, "open tomorrow's plan and move or shorten what clashes"
		if n > 1 {
			f.Detail += fmt.Sprintf(", and %d more", n-1)
		}
	}
	return f
}

// readAll reads every clip that tomorrow needs, once.
func (p *Player) readAll(ctx context.Context, occs []schedule.Occurrence) Finding {
	read := map[string]bool{}
	for _, o := range occs {
		for _, it := range o.Items {
			if it.Kind != schedule.KindClip || read[it.Clip.ID] {
				continue
			}
			read[it.Clip.ID] = true
			if err := p.readThrough(ctx, it.Clip); err != nil {
				return Finding{Check: "clips", Detail: fmt.Sprintf("%s (%s): %v", it.Clip.Title, it.Clip.ID, err), Do: "import the clip again"}
			}
		}
	}
	return Finding{Check: "clips", OK: true, Detail: fmt.Sprintf("%d clips, all readable and unchanged", len(read))}
}

// readThrough opens a clip, which hashes it, and decodes it to its end.
func (p *Player) readThrough(ctx context.Context, c schedule.ClipFact) (err error) {
	if err := p.AtRest(ctx); err != nil {
		return err
	}
	began := p.elapsed()
	clip, err := p.opts.OpenClip(c.ID)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, clip.Close()) }()
	if clip.SHA256 != c.Canonical {
		return errors.New("it is not what was planned: its file has changed")
	}
	buf := make([]int16, nightPiece)
	var frames int64
	for {
		n, err := clip.Source.ReadFrames(buf)
		frames += int64(n)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if err := p.breathe(ctx, p.elapsed()-began); err != nil {
			return err
		}
		began = p.elapsed()
	}
	if frames != c.Frames {
		return fmt.Errorf("it has %d frames, %d were planned", frames, c.Frames)
	}
	return nil
}

// breathe rests after a piece of work, and then until nothing is on air.
func (p *Player) breathe(ctx context.Context, worked time.Duration) error {
	if err := pause(ctx, nightShare*worked); err != nil {
		return err
	}
	return p.AtRest(ctx)
}

// AtRest waits until nothing is on air and nothing is about to be.
func (p *Player) AtRest(ctx context.Context) error {
	for {
		s := p.Now()
		if s.State == Resting && (s.Next == nil || s.ClockHeld || s.Next.Due.Sub(p.clock.Now()).Abs() > nightClear) {
			return ctx.Err()
		}
		if err := pause(ctx, time.Second); err != nil {
			return err
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

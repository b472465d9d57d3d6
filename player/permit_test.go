package player

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// change changes what the library says of a clip, and says that it did; silently does not say.
func (w *world) change(id string, edit func(*schedule.ClipFact)) {
	w.silently(id, edit)
	w.player.Replan("user:lan")
}

func (w *world) silently(id string, edit func(*schedule.ClipFact)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.in.Clips = maps.Clone(w.in.Clips)
	c := w.in.Clips[id]
	edit(&c)
	w.in.Clips[id] = c
}

func retire(c *schedule.ClipFact)    { c.State = "retired" }
func unapprove(c *schedule.ClipFact) { c.State = "draft" }
func expire(c *schedule.ClipFact)    { c.ValidUntil = "2026-11-23" }
func retrim(c *schedule.ClipFact)    { c.Canonical = "other bytes" }

// A clip taken back while the one before it sounds must not be heard: not by a replan, by the look at it when it begins.
func TestClipTakenBackMidwayDoesNotSound(t *testing.T) {
	long(t)
	for _, c := range []struct {
		name   string
		edit   func(*schedule.ClipFact)
		reason string
		lame   bool // control: nothing is taken back
	}{
		{"retired", retire, "retired", false},
		{"approval withdrawn", unapprove, "unapproved", false},
		{"expired", expire, "expired", false},
		{"other bytes", retrim, "clip_unusable", false},
		{"its title changed", func(c *schedule.ClipFact) { c.Title = "Khác" }, "", true},
	} {
		for _, said := range []bool{true, false} {
			var ends []evidence.End
			o := five(t, nil, func(w *world) {
				w.until("05:00:08")
				if said {
					w.change("b", c.edit)
				} else {
					w.silently("b", c.edit)
				}
				w.until("05:30:00")
				ends = w.ends(fiveID)
				if c.reason != "clip_unusable" && w.alarmed("LIB-01") {
					t.Errorf("%s: a clip that may not sound is said to be broken", c.name)
				}
			})[fiveID]
			if c.lame {
				want(t, o, evidence.Full, "", 40000)
				continue
			}
			want(t, o, evidence.Partial, c.reason, 20000)
			if o.Items[1].TakenMS != 0 {
				t.Errorf("%s: %d ms of it were heard", c.name, o.Items[1].TakenMS)
			}
			last := ends[len(ends)-1]
			for _, e := range ends {
				if e.Item == 1 {
					last = e
				}
			}
			if last.Item != 1 || last.Result != "failed" || !strings.HasPrefix(last.Reason, c.reason+":") || last.Taken != 0 {
				t.Errorf("%s: the refused item's end is %+v", c.name, last)
			}
		}
	}
}

func (w *world) ends(broadcast string) []evidence.End {
	var out []evidence.End
	err := w.log.Read(0, w.log.Size(), func(_ int64, raw []byte) error {
		_, body, err := decodeRecord(raw)
		if e, ok := body.(evidence.End); ok && e.Broadcast == broadcast {
			out = append(out, e)
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// Taken back before anything sounded, the whole is refused by that rule: it was not missed.
func TestClipTakenBackBeforeTheFirstSoundIsSkipped(t *testing.T) {
	for _, at := range []string{"04:30:00", "04:59:58"} {
		for reason, edit := range map[string]func(*schedule.ClipFact){"retired": retire, "unapproved": unapprove, "expired": expire} {
			o := five(t, nil, func(w *world) {
				w.until(at)
				w.change("a", edit)
				w.until("05:30:00")
			})[fiveID]
			want(t, o, evidence.Skipped, reason, 0)
		}
	}
}

// The library is ahead of the player's plan, and both clips are gone from it: the look at each item is all that helps.
func TestNothingThatMaySoundIsSkippedNotMissed(t *testing.T) {
	o := five(t, func(w *world) { w.deaf.Store(true) }, func(w *world) {
		w.until("04:59:58") // the broadcast waits for its device
		w.silently("a", retire)
		w.silently("b", retire)
		w.deaf.Store(false)
		w.until("05:30:00")
	})[fiveID]
	want(t, o, evidence.Skipped, "retired", 0)
}

// Approved again inside the window, it still sounds.
func TestApprovedAgainInsideTheWindow(t *testing.T) {
	o := five(t, nil, func(w *world) {
		w.until("04:59:58")
		w.change("a", unapprove)
		w.until("04:59:59")
		w.change("a", func(c *schedule.ClipFact) { c.State = "approved" })
		w.until("05:30:00")
	})[fiveID]
	want(t, o, evidence.Full, "", 40000)
}

// Approved again without a word to the player: what the plan on record refuses is planned anew before it sounds.
func TestApprovedAgainUnsaidIsPlannedAnew(t *testing.T) {
	o := five(t, nil, func(w *world) {
		w.until("04:30:00")
		w.change("a", unapprove)
		w.until("04:40:00")
		w.silently("a", func(c *schedule.ClipFact) { c.State = "approved" })
		w.until("05:30:00")
	})[fiveID]
	want(t, o, evidence.Full, "", 40000)
}

// Due before midnight and late: on the day after its last a clip does not sound.
func TestLateStartAfterTheLastDay(t *testing.T) {
	id := "p@2026-11-24T23:58:00+07:00"
	night := func(until schedule.Date) map[string]evidence.OutcomeBody {
		return five(t, func(w *world) {
			w.in.Programmes[0].Cron = "58 23 * * *"
			for _, id := range []string{"a", "b"} {
				w.silently(id, func(c *schedule.ClipFact) { c.ValidUntil = until })
			}
		}, func(w *world) {
			w.until("23:50:00")
			w.deaf.Store(true)
			time.Sleep(13 * time.Minute)
			w.deaf.Store(false)
			time.Sleep(time.Hour)
		})
	}
	want(t, night("2026-11-24")[id], evidence.Skipped, "expired", 0)
	want(t, night("2026-11-25")[id], evidence.Late, "", 40000)
}

// A broadcast due at midnight warms up on the day before its clip's first.
func TestFirstDayBeginsAtMidnight(t *testing.T) {
	out := five(t, func(w *world) {
		w.in.Programmes[0].Cron = "0 0 * * *"
		w.silently("a", func(c *schedule.ClipFact) { c.ValidFrom, c.ValidUntil = "2026-11-26", "2026-11-26" })
	}, func(*world) { time.Sleep(3 * 24 * time.Hour) })
	want(t, out["p@2026-11-25T00:00:00+07:00"], evidence.Skipped, "not_yet_valid", 0)
	want(t, out["p@2026-11-26T00:00:00+07:00"], evidence.Full, "", 40000)
	want(t, out["p@2026-11-27T00:00:00+07:00"], evidence.Skipped, "expired", 0)
}

// After a lost device the rest of an item is a new beginning; what was heard stays heard.
func TestRetiredWhileTheDeviceIsAway(t *testing.T) {
	o := five(t, nil, func(w *world) {
		w.until("05:00:10")
		w.deaf.Store(true)
		w.mu.Lock()
		line := w.line
		w.mu.Unlock()
		if err := line.Close(); err != nil {
			w.t.Fatal(err)
		}
		w.change("a", retire)
		w.until("05:00:20")
		w.deaf.Store(false)
		w.until("05:30:00")
	})[fiveID]
	want(t, o, evidence.Partial, "retired", 30000)
}

// A crash in between does not turn a refusal into a broken file.
func TestCrashAfterARefusalKeepsItsReason(t *testing.T) {
	o := five(t, func(w *world) {
		w.clip("c", 20*time.Second)
		l := w.in.Playlists["l-p"]
		l.Items = append(l.Items, schedule.Item{Kind: schedule.KindClip, ClipID: "c"})
		w.in.Playlists["l-p"] = l
	}, func(w *world) {
		w.until("05:00:08")
		w.silently("b", retire)
		w.until("05:00:30")
		w.crash(time.Second)
		w.until("05:30:00")
	})[fiveID]
	if o.Outcome != evidence.Partial || o.Reason != "retired" {
		t.Errorf("outcome %s (%s), want partial (retired)", o.Outcome, o.Reason)
	}
}

// Who may let what sound at once.
func TestWhoMayLetAClipSound(t *testing.T) {
	early := func(c *schedule.ClipFact) { c.ValidFrom = "2026-12-01" }
	both := func(c *schedule.ClipFact) { unapprove(c); expire(c) }
	for _, c := range []struct {
		name     string
		edit     func(*schedule.ClipFact)
		kind     Kind
		approver bool
		code     string
	}{
		{"sound clip", func(*schedule.ClipFact) {}, Rehearsal, false, ""},
		{"unapproved rehearsal", unapprove, Rehearsal, false, "unapproved"},
		{"unapproved rehearsal by an approver", unapprove, Rehearsal, true, ""},
		{"unapproved emergency", unapprove, Emergency, false, "unapproved"},
		{"unapproved emergency by an approver", unapprove, Emergency, true, ""},
		{"retired rehearsal by an approver", retire, Rehearsal, true, "retired"},
		{"retired emergency by an approver", retire, Emergency, true, "retired"},
		{"expired emergency", expire, Emergency, false, "expired"},
		{"expired emergency by an approver", expire, Emergency, true, ""},
		{"expired rehearsal by an approver", expire, Rehearsal, true, "expired"},
		{"early rehearsal", early, Rehearsal, false, "not_yet_valid"},
		{"early rehearsal by an approver", early, Rehearsal, true, ""},
		{"unapproved and expired emergency by an approver", both, Emergency, true, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var acts []evidence.Operator
			out := five(t, func(w *world) { w.silently("b", c.edit) }, func(w *world) {
				_, err := w.player.Play(context.Background(), PlayRequest{ClipID: "b", Kind: c.kind, Reason: "bão", RequestID: "r", Actor: "user:lan", MayApprove: c.approver})
				code := ""
				var r *Refusal
				if errors.As(err, &r) {
					code = r.Code
				} else if err != nil {
					t.Fatal(err)
				}
				if code != c.code {
					t.Errorf("refused for %q, want %q", code, c.code)
				}
				w.until("04:10:00")
				acts = w.acts("approve_once")
			})
			if c.code != "" {
				return
			}
			if o := out[string(c.kind)+":r"]; o.Outcome != evidence.Full {
				t.Errorf("outcome %s (%s)", o.Outcome, o.Reason)
			}
			if needed := strings.Contains(c.name, "approver"); (len(acts) == 1) != needed || needed && acts[0].Object != "b" {
				t.Errorf("on record as approved for this play: %+v", acts)
			}
		})
	}
}

func (w *world) acts(what string) []evidence.Operator {
	var out []evidence.Operator
	err := w.log.Read(0, w.log.Size(), func(_ int64, raw []byte) error {
		_, body, err := decodeRecord(raw)
		if a, ok := body.(evidence.Operator); ok && a.What == what {
			out = append(out, a)
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// Retired between an approver's order and its item: refused all the same, by its name.
func TestRetiredInsideAnEmergencyIsSkipped(t *testing.T) {
	o := five(t, func(w *world) { w.deaf.Store(true) }, func(w *world) {
		req := PlayRequest{ClipID: "b", Kind: Emergency, Reason: "bão", RequestID: "r", Actor: "user:lan", MayApprove: true}
		if _, err := w.player.Play(context.Background(), req); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		w.silently("b", retire)
		w.deaf.Store(false)
		w.until("04:10:00")
	})["emergency:r"]
	want(t, o, evidence.Skipped, "retired", 0)
}

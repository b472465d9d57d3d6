package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// keys is somebody who has a keyboard and nothing else: no mouse, no finger, no script that presses for them.
type keys struct {
	t   *testing.T
	ctx context.Context
}

func (k keys) press(key string, with ...chromedp.Modifier) {
	k.t.Helper()
	must(k.t, chromedp.Do(k.ctx, chromedp.KeyEvent(key, chromedp.KeyModifiers(with...))))
}

// tab presses Tab. Browsers move on when it goes down; that it comes up again is left out for the many of a walk.
func (k keys) tab() {
	k.t.Helper()
	_, err := chromedp.Call(k.ctx, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeRawKeyDown, Key: "Tab", Code: "Tab", WindowsVirtualKeyCode: 9})
	must(k.t, err)
}

func (k keys) back() { k.t.Helper(); k.press(kb.Tab, chromedp.ModifierShift) }

// on tells whether what has the focus fits a selector. While a page gives way to the next one there may be nothing to ask.
func (k keys) on(selector string) bool {
	ok, err := chromedp.Run(k.ctx, chromedp.Evaluate[bool](fmt.Sprintf(`!!document.activeElement && document.activeElement.matches(%q)`, selector)))
	return err == nil && ok
}

// farthest is more keys than any page takes from one end to the other.
const farthest = 300

// to goes on by Tab until the focus is on what a selector names.
func (k keys) to(selector string) {
	k.t.Helper()
	for range farthest {
		if k.on(selector) {
			return
		}
		k.tab()
	}
	k.lost(selector)
}

// backTo is to by Shift+Tab.
func (k keys) backTo(selector string) {
	k.t.Helper()
	for range farthest {
		if k.on(selector) {
			return
		}
		k.back()
	}
	k.lost(selector)
}

func (k keys) lost(selector string) {
	k.t.Helper()
	k.t.Fatalf("%s: %d keys do not lead to %s, the last was on %s", evaluate[string](k.ctx, k.t, `location.pathname`), farthest, selector,
		evaluate[string](k.ctx, k.t, `document.activeElement.outerHTML.slice(0, 200)`))
}

// enter goes to a control and presses Enter there.
func (k keys) enter(selector string) { k.t.Helper(); k.to(selector); k.press(kb.Enter) }

// space goes to a control and presses the space bar there.
func (k keys) space(selector string) { k.t.Helper(); k.to(selector); k.press(" ") }

// write goes to a field and types; what stood there before is replaced, as browsers mark it when Tab arrives.
func (k keys) write(selector, text string) {
	k.t.Helper()
	k.to(selector)
	k.press("a", chromedp.ModifierCtrl)
	k.press(text)
}

// opens opens a <details> by its summary.
func (k keys) opens(details string) {
	k.t.Helper()
	k.to(details + " > summary")
	if !evaluate[bool](k.ctx, k.t, `document.activeElement.parentElement.open`) {
		k.press(kb.Enter)
	}
	waitTrue(k.ctx, k.t, fmt.Sprintf(`document.querySelector(%q).open`, details))
}

// choose goes to a list of choices and moves down until one is chosen.
func (k keys) choose(selector, value string) {
	k.t.Helper()
	k.to(selector)
	k.press(kb.Home)
	for range 50 {
		if evaluate[string](k.ctx, k.t, `document.activeElement.value`) == value {
			return
		}
		k.press(kb.ArrowDown)
	}
	k.t.Fatalf("the arrow keys do not lead to %s in %s", value, selector)
}

// date types a day into a date field, in the order in which this browser shows its parts.
func (k keys) date(selector string, day time.Time) {
	k.t.Helper()
	k.to(selector)
	parts := evaluate[string](k.ctx, k.t, `new Intl.DateTimeFormat(navigator.language).formatToParts(0).map(p => p.type).filter(t => t != "literal").join(" ")`)
	layouts := map[string]string{"month day year": "01022006", "day month year": "02012006", "year month day": "2006\t0102"}
	layout, ok := layouts[parts]
	if !ok {
		k.t.Fatalf("dates in this browser are %s", parts)
	}
	k.press(day.Format(layout))
	if got := evaluate[string](k.ctx, k.t, `document.activeElement.value`); got != day.Format(time.DateOnly) {
		k.t.Fatalf("%s holds %q, typed was %s", selector, got, day.Format(time.DateOnly))
	}
}

// focus is where a key has led.
type focus struct {
	At      int    // the place among all controls of the page, in the order of the document; -1 is none of them
	HTML    string // its beginning
	Tag     string
	Closed  bool   // the summary of something closed
	Many    bool   // the browser's own control of several parts, each of which takes a Tab
	Wrong   string // what is wrong with it where it is
	Outside bool   // the focus has left the page
	Menu    bool   // part of the menu, which ends every page alike
	Before  string // what is wrong with the look of the control that had the focus before
}

// walked is what a walk by Tab through a page found wrong; the menu at its end is walked through only when it is asked for.
func (k keys) walked(menu bool) (faults []string) {
	k.t.Helper()
	evaluate[bool](k.ctx, k.t, keyWatch)
	seen, last, stays := map[int]int{}, focus{At: -2}, 0
	for range farthest {
		k.tab()
		f := k.step()
		if f.Before != "" {
			faults = append(faults, f.Before)
		}
		end := f.Outside || f.Menu && !menu
		if end || f.At != last.At && seen[f.At] > 0 && len(seen) > 1 {
			if !end && f.At != firstOf(seen) {
				faults = append(faults, "comes a second time: "+f.HTML)
			}
			return append(faults, k.unreached(seen, menu)...)
		}
		if f.At == last.At {
			if stays++; !f.Many || stays > 20 {
				return append(faults, "the keyboard is trapped in "+f.HTML)
			}
			continue
		}
		stays = 0
		if f.At >= 0 && f.At < last.At {
			faults = append(faults, fmt.Sprintf("comes after what stands behind it: %s after %s", f.HTML, last.HTML))
		}
		if f.Wrong != "" {
			faults = append(faults, f.Wrong)
		}
		seen[f.At] = len(seen) + 1
		if f.Closed {
			k.press([]string{kb.Enter, " "}[len(seen)%2])
			if !evaluate[bool](k.ctx, k.t, `document.activeElement.parentElement.open`) {
				faults = append(faults, "does not open by a key: "+f.HTML)
			}
		}
		last = f
	}
	return append(faults, "no end by Tab: the keyboard is trapped, last in "+last.HTML)
}

// firstOf is the control that was seen first.
func firstOf(seen map[int]int) int {
	for at, n := range seen {
		if n == 1 {
			return at
		}
	}
	return -2
}

func (k keys) step() (f focus) {
	k.t.Helper()
	must(k.t, json.Unmarshal([]byte(evaluate[string](k.ctx, k.t, `JSON.stringify(keyStep())`)), &f))
	return f
}

// unreached lists the controls that can be seen and were not come to.
func (k keys) unreached(seen map[int]int, menu bool) (faults []string) {
	k.t.Helper()
	var all []focus
	must(k.t, json.Unmarshal([]byte(evaluate[string](k.ctx, k.t, `JSON.stringify(keyWanted())`)), &all))
	for _, f := range all {
		if seen[f.At] == 0 && (menu || !f.Menu) {
			faults = append(faults, "no key leads to "+f.HTML)
		}
	}
	return faults
}

// keyWatch is what the walk asks in the page. Of radio buttons one takes the Tab for all: the arrow keys do the rest, so
// that a group counts as its first. What only a mouse can press is known by the hand that it shows; the shape of a sound and
// the grip of a row have other ways beside them (the player's own slider, ↑ and ↓).
const keyWatch = `(() => {
	const controls = "a[href], button, input:not([type=hidden]), select, textarea, summary, audio[controls], [tabindex], [contenteditable]";
	const bars = "#menu, .bar";
	const list = () => [...document.querySelectorAll(controls)];
	const short = e => e.outerHTML.replace(/\s+/g, " ").slice(0, 160);
	const shown = e => e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length > 0;
	const group = e => e.type != "radio" ? e : list().find(r => r.type == "radio" && r.name == e.name && r.form == e.form);
	const place = e => list().indexOf(group(e));
	const seenAs = e => e.type == "radio" && e.labels[0] && getComputedStyle(e).opacity == "0" ? e.labels[0] : e; // a pill is drawn by its label
	const look = e => { const s = getComputedStyle(seenAs(e)); return [s.outlineStyle == "none" ? "" : s.outlineStyle + s.outlineWidth + s.outlineColor, s.boxShadow].join("|") };
	const covered = e => {
		const box = seenAs(e).getBoundingClientRect();
		const points = [[.5, .5], [.1, .2], [.9, .8], [.1, .8], [.9, .2]].map(([x, y]) => [box.left + x * box.width, box.top + y * box.height])
			.filter(([x, y]) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight);
		if (!points.length) return "lies outside of what is seen: ";
		const hit = points.map(([x, y]) => document.elementFromPoint(x, y)).filter(Boolean);
		return hit.every(h => h.closest(".top, .bar") && !h.contains(e) && !h.closest(".top, .bar").contains(e)) ? "lies under a bar: " : "" };
	let before = null, beforeLook = "";
	const body = e => !e || e == document.body || e == document.documentElement;
	window.keyStep = () => {
		const e = document.activeElement, out = {At: -1, HTML: "", Tag: "", Closed: false, Many: false, Wrong: "", Outside: body(e), Before: ""};
		if (before && before != e && before.isConnected && before.tagName != "AUDIO" && look(before) == beforeLook) out.Before = "does not show that it has the focus: " + short(before);
		if (!out.Outside && before != e) beforeLook = look(e); // of a date the browser marks each part by itself
		before = out.Outside ? null : e;
		if (out.Outside) return out;
		out.Menu = !!e.closest(bars); out.At = place(e); out.HTML = short(e); out.Tag = e.tagName;
		out.Closed = e.tagName == "SUMMARY" && !e.parentElement.open;
		out.Many = e.tagName == "AUDIO" || /^(date|time|month|week|datetime-local|file)$/.test(e.type);
		const under = covered(e);
		if (under) out.Wrong = under + out.HTML;
		return out };
	window.keyWanted = () => {
		const can = list().filter(e => shown(e) && !e.matches(":disabled") && !e.closest("[aria-hidden=true]") && !(e.tagName == "SUMMARY" && e.parentElement.querySelector("summary") != e) && group(e) == e);
		const hand = [...document.querySelectorAll("body *")].filter(e => getComputedStyle(e).cursor == "pointer" && getComputedStyle(e.parentElement).cursor != "pointer" && shown(e)
			&& !e.closest(controls) && !e.querySelector(controls) && !(e.closest("label") || {}).control && !e.closest("[data-shape], [data-grip]"));
		return [...can.map(e => ({At: place(e), HTML: short(e), Menu: !!e.closest(bars)})), ...hand.map(e => ({At: -9, HTML: short(e)}))] };
	return true })()`

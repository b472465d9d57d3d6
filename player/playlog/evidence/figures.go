package evidence

import "slices"

// What figures keep of the topics that records name: hostile ones must not fill the memory.
const (
	maxTopics   = 256
	maxTopic    = 240 // bytes, 60 characters as the library allows
	maxClipTags = 64
	maxOfOneSet = 512 // topics of one broadcast
)

// NewFigures are figures of nothing.
func NewFigures() Figures {
	var f Figures
	f.ready()
	return f
}

// Count adds one outcome to the figures, as Verify does. Each broadcast's first outcome counts.
func (f *Figures) Count(o OutcomeBody) { f.count(o) }

func (f *Figures) ready() {
	if f.Occurrences == nil {
		f.Occurrences, f.ByOutput, f.ByLevel = map[Outcome]int64{}, map[Output]Count{}, map[int]Count{}
		f.Topics = map[string]Count{}
	}
}

func (f *Figures) count(o OutcomeBody) { f.tally(o, Level(o.Measured())) }

func (f *Figures) tally(o OutcomeBody, level int) {
	f.ready()
	hardware := o.Output == string(Hardware) && o.AiredMS > 0
	switch o.Why {
	case "rehearsal":
		f.Rehearsals.add(o.AiredMS)
	case "emergency":
		if hardware {
			f.Emergencies.add(o.AiredMS)
		}
	default:
		if o.Outcome.known() { // hostile words must not fill the memory
			f.Occurrences[o.Outcome]++
		}
		c := f.ByLevel[level]
		c.add(o.AiredMS)
		f.ByLevel[level] = c
		if o.AiredMS <= 0 {
			return
		}
		switch out := Output(o.Output); out {
		case Hardware, Unproven, Virtual:
			c := f.ByOutput[out]
			c.add(o.AiredMS)
			f.ByOutput[out] = c
		}
		if hardware {
			f.Broadcasts.add(o.AiredMS)
			f.topics(o.Items)
		}
	}
}

// topics counts a broadcast once under each tag of its clips that were taken, with the time of those clips.
func (f *Figures) topics(items []AiredItem) {
	ms := map[string]int64{}
	for _, it := range items {
		if it.Clip == nil || it.TakenMS <= 0 {
			continue
		}
		tags := it.Clip.Tags[:min(len(it.Clip.Tags), maxClipTags)]
		for i, tag := range tags {
			if slices.Contains(tags[:i], tag) {
				continue
			}
			if _, known := ms[tag]; tag == "" || len(tag) > maxTopic || (!known && len(ms) >= maxOfOneSet) {
				tag = ""
			}
			ms[tag] += it.TakenMS
		}
	}
	rest, named := Count{}, len(f.Topics)
	if _, has := f.Topics[""]; has {
		named--
	}
	for _, tag := range sortedKeys(ms) {
		c, known := f.Topics[tag]
		if tag == "" || (!known && named >= maxTopics) {
			rest.N, rest.AiredMS = 1, rest.AiredMS+ms[tag]
			continue
		}
		if !known {
			named++
		}
		c.add(ms[tag])
		f.Topics[tag] = c
	}
	if rest.N > 0 {
		c := f.Topics[""]
		c.add(rest.AiredMS)
		f.Topics[""] = c
	}
}

func (c *Count) add(airedMS int64) {
	c.N++
	c.AiredMS += airedMS
}

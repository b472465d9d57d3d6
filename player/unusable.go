package player

import "loaxa/player/alarm"

// clipFailed raises the alarm for a clip whose file gave out; it stands until every such clip has sounded or is not
// planned any more.
func (p *Player) clipFailed(id string, err error) {
	p.unusable[id] = true
	p.opts.Alarms.Raise(alarm.ClipMissing, err.Error())
}

func (p *Player) clipSounded(id string) {
	if p.unusable[id] {
		delete(p.unusable, id)
		p.clearUnusable()
	}
}

// forgetUnplanned forgets the clips that nothing owed names any more.
func (p *Player) forgetUnplanned() {
	if len(p.unusable) == 0 {
		return
	}
	still := make(map[string]bool)
	for _, d := range p.owed {
		for _, c := range d.Clips {
			if p.unusable[c.ID] && !d.Withdrawn {
				still[c.ID] = true
			}
		}
	}
	p.unusable = still
	p.clearUnusable()
}

func (p *Player) clearUnusable() {
	if len(p.unusable) == 0 {
		p.opts.Alarms.Clear(alarm.ClipMissing)
	}
}

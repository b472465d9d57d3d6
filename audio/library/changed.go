package library

import "sync"

// maxRemembered is of how many changes it is known which clip they concerned.
const maxRemembered = 1024

// changes tells which clips changed since a version of the index, so that who keeps a copy of something of all clips need
// not read ten thousand of them after each.
type changes struct {
	mu  sync.Mutex
	now int64    // version: counts committed changes
	ids []string // of the newest ones, oldest first; the last one belongs to now
}

func (c *changes) add(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now++
	c.ids = append(c.ids, id)
	if len(c.ids) > 2*maxRemembered {
		c.ids = append(c.ids[:0], c.ids[len(c.ids)-maxRemembered:]...)
	}
}

func (c *changes) version() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *changes) since(version int64) (ids []string, now int64, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.now - version
	if n < 0 || version < 0 || n > int64(len(c.ids)) {
		return nil, c.now, false
	}
	seen := make(map[string]bool)
	for _, id := range c.ids[int64(len(c.ids))-n:] {
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids, c.now, true
}

// Changed gives the IDs of the clips that changed after a version, each once, and the version that this speaks of. Some of
// them may be gone. ok is false where it is no longer known: then all is to be read anew, after this call.
func (l *Library) Changed(since int64) (ids []string, now int64, ok bool) {
	return l.changes.since(since)
}

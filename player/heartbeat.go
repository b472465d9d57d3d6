package player

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"loaxa/player/playlog/evidence"
)

// beat overwrites the heartbeat file while the loop is alive, so that the next start knows until when this run lasted.
func (p *Player) beat(ctx context.Context) error {
	if p.opts.Heartbeat == "" {
		return nil
	}
	tick := time.NewTicker(p.opts.HeartbeatEvery)
	defer tick.Stop()
	for {
		if p.alive.Load() > 0 && p.Alive() {
			s := p.clock.Stamp()
			if err := writeHeartbeat(p.opts.Heartbeat, heartbeatText(s.Wall.UnixMilli(), s.Boot, s.Up.Milliseconds())); err != nil {
				p.opts.Logger.Warn("heartbeat", "err", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// writeHeartbeat overwrites in place: the file never grows and one block is written.
func writeHeartbeat(path, text string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("writing heartbeat: %w", err)
	}
	defer f.Close() //nolint:errcheck // synced below
	if _, err := f.WriteAt([]byte(text), 0); err != nil {
		return fmt.Errorf("writing heartbeat %s: %w", path, err)
	}
	if err := unix.Fdatasync(int(f.Fd())); err != nil {
		return fmt.Errorf("writing heartbeat %s: %w", path, err)
	}
	return nil
}

// readHeartbeat gives the last sign of life; ok is false when there is none that can be read.
func readHeartbeat(path string) (heartbeat, bool) {
	if path == "" {
		return heartbeat{}, false
	}
	b, err := os.ReadFile(path)
	if err != nil || len(b) > 4096 {
		return heartbeat{}, false
	}
	var ms, up int64
	var boot string
	if _, err := fmt.Sscan(string(b), &ms, &boot, &up); err != nil || ms <= 0 {
		return heartbeat{}, false
	}
	return heartbeat{wall: time.UnixMilli(ms), boot: boot, upMS: up}, true
}

func plainBoot(id string) string { return strings.ReplaceAll(id, "-", "") }

func sameBoot(a, b string) bool { return plainBoot(a) == plainBoot(b) }

// heartbeat is the last sign of life.
type heartbeat struct {
	wall time.Time
	boot string
	upMS int64
}

// after reports whether it is a later sign of life than the last record of a running station. By uptime: the clock may have
// been set between the two.
func (h heartbeat) after(last evidence.Stamp) bool {
	return last.Wall.IsZero() || sameBoot(h.boot, last.Boot) && h.upMS > last.UpMS
}

// heartbeatText is 64 bytes: wall time in ms, boot ID without dashes, uptime in ms.
func heartbeatText(wallMS int64, boot string, upMS int64) string {
	return fmt.Sprintf("%-63.63s\n", fmt.Sprintf("%d %s %d", wallMS, plainBoot(boot), upMS))
}

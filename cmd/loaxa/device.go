package main

import (
	"context"
	"slices"
	"time"

	"loaxa/player"
	"loaxa/player/alarm"
	"loaxa/player/playlog/evidence"
	"loaxa/player/speaker"
)

// lineOpener is how the player opens its device: the virtual speaker only when it was asked for by name.
func (s *station) lineOpener(b building) func(context.Context) (player.Line, error) {
	if b.device == "virtual" {
		return func(ctx context.Context) (player.Line, error) {
			o := speaker.VirtualOptions{}
			if b.record == "" {
				return speaker.OpenVirtual(ctx, o), nil
			}
			return speaker.OpenRecorded(ctx, o, b.record)
		}
	}
	return func(ctx context.Context) (player.Line, error) {
		l, err := speaker.Open(ctx, speaker.Options{Exe: s.exe, Device: b.device})
		if err != nil {
			return nil, err // not l: a nil *Line in the interface would not be nil
		}
		return l, nil
	}
}

// probeDevice opens the device for a moment and says where it leads.
func probeDevice(ctx context.Context, exe, device string) (speaker.Info, error) {
	l, err := speaker.Open(ctx, speaker.Options{Exe: exe, Device: device})
	if err != nil {
		return speaker.Info{}, err
	}
	info := l.Info()
	return info, l.Close()
}

// How often an absent device is looked for while nothing is on air, and how far the next broadcast must be away.
const (
	lookEvery = time.Minute
	lookClear = 20 * time.Second
)

// watchDevice looks for the device at the start and, while it is absent or an alarm says so, every minute: a missing card
// is known before the broadcast that needs it, and an alarm that a broadcast raised goes when the card is back.
func (s *station) watchDevice(device string) func(context.Context) error {
	return func(ctx context.Context) error {
		if device == "virtual" {
			s.alarms.Raise(alarm.OutputVirtual, "the virtual speaker was chosen")
			return nil
		}
		tick := time.NewTicker(lookEvery)
		defer tick.Stop()
		absent := false
		for first := true; ; first = false {
			absent = absent || missed(s.alarms)
			if first || absent {
				absent = s.look(ctx, device, absent)
			}
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
		}
	}
}

// missed reports whether an alarm stands that a device which opens takes away.
func missed(board *alarm.Board) bool {
	return slices.ContainsFunc(board.Snapshot(), func(a alarm.Alarm) bool {
		return a.Code == alarm.NoDevice || a.Code == alarm.DeviceLost
	})
}

// look reports whether the device is absent; while something is on air or about to be, the player knows better.
func (s *station) look(ctx context.Context, device string, before bool) bool {
	now := s.player.Now()
	if now.State != player.Resting || now.Next != nil && now.Next.Due.Sub(s.clock.Now()) < lookClear {
		return before
	}
	info, err := probeDevice(ctx, s.exe, device)
	if ctx.Err() != nil {
		return before
	}
	if err == nil {
		s.alarms.Clear(alarm.NoDevice)
		s.alarms.Clear(alarm.DeviceLost)
		return false
	}
	s.alarms.Raise(alarm.NoDevice, err.Error())
	if !before {
		body := evidence.Device{What: "absent", Device: device, Driver: info.Driver, Detail: err.Error()}
		if _, err := s.log.Append("station", body); err != nil {
			s.logger.Warn("recording the absent device", "err", err)
		}
	}
	return true
}

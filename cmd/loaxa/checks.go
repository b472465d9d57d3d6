package main

import (
	"context"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"loaxa/admin/api"
	"loaxa/player"
	"loaxa/schedule"
	"loaxa/schedule/clock"
)

// freeLeast is how much of the disk must be free for the log and the clips to grow.
const freeLeast = 200 << 20

// checks are the doctor's, shared by the command and the pages.
func (s *station) checks(device string) []func(context.Context) api.Finding {
	return []func(context.Context) api.Finding{
		func(ctx context.Context) api.Finding { return s.checkCard(ctx, device) },
		s.checkClock, s.checkDisk, s.checkClips, s.checkRecord, s.checkRules,
	}
}

func (s *station) checkCard(ctx context.Context, device string) api.Finding {
	f := api.Finding{Check: "card", OK: true}
	if device == "virtual" {
		f.Detail = "the virtual speaker was chosen: nothing reaches a loudspeaker"
		return f
	}
	if now := s.player.Now(); now.State != player.Resting && now.Output != "" {
		f.Detail = "in use, output " + now.Output
		return f
	}
	info, err := probeDevice(ctx, s.exe, device)
	if err != nil {
		return api.Finding{Check: "card", Detail: err.Error(), Do: "check the card's cable and power, plug it in again"}
	}
	f.Detail = fmt.Sprintf("%s through %s, output %s", info.Device, info.Driver, info.Output)
	return f
}

func (s *station) checkClock(context.Context) api.Finding {
	f := api.Finding{Check: "clock", Detail: s.clock.TrustNote(), OK: s.clock.Stamp().Trust != clock.Doubtful}
	if !f.OK {
		f.Do = "compare the machine's time with a phone; set it if it is wrong"
		// Doubtful is not wrong: a station may say that it goes on with such a clock.
		f.OK = s.book.Settings().ClockRule == "allow_doubtful"
	}
	return f
}

func (s *station) checkDisk(context.Context) api.Finding {
	var st unix.Statfs_t
	if err := unix.Statfs(s.folder.dir, &st); err != nil {
		return api.Finding{Check: "disk", Detail: err.Error(), Do: "check the disk"}
	}
	free := int64(min(st.Bavail, 1<<40)) * int64(st.Bsize) //nolint:unconvert // Bsize is an int32 on some machines
	f := api.Finding{Check: "disk", OK: free >= freeLeast, Detail: fmt.Sprintf("%d MB free", free>>20)}
	if !f.OK {
		f.Do = "make room on the disk: the log needs it"
	}
	return f
}

// checkClips looks whether every clip has its files and none that is planned expires; the bytes are checked when it is played.
func (s *station) checkClips(context.Context) api.Finding {
	n := 0
	for id := range s.facts.input().Clips {
		o, err := s.library.Open(id)
		if err != nil {
			return api.Finding{Check: "clips", Detail: fmt.Sprintf("clip %s: %v", id, err), Do: "import the clip again"}
		}
		if err := o.Close(); err != nil {
			return api.Finding{Check: "clips", Detail: err.Error(), Do: "check the disk"}
		}
		n++
	}
	now := s.clock.Now()
	if clips := expiring(s.facts.input(), now); len(clips) > 0 {
		return api.Finding{Check: "clips", Detail: expiryDetail(clips, now),
			Do: "extend their dates and have them approved again, or put others into the playlists"}
	}
	return api.Finding{Check: "clips", OK: true, Detail: fmt.Sprintf("%d clips, all readable and unchanged", n)}
}

func (s *station) checkRecord(context.Context) api.Finding {
	for _, x := range s.alarms.Snapshot() {
		if len(x.Code) > 3 && x.Code[:3] == "LOG" {
			return api.Finding{Check: "log", Detail: string(x.Code) + ": " + x.Detail, Do: "keep the old file as it is and tell the inspector"}
		}
	}
	size := int64(0)
	if info, err := os.Stat(s.folder.path("playlog.db")); err == nil {
		size = info.Size()
	}
	return api.Finding{Check: "log", OK: true, Detail: fmt.Sprintf("epoch %d, %d records, %d kB", s.log.Epoch(), s.log.Size(), size>>10)}
}

func (s *station) checkRules(context.Context) api.Finding {
	in := s.facts.input()
	if faults := schedule.Faults(in); len(faults) > 0 {
		return api.Finding{Check: "rules", Detail: fmt.Sprintf("programme %s: %s", faults[0].ProgrammeID, faults[0].Detail),
			Do: "open the programme and save it again"}
	}
	return api.Finding{Check: "rules", OK: true, Detail: fmt.Sprintf("%d programmes", len(in.Programmes))}
}

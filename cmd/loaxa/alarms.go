package main

import (
	"log/slog"
	"sync"

	"loaxa/player/alarm"
)

// alarmJournal writes each alarm that is raised or cleared to the program's own log, so that who reads only that (a
// service's journal) learns of it as well. mu guards stood.
type alarmJournal struct {
	logger *slog.Logger
	board  func() []alarm.Alarm

	mu    sync.Mutex
	stood map[alarm.Code]bool
}

// changed compares what stands now with what stood at the last call. A new detail of a standing alarm is no news.
func (j *alarmJournal) changed() {
	j.mu.Lock()
	defer j.mu.Unlock()
	now := make(map[alarm.Code]bool)
	for _, a := range j.board() {
		now[a.Code] = true
		if !j.stood[a.Code] {
			j.logger.Warn("alarm raised", "code", string(a.Code), "detail", a.Detail)
		}
	}
	for code := range j.stood {
		if !now[code] {
			j.logger.Info("alarm cleared", "code", string(code))
		}
	}
	j.stood = now
}

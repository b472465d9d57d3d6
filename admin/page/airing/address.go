package airing

import (
	"fmt"
	"net/url"
	"time"

	"loaxa/admin/api"
)

// DiaryPath is where the diary begins.
const DiaryPath = "/diary"

// SpanAddress is the diary of these days, the last one included.
func SpanAddress(from, last time.Time) string {
	return DiaryPath + "?" + url.Values{"from": {from.Format(time.DateOnly)}, "until": {last.Format(time.DateOnly)}}.Encode()
}

// storyAddress leads to a broadcast's story: by its record, which is for ever, or by its ID while it has none.
func storyAddress(b api.Broadcast) string {
	if b.Record != nil {
		return fmt.Sprintf("%s/%d-%d", DiaryPath, b.Record.Epoch, b.Record.Index)
	}
	return DiaryPath + "/open?broadcast=" + url.QueryEscape(b.Broadcast)
}

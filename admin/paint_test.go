package admin

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// BenchmarkFirstPaint is when something is first seen of each page on an old phone: a processor six times slower than this
// one's, 1.6 Mbit/s and 150 ms to the station and back, nothing kept from before. Milliseconds, the median of five; the
// same page without any slowing stands beside it.
func BenchmarkFirstPaint(b *testing.B) {
	s := newStation(b)
	base, _ := s.start(b)
	ctx := browserFor(b, 360, 800, benchmarkTime)
	link, err := s.accounts.NewLink("station")
	must(b, err)
	must(b, chromedp.Do(ctx, chromedp.Navigate(base+"/setup/"+link)))
	_, err = chromedp.Call(ctx, network.Enable, network.EnableParams{})
	must(b, err)
	_, err = chromedp.Call(ctx, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true})
	must(b, err)
	for _, address := range s.walk(b) {
		b.Run(address, func(b *testing.B) {
			for b.Loop() {
				slow := firstPaint(ctx, b, base+address, 6, &network.Conditions{Latency: 150, DownloadThroughput: 1.6e6 / 8, UploadThroughput: 0.75e6 / 8})
				plain := firstPaint(ctx, b, base+address, 1, &network.Conditions{DownloadThroughput: -1, UploadThroughput: -1})
				b.ReportMetric(slow, "ms-slow")
				b.ReportMetric(plain, "ms-plain")
			}
		})
	}
}

// benchmarkTime is long enough for all pages.
const benchmarkTime = 15 * time.Minute

// firstPaint is the median of five, in milliseconds.
func firstPaint(ctx context.Context, b *testing.B, address string, slower float64, line *network.Conditions) float64 {
	b.Helper()
	_, err := chromedp.Call(ctx, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: slower})
	must(b, err)
	_, err = chromedp.Call(ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{line}})
	must(b, err)
	var all []float64
	for range 5 {
		must(b, chromedp.Do(ctx, chromedp.Navigate(address)))
		for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			if at := evaluate[float64](ctx, b, `(performance.getEntriesByName("first-contentful-paint")[0] || {startTime: 0}).startTime`); at > 0 {
				all = append(all, at)
				break
			}
		}
	}
	if len(all) < 5 {
		b.Fatalf("%s: nothing was painted", address)
	}
	slices.Sort(all)
	return all[2]
}

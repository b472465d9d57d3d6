package device

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"loaxa/audio"
	"loaxa/player/speaker/pulsetest"
	"loaxa/schedule"
)

// Clips come faint from one agency and overdriven from the next; the village hears them equally loud and never distorted.
func TestLevelAtTheOutput(t *testing.T) {
	needDevice(t)
	const step = 5 * time.Second
	server := pulsetest.Start(t)
	capture := server.Capture(t)
	s := newStation(t, server.Env()...)
	s.serve()
	s.anyHour(map[string]any{"warm_up_ms": 1500})
	names := []string{"faint", "loud", "peaky"}
	clips := []clip{s.bring("nho", talk(0.02, 0)), s.bring("to", talk(3, 0)), s.bring("nhon", talk(0.05, 12))}
	due := every(2*time.Second, step, len(clips))
	for i, c := range clips {
		s.programme(s.playlist(schedule.ModeAll, c), 30, due[i])
	}
	for i, name := range names {
		from := capture.AwaitSound(capture.Len(), sound/10, due[i].Sub(due[0])+step+patience)
		for capture.Len() < from+35*pulsetest.Rate/10 {
			time.Sleep(pollStep)
		}
		got := capture.SamplesFrom(from)[:3*pulsetest.Rate]
		meter := audio.NewMeter()
		meter.Write(got)
		l := meter.Result()
		t.Logf("%s: imported at %.1f LUFS, at the monitor %.2f LUFS, true peak %.2f dBTP", name, clips[i].LUFS, l.IntegratedLUFS, l.TruePeakDBTP)
		// What is limited loses a little of its loudness: a peaky clip more than others.
		if l.IntegratedLUFS > -15.5 || l.IntegratedLUFS < -16.5 && name != "peaky" || l.IntegratedLUFS < -21 {
			t.Errorf("%s sounds at %.2f LUFS; the station's target is -16", name, l.IntegratedLUFS)
		}
		if l.TruePeakDBTP > -1 {
			t.Errorf("%s peaks at %.2f dBTP, over -1", name, l.TruePeakDBTP)
		}
	}
	s.quit()
	s.verify()
}

// talk is 3 s like speech: a buzz of many harmonics in syllables, at a level, cut at full scale; spikes of spikeDB above
// it, one a syllable, when that is not 0.
func talk(level, spikeDB float64) []int16 {
	r := rand.New(rand.NewPCG(3, 1))
	out := make([]int16, 3*pulsetest.Rate)
	for i := range out {
		at := float64(i) / pulsetest.Rate
		v := 0.0
		for h := 1.0; h <= 12; h++ {
			v += math.Sin(2*math.Pi*140*h*at+h*h) / h
		}
		v += 0.1 * r.NormFloat64()
		v *= level * (0.2 + math.Pow(math.Sin(math.Pi*4*at), 2))
		if spikeDB != 0 && i%12000 == 6000 {
			v = level * 3 * math.Pow(10, spikeDB/20)
		}
		out[i] = int16(math.Round(32767 * max(-1, min(1, v))))
	}
	return out
}

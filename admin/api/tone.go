package api

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"loaxa/admin/account"
	"loaxa/admin/route"
	"loaxa/audio/library"
	"loaxa/player"
	"loaxa/player/playlog/evidence"
)

// ToneTitle is the title of the test sound in the library, where it stands like every other clip: whatever sounds on the
// station's loudspeakers has a name and a hash in the log.
const ToneTitle = "Âm thử loa"

// PlayTone lets the test sound be heard on the loudspeakers, as a rehearsal: at low volume, into silence only, and never
// in quiet hours.
func (a *API) PlayTone(ctx context.Context, who account.Identity) (broadcast string, err error) {
	clip, _, err := a.o.Library.Import(ctx, "station", library.Import{Reader: bytes.NewReader(toneWAV()), Name: "am-thu-loa.wav",
		Title: ToneTitle, Source: "loaxa", Via: "tone"}, nil)
	if err != nil {
		return "", fmt.Errorf("making the test sound: %w", err)
	}
	if clip.State == library.StateDraft { // the program's own sound needs nobody's letter
		if _, err := a.o.Library.Approve("station", []string{clip.ID}, nil); err != nil {
			return "", fmt.Errorf("making the test sound: %w", err)
		}
	}
	broadcast, _, err = a.play(ctx, who, playRequest{ClipID: clip.ID, Kind: string(player.Rehearsal), Reason: ToneTitle})
	return broadcast, err
}

// ToneHeard puts on record whether a person heard the test sound: the only proof there is of what lies behind the card.
func (a *API) ToneHeard(who account.Identity, broadcast string, heard bool) error {
	if !strings.HasPrefix(broadcast, string(player.Rehearsal)+":") || len(broadcast) > 200 {
		return route.NotFound("rehearsal", broadcast)
	}
	said := "not_heard"
	if heard {
		said = "heard"
	}
	a.Operator(who.Actor, evidence.Operator{What: "tone", Object: broadcast, Reason: said, Result: "done"})
	return nil
}

// toneWAV is three rising tones, twice: a row that no announcement begins with.
func toneWAV() []byte {
	const rate, tone, rest, fade = 48000, 36000, 12000, 2400
	var samples []int16
	for range 2 {
		for _, hz := range []float64{523.25, 659.25, 783.99} {
			for i := range tone {
				gain := min(1, float64(i)/fade, float64(tone-i)/fade)
				samples = append(samples, int16(math.Round(8000*gain*math.Sin(2*math.Pi*hz*float64(i)/rate))))
			}
			samples = append(samples, make([]int16, rest)...)
		}
	}
	size := uint32(2 * len(samples)) //nolint:gosec // some hundred kilobytes
	var b bytes.Buffer
	b.WriteString("RIFF")
	for _, part := range []any{36 + size, []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(rate), uint32(2 * rate), uint16(2), uint16(16),
		[]byte("data"), size, samples} {
		_ = binary.Write(&b, binary.LittleEndian, part) // a buffer takes everything
	}
	return b.Bytes()
}

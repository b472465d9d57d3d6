package frame

import (
	"fmt"

	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/player/playlog/evidence"
)

// Line is a sentence with a mark: ok, warn or bad.
type Line struct{ Mark, Text string }

// Pick is one entry of a list to choose from.
type Pick struct {
	Value, Word string
	Chosen      bool
}

// OutputLine says where the sound goes.
func OutputLine(w locale.Words, n api.Now) Line {
	mark := map[string]string{string(evidence.Hardware): "ok", string(evidence.Unproven): "warn", string(evidence.Virtual): "warn"}
	out := n.Output
	if out == "" && n.Device == string(evidence.Virtual) {
		out = n.Device
	}
	if m, ok := mark[out]; ok {
		return Line{m, w.T("output." + out)}
	}
	return Line{"plain", w.T("output.none")}
}

// TrustLine says how far the clock is to be trusted.
func TrustLine(w locale.Words, trust string) Line {
	if trust == "doubtful" {
		return Line{"warn", w.T("clock.doubtful")}
	}
	return Line{"ok", w.T("clock." + trust)}
}

// CheckpointPicture is the address of the QR code of that checkpoint, not of a newer one: text and picture on a page are the same.
func CheckpointPicture(checkpoint string) string {
	cp, err := evidence.PeekCheckpoint([]byte(checkpoint))
	if err != nil {
		return "" // there is none yet
	}
	return fmt.Sprintf("%s/log/checkpoint?format=qr&size=%d", api.Prefix, cp.Size)
}

package speaker

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// route is the way from oto to the card: through a PulseAudio or PipeWire server, or straight through ALSA. oto chooses
// by itself; a route predicts that choice, and settle checks that it came true.
type route interface {
	// explain makes one plain line of oto's error, which lists every device that was tried.
	explain(err error) error
	// settle says where the stream went, after oto has opened.
	settle() (Info, error)
	// latency is from the moment a frame is pulled out of oto's player to the moment it is heard.
	latency() time.Duration
	// watch calls moved when the stream goes elsewhere, and returns an error when it is gone.
	watch(moved func(Info) error) error
	close()
}

// The offsets measured with deviceBuffer, as constants of the two drivers (they repeat to within 0.2 ms).
const (
	pulseLatency = 30 * time.Millisecond
	alsaLatency  = 53 * time.Millisecond
)

// chooseRoute reads the device's name and finds the way; it never falls from one way to the other once a sound server
// answers, since the server holds the card.
func chooseRoute(device string) (route, error) {
	kind, name, _ := strings.Cut(device, ":")
	switch {
	case device == "" || device == "auto":
		p, err := dialPulse("")
		if err == nil {
			return p, nil
		}
		if !errors.Is(err, errNoServer) {
			return nil, err
		}
		return alsa("")
	case kind == "pulse" && name != "":
		p, err := dialPulse(name)
		if err != nil {
			return nil, err
		}
		return p, nil
	case kind == "alsa" && name != "":
		return alsa(name)
	}
	return nil, fmt.Errorf("choosing the device: %q is not known; use auto, pulse:SINK or alsa:CARD", device)
}

// alsa is the way past a sound server. oto's client is Go and reads PULSE_SERVER from this process, so setting it here
// is enough to keep oto from finding a server. A kernel without cards is told apart before libasound tries them all;
// somebody's own configuration may lead elsewhere than to a card and is tried.
func alsa(card string) (route, error) {
	_, own := os.LookupEnv("ALSA_CONFIG_PATH")
	cards, err := filepath.Glob("/proc/asound/card[0-9]*")
	if err == nil && len(cards) == 0 && !own {
		return nil, errors.New("no sound server answers, and the machine has no sound card")
	}
	if err := os.Setenv("PULSE_SERVER", "unix:/nonexistent"); err != nil {
		return nil, fmt.Errorf("choosing the device: %w", err)
	}
	return alsaRoute{card: card}, nil
}

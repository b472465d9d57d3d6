package speaker

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"errors"
)

func isRefused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

// alsaRoute plays straight through ALSA. card is the card's ID or number asked for, "" for ALSA's default.
type alsaRoute struct{ card string }

func (alsaRoute) close()                 {}
func (alsaRoute) latency() time.Duration { return alsaLatency }

// explain keeps the first device's error: the default one is the one that was meant.
func (r alsaRoute) explain(err error) error {
	text := err.Error()
	if i := strings.Index(text, `"default": `); i >= 0 {
		text, _, _ = strings.Cut(text[i+len(`"default": `):], `, "`)
	}
	if r.card != "" {
		return fmt.Errorf("card %q cannot be opened: %s", r.card, text)
	}
	return fmt.Errorf("no sound server answers, and the sound card cannot be opened: %s", text)
}

// settle looks for the substream that this process owns, and whether the card's pointer moves. Without one the frames
// go to a plug-in (a null device, another server), which proves nothing.
func (r alsaRoute) settle() (Info, error) {
	unproven := Info{Device: "alsa:default", Driver: "alsa", Output: "unproven"}
	deadline := time.Now().Add(time.Second)
	for {
		card, pointer, ok := ownSubstream("/proc/asound", os.Getpid())
		if ok && r.card != "" && card != r.card {
			return Info{}, fmt.Errorf("opening card %q: ALSA opened %q instead", r.card, card)
		}
		if ok && pointer > 0 {
			return Info{Device: "alsa:" + card, Driver: "alsa", Output: "hardware"}, nil
		}
		if time.Now().After(deadline) {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if r.card != "" {
		return Info{}, fmt.Errorf("opening card %q: its pointer does not move", r.card)
	}
	return unproven, nil
}

// watch has nothing to look at: ALSA reports a lost card to the writer itself.
func (alsaRoute) watch(func(Info) error) error { select {} }

// ownSubstream finds the playback substream whose owner is a thread of pid, and its hardware pointer in frames. The
// files are those of the kernel's ALSA core: /proc/asound/cardN/pcmNp/subN/status.
func ownSubstream(root string, pid int) (card string, pointer int64, ok bool) {
	files, err := filepath.Glob(filepath.Join(root, "card*", "pcm*p", "sub*", "status"))
	if err != nil {
		return "", 0, false
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			continue
		}
		fields := statusFields(string(text))
		owner, err := strconv.Atoi(fields["owner_pid"])
		if err != nil || !isThread(pid, owner) {
			continue
		}
		pointer, err := strconv.ParseInt(fields["hw_ptr"], 10, 64)
		if err != nil {
			continue
		}
		return cardID(filepath.Dir(filepath.Dir(filepath.Dir(f)))), pointer, true
	}
	return "", 0, false
}

func statusFields(text string) map[string]string {
	out := make(map[string]string)
	for line := range strings.SplitSeq(text, "\n") {
		if k, v, ok := strings.Cut(line, ":"); ok {
			out[strings.TrimSpace(k)] = strings.TrimSpace(v)
		}
	}
	return out
}

func isThread(pid, tid int) bool {
	if tid == pid {
		return true
	}
	_, err := os.Stat(fmt.Sprintf("/proc/%d/task/%d", pid, tid))
	return err == nil
}

func cardID(dir string) string {
	id, err := os.ReadFile(filepath.Join(dir, "id"))
	if err != nil {
		return strings.TrimPrefix(filepath.Base(dir), "card")
	}
	return strings.TrimSpace(string(id))
}

package device

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"loaxa/player/playlog/evidence"
	"loaxa/player/speaker/pulsetest"
	"loaxa/schedule"
)

// silentMachine is an environment in which no sound device can be found: no server, and an ALSA that knows no card.
func silentMachine(t testing.TB) []string {
	t.Helper()
	dir := t.TempDir()
	conf := filepath.Join(dir, "asound.conf")
	if err := os.WriteFile(conf, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"PULSE_SERVER=unix:" + filepath.Join(dir, "none.sock"), "XDG_RUNTIME_DIR=" + dir, "XDG_CONFIG_HOME=" + dir,
		"ALSA_CONFIG_PATH=" + conf, "DBUS_SESSION_BUS_ADDRESS=", "DISPLAY="}
}

// A station without a card must shout, on the page, in the doctor's list and in the log, and claim no broadcast.
func TestNoDevice(t *testing.T) {
	needDevice(t)
	t.Parallel()
	s := newStation(t, silentMachine(t)...)
	s.serve()
	s.awaitAlarm("AUD-01", patience)
	// The alarm comes first: the record waits for the disk.
	await(t, patience, "the absent device is on record", func() error {
		if got := said(s.mustLog()); !slices.Contains(got, "absent") {
			return fmt.Errorf("device records %v at rest", got)
		}
		return nil
	})
	c := s.bring("mot", noise(pulsetest.Rate, 4))
	s.anyHour(map[string]any{"warm_up_ms": 1000})
	id := s.programme(s.playlist(schedule.ModeAll, c), 3, every(2*time.Second, time.Second, 1)...)
	outcomes := s.awaitOutcomes(id, 1, patience)
	if o := outcomes[0]; len(outcomes) != 1 || o.Outcome != evidence.Missed || o.Reason != "no_device" || o.AiredMS != 0 || o.Evidence != 0 {
		t.Errorf("outcomes %+v, want one: missed (no_device), nothing aired, evidence 0", outcomes)
	}
	s.awaitAlarm("AUD-01", 0)
	out, errs, code := s.cli("doctor")
	if code != 5 || !strings.Contains(out, "FAIL  card") || !strings.HasPrefix(errs, "loaxa: checking the station: ") {
		t.Errorf("loaxa doctor: code %d, want 5\n%s\n%s", code, out, errs)
	}
	if page := s.homePage(); !strings.Contains(page, "AUD-01") || !strings.Contains(page, "Không mở được thiết bị âm thanh") {
		t.Errorf("the home page does not show the alarm:\n%s", page)
	}
	s.verify()
}

// homePage is the page that a person sees who followed the set-up link.
func (s *station) homePage() string {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	browser := http.Client{Jar: jar, Timeout: patience}
	base, _, _ := strings.Cut(s.proc.link, "/setup/")
	var page []byte
	for _, url := range []string{s.proc.link, base + "/"} {
		resp, err := browser.Get(url)
		if err != nil {
			s.t.Fatalf("opening the page: %v", err)
		}
		page, err = io.ReadAll(resp.Body)
		if err := resp.Body.Close(); err != nil {
			s.t.Errorf("opening the page: %v", err)
		}
		if err != nil || resp.StatusCode != http.StatusOK {
			s.t.Fatalf("opening %s: %s, %v", url, resp.Status, err)
		}
	}
	return string(page)
}

// Two programs on one folder would both speak, and break the log: the second is refused with one clear line.
func TestSecondInstance(t *testing.T) {
	needDevice(t)
	t.Parallel()
	s := newStation(t)
	s.serve("--device", "virtual")
	out, errs, code := s.cli("serve", "--device", "virtual", "--listen", "127.0.0.1:0")
	first, hint, _ := strings.Cut(strings.TrimSuffix(errs, "\n"), "\n")
	want := fmt.Sprintf("loaxa: opening data folder %s: a station is running on it", s.dir)
	if code != 75 || out != "" || first != want || strings.Contains(hint, "\n") {
		t.Errorf("code %d, want 75\n%s%s", code, out, errs)
	}
	if n := s.now(); n.State != "resting" {
		t.Errorf("the first one is %s after that", n.State)
	}
}

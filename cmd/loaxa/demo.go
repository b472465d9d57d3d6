package main

import (
	"context"
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"loaxa/audio/library"
	"loaxa/schedule"
)

//go:embed demo/*.mp3
var demoClips embed.FS

// demoTitles are the two clips of the demo and their titles.
var demoTitles = map[string]string{
	"demo/gia-danh-cong-an.mp3":   "Cảnh báo giả danh công an",
	"demo/khong-cho-muon-otp.mp3": "Không đưa mã OTP cho ai",
}

// The demo's programmes: one every two minutes, and one that makes sure that something sounds soon after the start.
const (
	demoCron    = "*/2 * * * *"
	demoSoon    = 15 * time.Second
	demoWait    = 28 * time.Second
	demoRegular = "Phát thử mỗi hai phút"
	demoFirst   = "Phát thử khi khởi động"
)

func (a *app) demoCommand() *cobra.Command {
	var listen, device, record string
	cmd := &cobra.Command{
		Use: "demo", Short: "Run a demonstration station with clips of its own", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			conf, err := a.settings()
			if err != nil {
				return err
			}
			if listen != "" {
				conf.Listen = listen
			}
			if _, err := os.Stat(filepath.Join(conf.Data, "state.db")); err != nil {
				if _, err := a.initialise(conf, demoSettings()); err != nil {
					return err
				}
			}
			device, err := a.demoDevice(c.Context(), device)
			if err != nil {
				return err
			}
			b := building{listen: true, demo: true, device: device, record: record}
			return a.serve(c.Context(), conf, b, func(s *station) error { return s.stageDemo(c.Context()) })
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "", "TCP address of the pages (default 127.0.0.1:8080)")
	cmd.Flags().StringVar(&device, "device", "auto", "auto, virtual, pulse:SINK or alsa:CARD; without a sound card the demo takes the virtual speaker")
	cmd.Flags().StringVar(&record, "record", "", "write what the virtual speaker plays to this WAV file")
	return cmd
}

// demoSettings work at any hour of the day.
func demoSettings() schedule.Settings {
	set := schedule.DefaultSettings()
	set.StationName, set.StationCode = "Đài truyền thanh xã (chạy thử)", "DEMO"
	set.QuietHours = []schedule.DailySpan{}
	set.ClockRule = "allow_doubtful"
	return set
}

// demoDevice takes the sound card if there is one, else the virtual speaker, and says which. Only the demo does this.
func (a *app) demoDevice(ctx context.Context, device string) (string, error) {
	if device != "auto" {
		return device, checkDevice(device)
	}
	exe, err := executable()
	if err != nil {
		return "", err
	}
	info, err := probeDevice(ctx, exe, device)
	if err != nil {
		fmt.Fprintln(a.out, "Không có card âm thanh: phát ra loa ảo, không có tiếng (no sound card: the virtual speaker plays, nothing is heard)")
		return "virtual", nil
	}
	fmt.Fprintf(a.out, "Phát ra thiết bị âm thanh %s (playing to sound device %s, %s)\n", info.Device, info.Device, info.Output)
	return device, nil
}

// stageDemo brings in the clips, the playlist and the programmes that are not there yet, and lets something sound soon.
func (s *station) stageDemo(ctx context.Context) error {
	list, err := s.demoPlaylist(ctx)
	if err != nil {
		return fmt.Errorf("staging the demo: %w", err)
	}
	regular, err := s.demoProgramme(demoRegular, schedule.Programme{
		Title: demoRegular, PlaylistID: list, Cron: demoCron, Class: schedule.Ordinary, VolumePercent: 100, Zone: "main",
	})
	if err != nil {
		return fmt.Errorf("staging the demo: %w", err)
	}
	now := s.clock.Now()
	for _, o := range schedule.Plan(s.facts.input(), now, now.Add(demoWait)) {
		if o.ProgrammeID == regular.ID {
			return nil // it sounds soon enough by itself
		}
	}
	first := schedule.Programme{
		Title: demoFirst, PlaylistID: list, Starts: []time.Time{now.Add(demoSoon).Truncate(time.Second)},
		Class: schedule.Ordinary, VolumePercent: 100, Zone: "main",
	}
	for _, p := range s.book.Programmes() {
		if p.Title == demoFirst {
			first.ID, first.Revision = p.ID, p.Revision
		}
	}
	if _, err := s.book.PutProgramme("demo", first); err != nil {
		return fmt.Errorf("staging the demo: %w", err)
	}
	return nil
}

func (s *station) demoProgramme(title string, p schedule.Programme) (schedule.Programme, error) {
	for _, old := range s.book.Programmes() {
		if old.Title == title {
			return old, nil
		}
	}
	return s.book.PutProgramme("demo", p)
}

// demoPlaylist is the ID of the playlist with the two clips, taking turns.
func (s *station) demoPlaylist(ctx context.Context) (string, error) {
	for _, l := range s.book.Playlists() {
		if l.Title == "Cảnh báo lừa đảo" {
			return l.ID, nil
		}
	}
	list := schedule.Playlist{Title: "Cảnh báo lừa đảo", Mode: schedule.ModeRotate}
	files, err := demoClips.ReadDir("demo")
	if err != nil {
		return "", err
	}
	for _, entry := range files {
		name := "demo/" + entry.Name()
		f, err := demoClips.Open(name)
		if err != nil {
			return "", err
		}
		clip, _, err := s.library.Import(ctx, "demo", library.Import{
			Reader: f, Name: entry.Name(), Title: demoTitles[name], Source: "loaxa", Via: "demo",
		}, nil)
		if err != nil {
			return "", err
		}
		if _, err := s.library.Approve("demo", []string{clip.ID}, nil); err != nil {
			return "", err
		}
		list.Items = append(list.Items, schedule.Item{Kind: schedule.KindClip, ClipID: clip.ID})
	}
	l, err := s.book.PutPlaylist("demo", list)
	return l.ID, err
}

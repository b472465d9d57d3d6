package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"loaxa/admin/api"
	"loaxa/player/playlog/evidence"
)

func (a *app) serveCommand() *cobra.Command {
	var listen, device, record string
	cmd := &cobra.Command{
		Use: "serve", Short: "Run the station", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			conf, err := a.settings()
			if err != nil {
				return err
			}
			if listen != "" {
				conf.Listen = listen
			}
			if device != "" {
				conf.Device = device
			}
			if err := checkDevice(conf.Device); err != nil {
				return err
			}
			if record != "" && conf.Device != "virtual" {
				return usage("add --device virtual", "recording to %s: only the virtual speaker can be recorded", record)
			}
			return a.serve(c.Context(), conf, building{listen: true, device: conf.Device, record: record}, nil)
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "", "TCP address of the pages (default 127.0.0.1:8080)")
	cmd.Flags().StringVar(&device, "device", "", "auto, virtual, pulse:SINK or alsa:CARD")
	cmd.Flags().StringVar(&record, "record", "", "write what the virtual speaker plays to this WAV file")
	return cmd
}

// serve runs the station until ctx ends; ready (may be nil) is called once it answers.
func (a *app) serve(ctx context.Context, conf config, b building, ready func(*station) error) error {
	s, err := a.build(conf, b)
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	s.run(ctx, g)
	g.Go(func() error { return s.watchDevice(b.device)(ctx) })
	g.Go(func() error { return s.watchNight(ctx, b.device) })
	g.Go(func() error { return s.checkpoints(ctx) })
	g.Go(func() error { return s.checkLog(ctx) })
	g.Go(func() error { return a.announce(s, ready) })
	return errors.Join(ignoreCancel(g.Wait()), s.close())
}

// run starts what every open station needs: clock, pages, the way of changes into the log, the player.
func (s *station) run(ctx context.Context, g *errgroup.Group) {
	g.Go(func() error { return s.clock.Run(ctx) })
	g.Go(func() error { return s.server.Run(ctx) })
	g.Go(func() error { return s.pump(ctx) })
	g.Go(func() error { return s.log.Run(ctx) })
	g.Go(func() error { return s.player.Run(ctx) })
	g.Go(func() error { return s.intake.Run(ctx) })
	g.Go(func() error { return s.reports.Run(ctx) })
}

// announce says where the station is to be found.
func (a *app) announce(s *station, ready func(*station) error) error {
	if ready != nil {
		if err := ready(s); err != nil {
			return err
		}
	}
	link, err := s.setupLink()
	if err != nil {
		// A full disk, say: the station plays all the same, and tokens and the socket still open it.
		s.logger.Error("making the one-time link", "err", err)
	}
	if s.server.Address() == "" {
		fmt.Fprintln(a.out, "Sẵn sàng (ready), không có trang web vì cổng đang bận (without pages: the address is taken; commands work)")
		return nil
	}
	if err := a.tellWhere(s.server.Reach(), link); err != nil {
		s.logger.Warn("showing the one-time link", "err", err)
	}
	if set := s.book.Settings(); len(set.QuietHours) == 0 {
		fmt.Fprintln(a.out, "  không có giờ im lặng (no quiet hours)")
	}
	return nil
}

// setupLink is the path of a one-time link that opens an administrator's session; a new one for each start.
func (s *station) setupLink() (string, error) {
	secret, err := s.accounts.NewLink("station")
	if err != nil {
		return "", err
	}
	return api.LinkPath(secret), nil
}

// checkpoints cuts one every hour and when a day ends; outcomes cut their own.
func (s *station) checkpoints(ctx context.Context) error {
	for {
		now := s.clock.Now()
		next := now.Truncate(time.Hour).Add(time.Hour) // a day's end is an hour's end
		alarm := s.clock.Alarm(next)
		select {
		case <-ctx.Done():
			alarm.Stop()
			return nil
		case <-alarm.C:
		}
		if _, err := s.log.Checkpoint(ctx); err != nil && ctx.Err() == nil {
			s.logger.Warn("cutting a checkpoint", "err", err)
		}
	}
}

// checkLog reads the whole log over in the background, once, after the station is ready.
func (s *station) checkLog(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-time.After(time.Minute):
	}
	if err := s.log.Check(ctx); err != nil && ctx.Err() == nil {
		s.logger.Error("checking the log", "err", err)
		if _, err := s.log.Append("station", evidence.Operator{What: "check", Result: "failed: " + err.Error()}); err != nil {
			s.logger.Error("recording the failed check", "err", err)
		}
	}
	return nil
}

func ignoreCancel(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// within opens the station in this process for the time of one command, without pages on TCP and without playing:
// the same API answers on a socket.
func (a *app) within(ctx context.Context, conf config, use func(*client) error) error {
	conf.LogLevel, a.offline = "error", true
	// A socket of its own: another command must not take this moment for a running station.
	socket := filepath.Join(conf.Data, commandSocket(strconv.Itoa(os.Getpid())))
	s, err := a.build(conf, building{device: conf.Device, socket: socket})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.clock.Run(ctx) })
	g.Go(func() error { return s.server.Run(ctx) })
	g.Go(func() error { return s.pump(ctx) })
	g.Go(func() error { return s.intake.Run(ctx) })
	g.Go(func() error { return s.reports.Run(ctx) })
	used := use(dial(socket, a.as))
	cancel()
	return errors.Join(used, ignoreCancel(g.Wait()), s.close())
}

package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"go.etcd.io/bbolt"

	"loaxa/schedule"
	"loaxa/schedule/clock"
	"loaxa/schedule/rulebook"
)

func (a *app) initCommand() *cobra.Command {
	var name, code string
	cmd := &cobra.Command{
		Use: "init", Short: "Make a new station in a data folder", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			conf, err := a.settings()
			if err != nil {
				return err
			}
			if name == "" || code == "" {
				return usage("add --name \"Đài truyền thanh xã …\" --code CODE", "making a station: name and code are needed")
			}
			set := schedule.DefaultSettings()
			set.StationName, set.StationCode = name, code
			key, err := a.initialise(conf, set)
			if err != nil {
				return err
			}
			out := map[string]string{"data": conf.Data, "station_code": code, "public_key": key}
			return a.print(out, func(w io.Writer) {
				fmt.Fprintf(w, "made %s for %s (%s)\npublic key, to be registered on paper:\n%s\n", conf.Data, name, code, key)
			})
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "the station's name")
	cmd.Flags().StringVar(&code, "code", "", "the station's code, as in the log's origin")
	return cmd
}

// initialise makes data folder, state, keys and epoch 1 of the log, and returns the public key. A folder that holds a
// station already is refused; what was begun before an error is taken away again.
func (a *app) initialise(conf config, set schedule.Settings) (key string, err error) {
	state := filepath.Join(conf.Data, "state.db")
	if info, err := os.Stat(conf.Data); err == nil && !info.IsDir() {
		return "", usage("name a folder with --data", "making a station in %s: it is a file", conf.Data)
	}
	if err := schedule.ValidateSettings(set.Normalise()); err != nil {
		return "", usage("correct --name and --code", "making a station in %s: %w", conf.Data, err)
	}
	if _, err := os.Stat(state); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("making a station in %s: %w", conf.Data, err)
	} else if err == nil {
		return "", failWith(exitFailed, "use another folder with --data", "making a station in %s: there is one already", conf.Data)
	}
	if err := makeFolders(conf.Data); err != nil {
		return "", err
	}
	held, err := lockFolder(conf.Data)
	if err != nil {
		return "", err
	}
	if err := writeState(state, set); err != nil {
		return "", errors.Join(err, os.Remove(state), held.close())
	}
	if err := held.close(); err != nil {
		return "", err
	}
	s, err := a.build(conf, building{device: conf.Device, mayInit: true})
	if err != nil {
		return "", errors.Join(err, os.Remove(state))
	}
	return s.log.PublicKey(), s.close()
}

// writeState makes state.db with the station's settings.
func writeState(path string, set schedule.Settings) error {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second})
	if err != nil {
		return fmt.Errorf("making %s: %w", path, err)
	}
	book, err := rulebook.Open(rulebook.Options{DB: db, Now: clock.NewSystem(clock.Options{}).Now})
	if err == nil {
		set.Revision = book.Settings().Revision
		_, err = book.PutSettings("init", set)
	}
	return errors.Join(err, db.Close())
}

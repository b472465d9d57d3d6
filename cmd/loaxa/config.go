package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"strings"

	"github.com/BurntSushi/toml"

	"loaxa/audio/decode"
	"loaxa/audio/fetch"
)

// config is the configuration file. Everything in it is optional; what staff change lives in the pages, not here.
type config struct {
	Listen    string `toml:"listen"`     // TCP address of the pages
	PublicURL string `toml:"public_url"` // name under which a reverse proxy shows them
	Data      string `toml:"data"`       // folder
	Device    string `toml:"device"`     // auto, virtual, pulse:SINK, alsa:CARD
	LogLevel  string `toml:"log_level"`  // debug, info, warn, error

	FFmpeg string `toml:"ffmpeg"` // program for files that are not read here: "auto" looks for it, "" is none
	// NightCommand is a program with its arguments that is told what the rehearsal of tomorrow found: LOAXA_CHECK is ok or
	// failed, LOAXA_DAY and LOAXA_LINE say the rest, and all of it comes as JSON on its standard input.
	NightCommand []string    `toml:"night_command"`
	Fetch        fetchConfig `toml:"fetch"`
}

// fetchConfig is how far links are followed.
type fetchConfig struct {
	AllowPrivate []string `toml:"allow_private"` // addresses like 192.168.1.0/24 that links may lead to; none by default
	AllowHTTP    bool     `toml:"allow_http"`    // also links without encryption
	AllowPorts   []uint16 `toml:"allow_ports"`   // beside 443
	CAFile       string   `toml:"ca_file"`       // certificates (PEM) that are trusted beside the system's
}

func defaultConfig() config {
	return config{Listen: "127.0.0.1:8080", Data: "./data", Device: "auto", LogLevel: "info", FFmpeg: "auto"}
}

// readConfig reads the file at path over the defaults; "" reads nothing. Unknown keys are refused with the nearest known.
func readConfig(path string) (config, error) {
	c := defaultConfig()
	if path == "" {
		return c, nil
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, usage("check the path given to --config", "reading configuration %s: no such file", path)
	}
	if err != nil {
		return c, fmt.Errorf("reading configuration %s: %w", path, err)
	}
	meta, err := toml.Decode(string(text), &c)
	var bad toml.ParseError
	if errors.As(err, &bad) {
		return c, usage("", "reading configuration %s, line %d: %s", path, bad.Position.Line, bad.Message)
	}
	if err != nil {
		return c, usage("", "reading configuration %s: %w", path, err)
	}
	if extra := meta.Undecoded(); len(extra) > 0 {
		key := extra[0].String()
		known := []string{"listen", "public_url", "data", "device", "log_level", "ffmpeg", "night_command", "fetch",
			"fetch.allow_private", "fetch.allow_http", "fetch.allow_ports", "fetch.ca_file"}
		hint := "known are " + strings.Join(known, ", ")
		if near := nearest(key, known); distance(key, near) <= 3 {
			hint = "did you mean " + near + "?"
		}
		return c, usage(hint,
			"reading configuration %s: unknown key %q", path, key)
	}
	return c, c.check(path)
}

func (c config) check(path string) error {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return usage("use debug, info, warn or error", "reading configuration %s: log_level %q is not known", path, c.LogLevel)
	}
	if _, err := c.Fetch.options(); err != nil {
		return usage("", "reading configuration %s: %w", path, err)
	}
	return checkDevice(c.Device)
}

// options is what the configuration says to the fetcher.
func (c fetchConfig) options() (fetch.Options, error) {
	o := fetch.Options{AllowHTTP: c.AllowHTTP, AllowPorts: c.AllowPorts}
	for _, text := range c.AllowPrivate {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return o, fmt.Errorf("fetch.allow_private: %q is no range of addresses; write it like 192.168.1.0/24", text)
		}
		o.AllowPrivate = append(o.AllowPrivate, p)
	}
	if c.CAFile == "" {
		return o, nil
	}
	pem, err := os.ReadFile(c.CAFile)
	if err != nil {
		return o, fmt.Errorf("fetch.ca_file: %w", err)
	}
	if o.RootCAs, err = x509.SystemCertPool(); err != nil {
		o.RootCAs = x509.NewCertPool() // a machine without certificates of its own
	}
	if !o.RootCAs.AppendCertsFromPEM(pem) {
		return o, fmt.Errorf("fetch.ca_file: %s holds no certificate", c.CAFile)
	}
	return o, nil
}

// ffmpeg is the path of the program for files that are not read here, "" for none.
func (c config) ffmpeg() string {
	if c.FFmpeg != "auto" {
		return c.FFmpeg
	}
	return decode.FindFFmpeg()
}

func checkDevice(d string) error {
	kind, name, _ := strings.Cut(d, ":")
	if d == "auto" || d == "virtual" || (kind == "pulse" || kind == "alsa") && name != "" {
		return nil
	}
	return usage("use auto, virtual, pulse:SINK or alsa:CARD", "choosing the device: %q is not known", d)
}

// nearest is the known word with the smallest edit distance.
func nearest(word string, known []string) string {
	best, least := "", 1<<30
	for _, k := range known {
		if d := distance(word, k); d < least {
			best, least = k, d
		}
	}
	return best
}

func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// settings puts flags over the file over the defaults.
func (a *app) settings() (config, error) {
	c, err := readConfig(a.conf)
	if err != nil {
		return c, err
	}
	if a.data != "" {
		c.Data = a.data
	}
	return c, nil
}

func (a *app) logger(level string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: l}))
}

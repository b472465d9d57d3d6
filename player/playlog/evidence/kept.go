package evidence

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Kept is the newest verified checkpoint of each station, remembered from one run of the verifier to the next.
type Kept struct{ stations []keptStation }

type keptStation struct {
	Station    string `json:"station"`    // the origin without its epoch
	Checkpoint string `json:"checkpoint"` // the signed note
	Key        string `json:"key"`        // the verifier key that signed it
	head       Checkpoint
	epoch      int64
}

type keptFile struct {
	V        int           `json:"v"` // 1
	Stations []keptStation `json:"stations"`
}

// ErrKept says that a memory of checkpoints cannot be read.
var ErrKept = errors.New("not a file of kept checkpoints")

// What a file of kept checkpoints may ask of its reader.
const (
	MaxKept     = 4 << 20
	maxStations = 4096
)

// ParseKept reads what Marshal wrote. Everything in it is checked again: half a memory would say yes where it should
// say no.
func ParseKept(b []byte) (Kept, error) {
	k, err := parseKept(b)
	if err != nil {
		return Kept{}, fmt.Errorf("%w: %w", ErrKept, err)
	}
	return k, nil
}

func parseKept(b []byte) (Kept, error) {
	var f keptFile
	if len(b) > MaxKept {
		return Kept{}, fmt.Errorf("more than %d bytes", MaxKept)
	}
	if err := strict(b, &f); err != nil {
		return Kept{}, err
	}
	if f.V != 1 {
		return Kept{}, fmt.Errorf("version %d is not known, this program reads version 1", f.V)
	}
	if len(f.Stations) > maxStations {
		return Kept{}, fmt.Errorf("%d stations are too many", len(f.Stations))
	}
	for i := range f.Stations {
		if err := f.Stations[i].check(); err != nil {
			return Kept{}, fmt.Errorf("station %d, %.80q: %w", i+1, f.Stations[i].Station, err)
		}
	}
	k := Kept{stations: f.Stations}
	k.sort()
	for i := 1; i < len(k.stations); i++ {
		if k.stations[i].Station == k.stations[i-1].Station {
			return Kept{}, fmt.Errorf("the station %.80q is there twice", k.stations[i].Station)
		}
	}
	return k, nil
}

func (s *keptStation) check() (err error) {
	if s.head, err = OpenCheckpoint([]byte(s.Checkpoint), s.Key); err != nil {
		return err
	}
	if s.epoch, err = EpochOf(s.head.Origin); err != nil {
		return err
	}
	if stationLine(s.head.Origin) != s.Station || s.head.Size < 1 {
		return fmt.Errorf("the checkpoint is of %.80q", s.head.Origin)
	}
	return nil
}

func (k *Kept) sort() {
	slices.SortFunc(k.stations, func(a, b keptStation) int { return strings.Compare(a.Station, b.Station) })
}

// Marshal spells the memory for a file that people can read, too.
func (k Kept) Marshal() ([]byte, error) {
	f := keptFile{V: 1, Stations: k.stations}
	if f.Stations == nil {
		f.Stations = []keptStation{}
	}
	b, err := json.MarshalIndent(f, "", " ")
	if err != nil {
		return nil, fmt.Errorf("writing kept checkpoints: %w", err)
	}
	return append(b, '\n'), nil
}

func (k Kept) notes() [][]byte {
	out := make([][]byte, len(k.stations))
	for i, s := range k.stations {
		out[i] = []byte(s.Checkpoint)
	}
	return out
}

func (k Kept) station(name string) (keptStation, bool) {
	i, ok := slices.BinarySearchFunc(k.stations, name, func(s keptStation, name string) int { return strings.Compare(s.Station, name) })
	if !ok {
		return keptStation{}, false
	}
	return k.stations[i], true
}

// with is k with s in the place of what was kept of its station; k itself stays as it is.
func (k Kept) with(s keptStation) Kept {
	out := Kept{stations: slices.DeleteFunc(slices.Clone(k.stations), func(o keptStation) bool { return o.Station == s.Station })}
	out.stations = append(out.stations, s)
	out.sort()
	return out
}

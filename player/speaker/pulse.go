package speaker

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/jfreymuth/pulse"
	"github.com/jfreymuth/pulse/proto"
)

// sinkHardware is PulseAudio's flag for a sink that is a real card (PA_SINK_HARDWARE in pulse/def.h).
const sinkHardware = 0x0004

// errNoServer means that no sound server is there at all, as against one that does not answer.
var errNoServer = errors.New("no sound server")

// pulseWatchEvery is how often the stream's place is looked at.
const pulseWatchEvery = 500 * time.Millisecond

// pulseRoute is a second, own connection to the sound server; oto's is not to be had.
type pulseRoute struct {
	client *pulse.Client
	want   string // sink asked for; "" is the server's default
	input  uint32 // our stream's index
	sink   uint32
}

func dialPulse(want string) (*pulseRoute, error) {
	c, err := pulse.NewClient(pulse.ClientApplicationName("loaxa watch"), pulse.ClientTimeout(2*time.Second))
	if err != nil {
		if errors.Is(err, os.ErrNotExist) || isRefused(err) {
			return nil, fmt.Errorf("%w: %w", errNoServer, err)
		}
		return nil, fmt.Errorf("asking the sound server: %w", err)
	}
	r := &pulseRoute{client: c, want: want}
	var sinks proto.GetSinkInfoListReply
	if err := c.RawRequest(&proto.GetSinkInfoList{}, &sinks); err != nil {
		c.Close()
		return nil, fmt.Errorf("asking the sound server for its outputs: %w", err)
	}
	if len(sinks) == 0 {
		c.Close()
		return nil, errors.New("asking the sound server for its outputs: it has none")
	}
	if want == "" {
		return r, nil
	}
	for _, s := range sinks {
		if s.SinkName == want {
			return r, nil
		}
	}
	c.Close()
	return nil, fmt.Errorf("choosing the output: the sound server has none named %q", want)
}

func (r *pulseRoute) close() { r.client.Close() }
func (r *pulseRoute) explain(error) error {
	return errors.New("the sound server answers but takes no stream: it has no usable output")
}

func (r *pulseRoute) latency() time.Duration { return pulseLatency }

// settle finds our stream by the process that made it, moves it to the sink asked for and says what that sink is.
func (r *pulseRoute) settle() (Info, error) {
	deadline := time.Now().Add(time.Second)
	for {
		var inputs proto.GetSinkInputInfoListReply
		if err := r.client.RawRequest(&proto.GetSinkInputInfoList{}, &inputs); err != nil {
			return Info{}, fmt.Errorf("looking for our stream: %w", err)
		}
		pid := strconv.Itoa(os.Getpid())
		for _, in := range inputs {
			if in.Properties["application.process.id"].String() == pid {
				r.input, r.sink = in.SinkInputIndex, in.SinkIndex
				return r.place()
			}
		}
		if time.Now().After(deadline) {
			return Info{}, errors.New("looking for our stream: the sound server does not have it")
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (r *pulseRoute) place() (Info, error) {
	info, err := r.describe()
	if err != nil || r.want == "" || info.Device == r.want {
		return info, err
	}
	move := &proto.MoveSinkInput{SinkInputIndex: r.input, DeviceIndex: proto.Undefined, DeviceName: r.want}
	if err := r.client.RawRequest(move, nil); err != nil {
		return Info{}, fmt.Errorf("moving the stream to %q: %w", r.want, err)
	}
	if _, err := r.where(); err != nil {
		return Info{}, err
	}
	return r.describe()
}

// where looks up the stream's sink and remembers it.
func (r *pulseRoute) where() (moved bool, err error) {
	var in proto.GetSinkInputInfoReply
	if err := r.client.RawRequest(&proto.GetSinkInputInfo{SinkInputIndex: r.input}, &in); err != nil {
		return false, fmt.Errorf("looking at our stream: %w", err)
	}
	moved = in.SinkIndex != r.sink
	r.sink = in.SinkIndex
	return moved, nil
}

func (r *pulseRoute) describe() (Info, error) {
	var sink proto.GetSinkInfoReply
	if err := r.client.RawRequest(&proto.GetSinkInfo{SinkIndex: r.sink}, &sink); err != nil {
		return Info{}, fmt.Errorf("looking at the output: %w", err)
	}
	info := Info{Device: sink.SinkName, Driver: "pulse", Output: "unproven"}
	if sink.Flags&sinkHardware != 0 {
		info.Output = "hardware"
	}
	return info, nil
}

// watch looks after the stream: a server that moves it (a card pulled out, a null sink put in its place) must not go
// unseen, and a stream that was killed is a lost device. A server that does not answer is left to the rate watchdog.
func (r *pulseRoute) watch(moved func(Info) error) error {
	tick := time.NewTicker(pulseWatchEvery)
	defer tick.Stop()
	for range tick.C {
		m, err := r.where()
		if errors.Is(err, proto.ErrNoSuchEntity) {
			return fmt.Errorf("the sound server dropped our stream: %w", err)
		}
		if err != nil || !m {
			continue
		}
		if r.want != "" {
			return fmt.Errorf("the sound server moved our stream away from %q", r.want)
		}
		info, err := r.describe()
		if err != nil {
			continue
		}
		if err := moved(info); err != nil {
			return err
		}
	}
	return nil
}

package shelf

import (
	"fmt"
	"strings"

	"loaxa/admin/api"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/audio/library"
)

// Wave is the shape of a clip as the path of an SVG element, and the address of what is played.
type Wave struct {
	Path     string // "" when the sound cannot be read
	Sound    string
	LengthMS int64
}

// waveBins is how fine the shape is drawn: a phone has half as many pixels, and a page is not made heavy by it.
const waveBins = 480

// wave draws a clip. A clip whose files are lost has its page all the same.
func (p *Pages) wave(c library.Clip) Wave {
	// The tag of what is played stands in the address: browsers keep it for ever, and a trim makes other sound.
	w := Wave{Sound: api.Prefix + "/clips/" + c.ID + "/played?v=" + c.CanonicalSHA256[:min(12, len(c.CanonicalSHA256))], LengthMS: c.DurationMS}
	low, high, err := p.station.Waveform(c.ID, waveBins)
	if err != nil || len(low) == 0 {
		return w
	}
	var b strings.Builder
	for i := range low {
		x := i * waveBins / len(low)
		fmt.Fprintf(&b, "M%d %dV%d", x, 128-int(high[i]), 129-int(low[i])) // a line of silence is one unit high
	}
	w.Path = b.String()
	return w
}

// TrimForm is what of a clip is to be kept, as text: of the sound as it is played now.
type TrimForm struct {
	From, Until string
	Offer       string // "lead", "trail", "both": where silence stands; "" when there is nothing to offer
	Lead, Trail string // seconds, in words
	Heard       string // hash of the sound that was cut up by ear
	Trimmed     bool   // it is cut already, and may be taken back whole
	Errors      map[string]string
}

// Silence of more than worthMS is offered to be cut, all but leaveMS of it: a voice that begins at once startles.
const (
	worthMS = 1500
	leaveMS = 400
)

// leastKept is how much of a clip must stay, as the library has it.
const leastKept = 1000

func trimForm(c library.Clip) TrimForm {
	f := TrimForm{Heard: c.CanonicalSHA256, Trimmed: c.Trim != nil, Lead: frame.SecondsText(c.LeadSilenceMS), Trail: frame.SecondsText(c.TrailSilenceMS)}
	from, until := int64(0), c.DurationMS
	if c.LeadSilenceMS > worthMS {
		from, f.Offer = c.LeadSilenceMS-leaveMS, "lead"
	}
	if c.TrailSilenceMS > worthMS {
		until -= c.TrailSilenceMS - leaveMS
		if f.Offer == "lead" {
			f.Offer = "both"
		} else {
			f.Offer = "trail"
		}
	}
	f.From, f.Until = frame.MomentText(from), frame.MomentText(until)
	return f
}

// postTrim cuts a clip. The times are of the sound as it was heard: of a clip that is cut already they begin where that begins.
func (p *Pages) postTrim(c *route.Call) (route.Reply, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, route.BadRequest("bad_form", err.Error())
	}
	id, f := c.Param("id"), c.Request.PostForm
	clip, err := p.station.Clip(c.Words, id)
	if err != nil {
		return nil, err
	}
	again := func(wrong map[string]string) func(*Clip) {
		return func(out *Clip) {
			out.Open = "trim"
			out.Trim.From, out.Trim.Until, out.Trim.Errors = f.Get("from"), f.Get("until"), wrong
		}
	}
	if f.Get("heard") != clip.CanonicalSHA256 {
		return p.clipRefused(c, id, library.ErrMeanwhile, open("trim"))
	}
	in := api.TrimRequest{EvenIfUsed: f.Get("even_if_used") != ""}
	if f.Get("whole") == "" {
		var wrong map[string]string
		if in, wrong = trimOf(clip.Clip, f.Get("from"), f.Get("until"), in); len(wrong) > 0 {
			for field, key := range wrong {
				wrong[field] = c.Words.T(key)
			}
			return p.clipRefused(c, id, route.BadRequest("invalid", ""), again(wrong))
		}
	}
	s, err := p.station.TrimClip(c, id, in)
	if err != nil {
		return p.clipRefused(c, id, err, again(nil))
	}
	return route.Redirect{To: "/clips/imports/" + s.ID}, nil
}

// trimOf is the part between two texts, in the times of the whole original; wrong names what cannot be, by field.
func trimOf(c library.Clip, from, until string, in api.TrimRequest) (_ api.TrimRequest, wrong map[string]string) {
	wrong = make(map[string]string)
	begin, ok := frame.ParseMoment(from)
	if !ok {
		wrong["from"] = "clip.trim.unread"
	}
	end, ok := frame.ParseMoment(until)
	switch {
	case !ok:
		wrong["until"] = "clip.trim.unread"
	case end <= begin:
		wrong["until"] = "clip.trim.empty"
	case begin >= c.DurationMS:
		wrong["from"] = "clip.trim.beyond"
	case min(end, c.DurationMS)-begin < leastKept:
		wrong["until"] = "clip.trim.short"
	}
	base := int64(0)
	if c.Trim != nil {
		base = c.Trim.FromMS
	}
	in.FromMS, in.UntilMS = base+begin, base+min(end, c.DurationMS)
	if c.Trim == nil && end >= c.DurationMS {
		in.UntilMS = 0 // to the end, which may be a fraction of a millisecond further
	}
	return in, wrong
}

package api

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"strings"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/intake"
	"loaxa/admin/route"
	"loaxa/audio/library"
	"loaxa/player/playlog/evidence"
)

// Limits of an upload. The library has its own on the file; this one keeps a stranger from filling the disk first.
const (
	uploadLimit = 512 << 20
	fieldLimit  = 4 << 10
	uploadTime  = 30 * time.Minute // the whole of an upload and its decoding
	maxUploads  = 2                // at once: each may put its whole size on the disk
	maxParts    = 100              // short texts of a form: a dozen fields, a tag or an upload in each of the others
	clipPage    = 50
)

type clipList struct {
	Clips []clipEntry `json:"clips"`
	Next  string      `json:"next"` // cursor of the next page; "" at the end
}

func (a *API) clipRoutes() []route.Route {
	list := described(read("/clips", "Clips, newest first.", a.listClips), nil, clipList{}, 0)
	list.Doc.Query = []route.Param{{Name: "cursor", About: "next of the page before"}, {Name: "limit", About: "1 to 500, default 50"},
		{Name: "state", About: "draft, submitted, approved or retired"}, {Name: "q", About: "words in title, source, letter, tags; accents do not matter"},
		{Name: "tag", About: "one of its tags, exactly"}, {Name: "expiring", About: "whose last day is past or at most so many days away"}}
	post := described(edit("POST", "/clips", "clip", "Import an audio file as a draft. An identical file gives the clip that is there, with 200.", a.postClip), nil, ClipAnswer{}, http.StatusCreated)
	post.MaxBody, post.Slow, post.Doc.Form = uploadLimit, true, true
	sound := read("/clips/:id/audio", "The original file, with ranges.", a.getAudio)
	sound.Slow, sound.Doc.Type = true, "audio/*"
	played := read("/clips/:id/played", "What is played: all of the original or the part that a trim keeps, as mono WAV with 48,000 samples a second; with ranges.", a.getPlayed)
	played.Slow, played.Phone, played.Doc.Type = true, true, "audio/wav" // a phone listens before it speaks
	return []route.Route{list, post, described(read("/clips/:id", "One clip.", a.getClip), nil, ClipAnswer{}, 0), sound, played}
}

func (a *API) listClips(c *route.Call) (route.Reply, error) {
	limit, err := c.Int("limit", clipPage, 1, 500)
	if err != nil {
		return nil, err
	}
	filter, err := a.filterOf(c)
	if err != nil {
		return nil, err
	}
	list, next, err := a.o.Library.Find(c.Query("cursor"), int(limit), filter.keepsClip)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(list))
	for i, clip := range list {
		ids[i] = clip.ID
	}
	out, uses := clipList{Clips: []clipEntry{}, Next: next}, usesOf(a.o.Input(), ids)
	for _, clip := range list {
		u := uses[clip.ID]
		out.Clips = append(out.Clips, clipEntry{Clip: clip, UseCount: u.lists + u.programmes, DaysLeft: daysLeft(clip, filter.now)})
	}
	return route.JSON{Value: out}, nil
}

func (a *API) getClip(c *route.Call) (route.Reply, error) {
	clip, err := a.o.Library.Get(c.Param("id"))
	return a.clipReply(c, clip, err)
}

// acted records an act with its result, also when it was refused.
func (a *API) acted(who account.Identity, what, object string, err error) {
	result := "done"
	if err != nil {
		result = "denied: " + err.Error()
	}
	a.Operator(who.Actor, evidence.Operator{What: what, Object: excerpt(object), Result: excerpt(result)})
}

// excerpt keeps what a stranger wrote short enough for a log that keeps it for ever.
func excerpt(s string) string {
	const most = 200 // characters
	if r := []rune(strings.ToValidUTF8(s, "\uFFFD")); len(r) > most {
		return string(r[:most]) + "…"
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

func (a *API) getAudio(c *route.Call) (route.Reply, error) {
	f, clip, err := a.o.Library.Original(c.Param("id"))
	if err != nil {
		return nil, err
	}
	return route.Content{File: f, Type: mediaType(f), ETag: `"` + clip.SHA256 + `"`, Modified: clip.ImportedAt}, nil
}

func (a *API) getPlayed(c *route.Call) (route.Reply, error) {
	f, clip, err := a.o.Library.Played(c.Param("id"))
	if err != nil {
		return nil, err
	}
	return route.Content{File: f, Type: "audio/wav", ETag: `"` + clip.CanonicalSHA256 + `"`}, nil
}

// mediaType tells the type of an original by its bytes. Anything but audio is sent as bytes, never as something that a
// browser would show.
func mediaType(f io.ReadSeeker) string {
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if _, seekErr := f.Seek(0, io.SeekStart); seekErr != nil || (err != nil && !errors.Is(err, io.ErrUnexpectedEOF)) {
		return "application/octet-stream"
	}
	if t := http.DetectContentType(head[:n]); strings.HasPrefix(t, "audio/") {
		return t
	}
	if n > 1 && head[0] == 0xff && head[1]&0xe0 == 0xe0 { // MP3 without an ID3 tag
		return "audio/mpeg"
	}
	return "application/octet-stream"
}

// arrival is a form as it came: its fields in any order, the file in a nameless temporary file.
type arrival struct {
	in   library.Import
	file *os.File
}

func (a *API) postClip(c *route.Call) (route.Reply, error) {
	select {
	case a.uploads <- struct{}{}:
		defer func() { <-a.uploads }()
	default:
		return nil, &route.Problem{Status: http.StatusServiceUnavailable, Code: "busy", Retry: 30 * time.Second, Detail: "other files are being imported"}
	}
	c.Extend(uploadTime)
	form, err := c.Request.MultipartReader()
	if err != nil {
		return nil, &route.Problem{Status: http.StatusUnsupportedMediaType, Code: "no_file", Detail: "the body is no multipart form: " + err.Error()}
	}
	u, err := a.receive(form)
	if u.file != nil {
		defer func() {
			if err := u.file.Close(); err != nil {
				a.o.Logger.Warn("closing an upload", "err", err)
			}
		}()
	}
	if err != nil {
		return nil, err
	}
	if u.file == nil {
		return nil, &route.Problem{Status: http.StatusUnprocessableEntity, Code: "no_file"}
	}
	u.in.Reader = u.file
	clip, existed, err := a.o.Library.Import(c.Request.Context(), c.Who.Actor, u.in, nil)
	if err != nil {
		return nil, err
	}
	status := http.StatusCreated
	if existed {
		status = http.StatusOK
	}
	return route.JSON{Status: status, Value: a.clipAnswer(c.Words, clip), Location: Prefix + "/clips/" + clip.ID}, nil
}

// receive takes the parts in whatever order they come. The file goes to the data disk, never into memory, and its name
// there is removed at once: whatever happens, nothing stays behind.
func (a *API) receive(form *multipart.Reader) (u arrival, err error) {
	u.in.Via = intake.ViaUpload
	return u, readForm(form, u.field, func(part *multipart.Part) (err error) {
		if u.file != nil {
			return route.BadRequest("bad_form", "file is given twice; send one file at a time")
		}
		u.in.Name = fileName(part)
		u.file, err = a.spool(part)
		return err
	})
}

// fileName is the last part of the name that came along: some browsers send the whole path.
func fileName(part *multipart.Part) string {
	return path.Base(strings.ReplaceAll(route.Typed(part.FileName()), `\`, "/"))
}

// readForm hands the parts of a form on as they come: files under the name file, everything else as a short text.
func readForm(form *multipart.Reader, field func(name, value string) error, file func(*multipart.Part) error) error {
	texts := 0
	for {
		part, err := route.NextPart(form)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the upload: %w", err)
		}
		if part.FormName() == "file" {
			if err := file(part); err != nil {
				return err
			}
			continue
		}
		if texts++; texts > maxParts { // tags stay in memory: half a gigabyte of them would end the station
			return route.BadRequest("bad_form", fmt.Sprintf("the form has more than %d fields", maxParts))
		}
		value, err := io.ReadAll(io.LimitReader(part, fieldLimit+1))
		if err != nil {
			return fmt.Errorf("reading the upload: %w", err)
		}
		if len(value) > fieldLimit {
			return &route.Problem{Status: http.StatusRequestEntityTooLarge, Code: "too_large", Detail: fmt.Sprintf("%s has more than %d bytes", part.FormName(), fieldLimit)}
		}
		if err := field(part.FormName(), route.Typed(string(value))); err != nil {
			return err
		}
	}
}

func (u *arrival) field(name, value string) error {
	switch name {
	case "title":
		u.in.Title = value
	case "source":
		u.in.Source = value
	case "tags":
		u.in.Tags = append(u.in.Tags, splitTags(value)...)
	default:
		return unknownField(name, []string{"file", "title", "tags", "source"})
	}
	return nil
}

func unknownField(name string, known []string) error {
	msg := "unknown field " + name + route.Suggest(name, known)
	return route.BadRequest("unknown_key", msg, route.Field{Field: name, Code: "unknown_key", Message: msg})
}

func splitTags(value string) (tags []string) {
	for tag := range strings.SplitSeq(value, ",") {
		if tag = strings.TrimSpace(tag); tag != "" {
			tags = append(tags, tag)
		}
	}
	return tags
}

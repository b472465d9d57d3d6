package law

import "regexp"

// room says what the packages of one room may import of this module. Test files keep the same law, and may also use
// what testsMayUse names.
type room struct {
	path string   // "a/b" is that package alone, "a/..." is a and all below it; an exact path goes first, then the longest
	may  []string // the same two forms
	why  string
}

var rooms = []room{
	{"cmd/...", []string{"..."}, "the only place that builds everything, by hand, in order"},
	{"cmd/verifier", []string{"player/playlog/offline"}, "runs in a stranger's browser: nothing goes in that the verdict does not need"},

	{"admin/...", adminMay, "people change rules and read plan and log; they reach the sound through the player's commands only"},
	{"admin/report/...", []string{"admin/report/...", "admin/locale", "schedule", "player/playlog", "player/playlog/evidence"},
		"a report puts plan records beside outcomes; it must come out the same on a machine without a player or a database of rules"},
	{"admin/page", adminMay, "the one place that knows all screens: it puts them together"},
	{"admin/page/frame", []string{"admin/account", "admin/api", "admin/locale", "admin/route", "admin/web", "player", "player/playlog/evidence"},
		"what every screen stands in knows none of them"},
	{"admin/page/airing", []string{"admin/page/frame", "admin/api", "admin/locale", "player", "player/playlog/evidence"},
		"a broadcast is told in the same words on every screen, whichever that is"},
	{"admin/page/...", screenMay,
		"a screen is read, changed and taken out alone; what two of them share belongs to the frame, or to airing"},
	{"admin/account", nil, "leaf: people and tokens know nothing of sound, so a fault there locks nobody out"},
	{"admin/locale", nil, "leaf: words"},

	{"player", []string{"player/...", "schedule", "schedule/clock", "audio", "audio/library"},
		"the player stays on air without admin and systemd; rules reach it as a function from the wiring, not as a database"},
	{"player/judge", []string{"schedule", "player/playlog/evidence"},
		"pure: what the sleep missed follows from plans and outcomes alone"},
	{"player/playlog", []string{"player/playlog/evidence"},
		"the proof stands alone: time, alarms and people are handed to it, and a change elsewhere cannot change what was recorded"},
	{"player/playlog/crash", []string{"player/playlog", "player/playlog/evidence"},
		"tests only: a small station of its own that is killed and cut off"},
	{"player/playlog/evidence", nil, "leaf: the verifier is built for other machines and for the browser"},
	{"player/playlog/offline", []string{"player/playlog/evidence"},
		"the page's verdict comes from the code that the command judges by, and is compiled for the browser with it"},
	{"player/playlog/offline/page", nil, "leaf: text and one file; the program carries the page and must not carry its core a second time"},
	{"player/speaker", []string{"audio"}, "the child process of the sound device carries nothing that could fail for another reason"},
	{"player/speaker/pulsetest", nil, "leaf: support for tests of any room"},
	{"player/alarm", nil, "leaf: every room may report trouble by callback"},
	{"player/amplifier", nil, "leaf: a relay knows on and off"},

	{"schedule", nil, "leaf and pure: plan = f(rules, time) is trusted because nothing else can get in"},
	{"schedule/clock", nil, "leaf: time comes before everything"},
	{"schedule/rulebook", []string{"schedule"}, "stores rules in the plan's own types"},

	{"audio", nil, "leaf: frames and sources"},
	{"audio/decode", []string{"audio"}, "foreign bytes are read in a child process that has nothing to lose"},
	{"audio/library", []string{"audio", "audio/decode"}, "clips are decoded once, at import"},
	{"audio/fetch", nil, "leaf: brings bytes in and does not look at them"},

	{"systemd/...", nil, "leaf: the station must run the same without systemd"},
}

var adminMay = []string{"admin/...", "schedule", "schedule/rulebook", "schedule/clock", "audio/library", "audio/fetch",
	"player", "player/alarm", "player/playlog", "player/playlog/evidence"}

var screenMay = []string{"admin/page/frame", "admin/page/airing", "admin/account", "admin/api", "admin/intake", "admin/locale",
	"admin/report/...", "admin/route", "schedule", "schedule/rulebook", "audio/library", "audio/fetch", "player", "player/alarm",
	"player/playlog/evidence"}

// testsMayUse is open to every room's test files. A test binary that imports clips is its own decoding child.
var testsMayUse = []string{"schedule/clock", "player/speaker/pulsetest", "audio/decode"}

// home says which packages alone may import something from outside the module.
type home struct {
	imports string // an import path or, ending in "/...", also all below it
	only    []string
	tests   bool // test files anywhere may, too
	why     string
}

var homes = []home{
	{"github.com/ebitengine/oto/...", []string{"player/speaker"}, false,
		"one context per process for ever: it belongs in the child process alone"},
	{"github.com/jfreymuth/pulse/...", []string{"player/speaker"}, false,
		"the sound server is spoken to where the device is held"},
	{"github.com/gin-gonic/gin/...", []string{"admin/..."}, false,
		"the web framework must not leak into what has to stay on air"},
	{"go.etcd.io/bbolt/...", []string{"schedule/rulebook", "audio/library", "admin/account", "player/playlog", "cmd/..."}, true,
		"each store has one owner who knows its buckets and migrations; the wiring opens the files"},
	{"github.com/robfig/cron/...", []string{"schedule"}, false,
		"its runner follows the wrong clock and its parser panics: one guarded use of its grammar"},
	{"github.com/hajimehoshi/go-mp3/...", []string{"audio/decode"}, false,
		"panics and allocates on damaged files: only in the limited child process"},
	{"github.com/xuri/excelize/...", []string{"admin/report/sheet"}, false,
		"it reads foreign workbooks, too, which nobody here does: one place that only writes them"},
	{"os/exec", []string{"audio/decode", "player/speaker", "player/speaker/pulsetest", "player/amplifier", "cmd/makepage", "cmd/loaxa/hook"}, true,
		"a program started anywhere else is one more thing that can hang or be abused; makepage runs at build time only, and hook runs what the administrator named in the configuration"},
	{"syscall/js", []string{"cmd/verifier"}, false, "everything else that the page uses also runs without a browser, in tests"},
	{"loaxa/player/speaker/pulsetest", nil, true, "it ends the process's test, never a station"},
	{"pgregory.net/rapid/...", nil, true, "for tests"},
	{"github.com/rogpeppe/go-internal/...", nil, true, "for tests"},
	{"github.com/chromedp/...", nil, true, "for tests"},
	{"testing", []string{"player/speaker/pulsetest"}, true, "for tests: it adds flags to the program that carries it"},
}

// exception lets one file do what the rule forbids elsewhere. One that nothing needs any more is itself a breach.
type exception struct{ file, why string }

// wallReads may read the time of day from the system. Elsewhere it comes from schedule/clock, which knows that the clock
// can be stepped and wrong. time.Now for elapsed time alone is harmless and is listed here, file by file.
var wallReads = []exception{
	{"player/speaker/pulsetest/steady.go", "elapsed: how late a thread is woken"},
	{"player/speaker/pulsetest/server.go", "elapsed: how long a test waits"},
	{"player/speaker/pulsetest/capture.go", "when a sample arrived is what it measures"},
	{"player/speaker/alsa.go", "elapsed: how long to look for the card's own substream"},
	{"player/speaker/pulse.go", "elapsed: how long to look for the stream at the sound server"},
	{"player/speaker/virtual.go", "elapsed: the virtual speaker takes frames by it"},
	{"player/speaker/child.go", "elapsed: CLOCK_MONOTONIC is shared by parent and child"},
	{"player/player.go", "elapsed: whether the loop still turns"},
	{"player/playlog/lock.go", "elapsed: how long to wait for the file's lock"},
	{"admin/server.go", "elapsed: how long a request took, and network deadlines"},
}

// wallHome is the one package that reads the wall clock without being listed.
const wallHome = "schedule/clock"

// goStatements may start a goroutine by itself. Elsewhere long-running parts are Run(ctx) error in one errgroup, so that
// none is forgotten at the end and none dies unseen.
var goStatements = []exception{
	{"player/speaker/pulsetest/steady.go", "runs one trial, which is waited for, and the metronome, ended by stop"},
	{"player/device.go", "opens the device; ends with the opening's context, and the broadcast waits for it"},
	{"player/feeder.go", "hands frames to one line; ended and waited for by stop"},
	{"player/items.go", "opens one clip ahead; ends with the opening, and closes what nobody takes"},
	{"player/speaker/line.go", "reads one child's words and follows it; ended and waited for by Close"},
	{"player/speaker/virtual.go", "paces one virtual line; ended and waited for by Close"},
	{"player/speaker/pulsetest/process.go", "reads a child's output and reaps it; ended by the child's end, which the test's cleanup brings about"},
}

// wallFunctions read the time of day, by import path.
var wallFunctions = map[string][]string{
	"time":                  {"Now", "Since", "Until"},
	"syscall":               {"Gettimeofday", "Time"},
	"golang.org/x/sys/unix": {"ClockGettime", "Gettimeofday", "Time"},
}

// emptyName is a package name that says nothing about what is inside.
var emptyName = regexp.MustCompile(`^(utils?|commons?|helpers?|models?|managers?)$`)

// maxLines is what a person reads in one sitting, with room to spare; aim for 300.
const maxLines = 400

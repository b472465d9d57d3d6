package admin

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"loaxa/admin/api"
)

// Somebody whose hands cannot hold a mouse comes by Tab to every control of every page, once and in the order of reading,
// sees where they are, opens what is closed, and gets out again.
func TestBrowserKeyboardReachesEveryControl(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	s.week(t)
	base, _ := s.start(t)
	addresses := s.walk(t)
	bothSizes(t, func(t *testing.T, width, height int64) {
		ctx := browserFor(t, width, height, 8*time.Minute)
		k := keys{t, ctx}
		through := func(address string) {
			must(t, chromedp.Do(ctx, chromedp.Navigate(base+address)))
			for _, fault := range k.walked(address == "/") {
				t.Errorf("%s: %s", address, fault)
			}
		}
		for _, door := range []string{"/", "/password", "/help"} { // signed out
			through(door)
		}
		link, err := s.accounts.NewLink("station")
		must(t, err)
		must(t, chromedp.Do(ctx, chromedp.Navigate(base+api.LinkPath(link))))
		for _, address := range addresses {
			through(address)
		}
	})
}

// The control: pages that keep the keyboard out, or in, are found by the same walk.
func TestBrowserKeyboardWalkFindsFaults(t *testing.T) {
	t.Parallel()
	ctx := browser(t, 360, 800)
	k := keys{t, ctx}
	for html, want := range map[string]string{
		`<button>a</button><button tabindex=-1>x</button><button>b</button>`:                                                             "no key leads to",
		`<button>a</button><div style="cursor:pointer">x</div><button>b</button>`:                                                        "no key leads to",
		`<button>a</button><button id=x>x</button><button>b</button><script>x.onkeydown=e=>e.preventDefault()</script>`:                  "trapped in",
		`<button>a</button><button tabindex=5>x</button><button>b</button>`:                                                              "comes after what stands behind it",
		`<button>a</button><a href="#" style="outline:none" id=x>x</a><button>b</button>`:                                                "does not show that it has the focus",
		`<button>a</button><details><summary id=x>x</summary>in</details><script>x.onclick=e=>e.preventDefault()</script>`:               "does not open by a key",
		`<button>a</button><div style="height:1px;overflow:hidden"><button style="position:fixed;left:-999px" id=x>x</button></div><p>b`: "outside of what is seen",
		`<div class=top style="position:fixed;inset:0 0 200px;background:#fff">t</div><button>a</button><button id=x>x</button><p>b`:     "lies under a bar",
	} {
		must(t, chromedp.Do(ctx, chromedp.Navigate("data:text/html,"+url.PathEscape(html))))
		if found := strings.Join(k.walked(true), "; "); !strings.Contains(found, want) {
			t.Errorf("in %s is found %q, want %q", html, found, want)
		}
	}
	must(t, chromedp.Do(ctx, chromedp.Navigate("data:text/html,"+url.PathEscape(`<button>a</button><style>input:focus{outline:2px solid}</style><input type=date><label><input type=radio name=r>1</label><label><input type=radio name=r>2</label><details><summary>s</summary><a href="#">l</a></details>`))))
	if found := k.walked(true); found != nil {
		t.Errorf("a good page is found faulty: %q", found)
	}
}

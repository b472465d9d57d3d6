package account

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// Whoever guesses waits longer each time, and only they do: the owner of the login comes in from elsewhere, and what is
// open already stays open.
func TestGuessingLocksOutTheGuesserOnly(t *testing.T) {
	f := newFixture(t)
	p, cookie := f.person(t, "lan", Operator)
	phone, _, err := f.RegisterPhone("user:lan", p.ID, "điện thoại")
	if err != nil {
		t.Fatal(err)
	}
	evil := From{Address: "192.168.1.66"}
	var last time.Duration
	grew := 0
	for range 40 {
		_, err := f.signIn(t, "lan", "wrong password", evil)
		var wait *WaitError
		switch {
		case errors.As(err, &wait):
			if wait.Wait > last {
				grew++
			}
			last = wait.Wait
			f.now = f.now.Add(wait.Wait)
		case !errors.Is(err, ErrCredentials):
			t.Fatalf("a wrong password gives %v", err)
		}
	}
	if grew < 3 || last < 5*time.Minute || last > longestWait {
		t.Errorf("the waits grew %d times, to %s", grew, last)
	}
	if _, err := f.signIn(t, "lan", "wrong password", evil); err == nil {
		t.Error("a wrong password opens")
	}
	var wait *WaitError
	if _, err := f.signIn(t, "lan", goodPassword, evil); !errors.As(err, &wait) {
		t.Errorf("from the guesser's address the right password is not delayed: %v", err)
	}
	if _, err := f.signIn(t, "lan", goodPassword, here); err != nil {
		t.Errorf("the owner is locked out: %v", err)
	}
	// Codes, too: neither can they be guessed on from there.
	if _, _, err := f.UseCode("ABCD-EFGH-JKLM", evil); !errors.As(err, &wait) {
		t.Errorf("codes may still be guessed: %v", err)
	}
	for range 1000 {
		if _, err := f.BySession(cookie); err != nil {
			t.Fatalf("a session that was open: %v", err)
		}
		if _, err := f.ByPhone(phone); err != nil {
			t.Fatalf("a registered phone: %v", err)
		}
		_, _ = f.ByPhone("wrong") // its failures count for nothing
	}
}

func TestBackoffIsBoundedAndForgives(t *testing.T) {
	now := time.Date(2026, 3, 5, 7, 0, 0, 0, time.UTC)
	b := NewBackoff(func() time.Time { return now }, 2, time.Minute, 4*time.Minute, 3)
	var waits []time.Duration
	for range 5 {
		b.Fail("a")
		waits = append(waits, b.Wait("a"))
	}
	if want := []time.Duration{0, time.Minute, 2 * time.Minute, 4 * time.Minute, 4 * time.Minute}; !slices.Equal(waits, want) {
		t.Errorf("waits %v, want %v", waits, want)
	}
	now = now.Add(-time.Minute)
	if b.Wait("a") != 0 {
		t.Error("a clock set back locks somebody out")
	}
	for _, k := range []string{"b", "c", "d", "e"} {
		now = now.Add(time.Second)
		b.Fail(k)
	}
	if len(b.tries) != 3 {
		t.Errorf("%d keys are kept, want 3", len(b.tries))
	}
	b.Fail("e")
	if b.Wait("e") == 0 {
		t.Error("the second failure costs nothing")
	}
	now = now.Add(forgiveAfter + time.Second)
	if b.Fail("e"); b.Wait("e") != 0 {
		t.Error("a failure of long ago still counts")
	}
}

// Nobody can push other people's sessions out by opening many of their own.
func TestSessionsOfOthersAreNotPushedOut(t *testing.T) {
	f := newFixture(t)
	_, mine := f.person(t, "lan", Operator)
	code, _, err := f.NewVisit("user:lan", "đoàn kiểm tra")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 * maxSessions {
		if _, _, err := f.UseCode(code, here); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.BySession(mine); err != nil {
		t.Errorf("a visitor's sessions pushed out somebody else's: %v", err)
	}
	if list, err := f.Sessions(""); err != nil || len(list) != maxSessions+1 {
		t.Errorf("%d sessions, %v", len(list), err)
	}
}

func TestSessionsAreListedAndEnded(t *testing.T) {
	f := newFixture(t)
	f.person(t, "quan-tri", Administrator)
	lan, cookie := f.person(t, "lan", Operator)
	if _, err := f.signIn(t, "lan", goodPassword, From{Address: "10.0.0.8", Agent: "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/128.0 <script>"}); err != nil {
		t.Fatal(err)
	}
	list, err := f.Sessions(lan.ID)
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	if s := list[0]; s.Browser != "Firefox, Windows" || s.Address != "10.0.0.8" || s.Kind != "password" || s.Name != "cán bộ lan" {
		t.Errorf("listed as %+v", s)
	}
	if list[1].Browser != "Chrome, Android" {
		t.Errorf("a phone is listed as %q", list[1].Browser)
	}
	who, err := f.BySession(cookie)
	if err != nil {
		t.Fatal(err)
	}
	all, err := f.Sessions("")
	if err != nil || len(all) != 3 {
		t.Fatalf("%d sessions in all, %v", len(all), err)
	}
	var boss string
	for _, s := range all {
		if s.Person != lan.ID {
			boss = s.ID
		}
	}
	if err := f.EndSessionOf(who, boss); !errors.Is(err, ErrNotFound) {
		t.Errorf("an operator ended the administrator's session: %v", err)
	}
	if err := f.EndSessionOf(Identity{Actor: "token:x", Name: "x", Role: Operator}, boss); !errors.Is(err, ErrNotFound) {
		t.Errorf("a token without a person ended a session: %v", err)
	}
	if err := f.EndSessionOf(who, list[0].ID); err != nil {
		t.Errorf("ending one's own other session: %v", err)
	}
	if err := f.EndSessionOf(Identity{Actor: "user:quan-tri", Role: Administrator}, who.Session); err != nil {
		t.Errorf("an administrator ending any: %v", err)
	}
	if _, err := f.BySession(cookie); !errors.Is(err, ErrUnknown) {
		t.Errorf("an ended session opens: %v", err)
	}
}

// The sealed sheet is the last way in: each code once, a new sheet voids the old one, none is stored.
func TestRecoverySheet(t *testing.T) {
	f := newFixture(t)
	boss, _ := f.person(t, "quan-tri", Administrator)
	old, _, err := f.NewRecovery("user:quan-tri")
	if err != nil {
		t.Fatal(err)
	}
	codes, sheet, err := f.NewRecovery("user:quan-tri")
	if err != nil || len(codes) != RecoveryCodes || sheet.Sheet != 2 {
		t.Fatalf("%v, %+v, %v", codes, sheet, err)
	}
	if _, _, err := f.UseCode(old[0], here); !errors.Is(err, ErrUnknown) {
		t.Errorf("a code of the old sheet opens: %v", err)
	}
	cookie, who, err := f.UseCode(strings.ToLower(codes[3]), here)
	if err != nil || who.Role != Administrator || who.Actor != "recovery:2-4" || !who.Link {
		t.Fatalf("%+v, %v", who, err)
	}
	if _, _, err := f.UseCode(codes[3], here); !errors.Is(err, ErrUnknown) {
		t.Errorf("a code opened twice: %v", err)
	}
	if sheet, err := f.Recovery(); err != nil || sheet.Left != RecoveryCodes-1 || sheet.Sheet != 2 {
		t.Errorf("the sheet is %+v, %v", sheet, err)
	}
	all := f.everything(t)
	for _, c := range codes {
		if bytes.Contains(all, []byte(c)) || bytes.Contains(all, []byte(plainCode(c))) {
			t.Errorf("code %s is in the database", c)
		}
		if strings.ContainsAny(c, "01OI") || len(c) != 19 {
			t.Errorf("code %s is not fit for paper", c)
		}
	}
	if _, _, err := f.MakeAdministrator(t.Context(), Identity{Actor: "user:x", Role: Administrator}, "quan-tri", "", "mưa rào mùa hạ", here); !errors.Is(err, ErrNeedsLink) {
		t.Errorf("somebody else's password was set without a sheet: %v", err)
	}
	fresh, as, err := f.MakeAdministrator(t.Context(), who, "quan-tri", "", "mưa rào mùa hạ", here)
	if err != nil || as.Person != boss.ID {
		t.Fatalf("%+v, %v", as, err)
	}
	if _, err := f.BySession(cookie); !errors.Is(err, ErrUnknown) {
		t.Errorf("the sheet's session lives on beside the person's: %v", err)
	}
	if _, err := f.BySession(fresh); err != nil {
		t.Error(err)
	}
	if _, err := f.signIn(t, "quan-tri", "mưa rào mùa hạ", here); err != nil {
		t.Errorf("the new password: %v", err)
	}
}

// The first administrator is made by the link; a slip of the pen makes nobody else one.
func TestFirstAdministrator(t *testing.T) {
	f := newFixture(t)
	if ready, err := f.HasAdministrator(); err != nil || ready {
		t.Fatalf("a fresh station has an administrator: %v", err)
	}
	link, err := f.NewLink("station")
	if err != nil {
		t.Fatal(err)
	}
	_, who, err := f.UseLink(link, here)
	if err != nil || !who.Link {
		t.Fatalf("%+v, %v", who, err)
	}
	if _, _, err := f.MakeAdministrator(t.Context(), who, "lan", "Lan", "12345678", here); err == nil {
		t.Error("a weak password was taken")
	}
	_, as, err := f.MakeAdministrator(t.Context(), who, "lan", "Lan", goodPassword, here)
	if err != nil || as.Actor != "user:lan" || as.Role != Administrator || as.Link {
		t.Fatalf("%+v, %v", as, err)
	}
	p, _ := f.person(t, "minh", Operator)
	if _, _, err := f.MakeAdministrator(t.Context(), who, "MINH", "x", goodPassword, here); !errors.Is(err, ErrLoginTaken) {
		t.Errorf("an operator's account became an administrator's: %v", err)
	}
	if p, err := f.Person(p.ID); err != nil || p.Role != Operator {
		t.Errorf("%+v, %v", p, err)
	}
}

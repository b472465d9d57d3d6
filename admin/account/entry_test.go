package account

import (
	"bytes"
	"errors"
	"fmt"
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

func TestVisitEndsWithItsDay(t *testing.T) {
	f := newFixture(t)
	code, v, err := f.NewVisit("user:a", "Đoàn kiểm tra")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.NewVisit("user:a", "đoàn kiểm tra"); !errors.Is(err, ErrNameTaken) {
		t.Errorf("two visitors of one name could not be told apart in the log: %v", err)
	}
	var cookies []string
	for range 2 { // phone and laptop
		cookie, who, err := f.UseCode(code, here)
		if err != nil || who.Role != Inspector || who.Actor != "visit:Đoàn kiểm tra" {
			t.Fatalf("%+v, %v", who, err)
		}
		cookies = append(cookies, cookie)
	}
	f.now = f.now.Add(visitLife - 6*time.Hour)
	late, _, err := f.UseCode(code, here)
	if err != nil {
		t.Fatal(err)
	}
	f.now = f.now.Add(6*time.Hour + time.Minute)
	for _, c := range append(cookies, late) {
		if _, err := f.BySession(c); !errors.Is(err, ErrUnknown) {
			t.Errorf("a visit outlived its day: %v", err)
		}
	}
	if _, _, err := f.UseCode(code, here); !errors.Is(err, ErrUnknown) {
		t.Errorf("the code outlived its day: %v", err)
	}
	code, v, err = f.NewVisit("user:a", "Đoàn kiểm tra")
	if err != nil {
		t.Fatal(err)
	}
	cookie, _, err := f.UseCode(code, here)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.RevokeVisit("user:b", v.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := f.BySession(cookie); !errors.Is(err, ErrUnknown) {
		t.Errorf("a revoked visit is open: %v", err)
	}
	f.now = f.now.AddDate(-3, 0, 0) // the clock was ahead when the next is made
	ahead := f.now.AddDate(3, 0, 0)
	f.now = ahead
	if code, _, err = f.NewVisit("user:a", "thanh tra"); err != nil {
		t.Fatal(err)
	}
	f.now = ahead.AddDate(-3, 0, 0)
	if _, _, err := f.UseCode(code, here); !errors.Is(err, ErrUnknown) {
		t.Errorf("a code made while the clock was years ahead would live for years: %v", err)
	}
}

func TestPhoneLife(t *testing.T) {
	f := newFixture(t)
	lan, _ := f.person(t, "lan", Operator)
	looks, _ := f.person(t, "thanh-tra", Inspector)
	if _, _, err := f.RegisterPhone("x", looks.ID, "máy"); err == nil {
		t.Error("an inspector's phone was registered for emergencies")
	}
	cookie, p, err := f.RegisterPhone("user:lan", lan.ID, "Máy trực")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.RegisterPhone("user:lan", lan.ID, "máy trực"); !errors.Is(err, ErrNameTaken) {
		t.Errorf("two phones of one name: %v", err)
	}
	for i := range maxPhones - 1 {
		if _, _, err := f.RegisterPhone("user:lan", lan.ID, fmt.Sprint("máy ", i)); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := f.RegisterPhone("user:lan", lan.ID, "thừa"); !errors.Is(err, ErrPhones) {
		t.Errorf("phones pile up: %v", err)
	}
	who, err := f.ByPhone(cookie)
	if want := (Identity{Actor: "phone:Máy trực", Name: "Máy trực", Role: Operator, Person: lan.ID, Phone: true}); err != nil || who != want {
		t.Errorf("%+v, %v", who, err)
	}
	if err := f.RevokePhone(Identity{Actor: "user:thanh-tra", Role: Inspector, Person: looks.ID}, p.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("somebody else ended the phone: %v", err)
	}
	f.now = f.now.Add(PhoneLife)
	if _, err := f.ByPhone(cookie); err != nil {
		t.Errorf("on its last day: %v", err)
	}
	f.now = f.now.Add(time.Minute)
	if _, err := f.ByPhone(cookie); !errors.Is(err, ErrUnknown) {
		t.Errorf("after 90 days: %v", err)
	}
	cookie, p, err = f.RegisterPhone("user:lan", lan.ID, "Máy trực")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.RevokePhone(Identity{Actor: "user:lan", Role: Operator, Person: lan.ID}, p.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := f.ByPhone(cookie); !errors.Is(err, ErrUnknown) {
		t.Errorf("a lost phone still speaks to the village: %v", err)
	}
}

// Whoever leaves must not come back by any way they opened, and the paper says what was closed.
func TestHandoverClosesEveryWay(t *testing.T) {
	f := newFixture(t)
	leaver, cookie := f.person(t, "lan", Administrator)
	next, nextCookie := f.person(t, "minh", Administrator)
	phone, _, err := f.RegisterPhone("user:lan", leaver.ID, "máy của lan")
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := f.CreateToken("user:lan", "bảng điện tử", Operator)
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := f.CreateToken("user:minh", "của minh", Operator)
	if err != nil {
		t.Fatal(err)
	}
	visit, _, err := f.NewVisit("user:lan", "người quen")
	if err != nil {
		t.Fatal(err)
	}
	guest, _, err := f.UseCode(visit, here)
	if err != nil {
		t.Fatal(err)
	}
	_, code, err := f.AddPerson("user:lan", "kế nhiệm", "x", Operator)
	if err != nil {
		t.Fatal(err)
	}
	f.records = nil
	h, err := f.Handover("user:minh", leaver.ID, next.ID)
	if err != nil {
		t.Fatal(err)
	}
	if c := h.Closed; h.ID != "h-1" || c.Sessions != 1 || c.Codes != 1 || fmt.Sprint(c.Phones, c.Tokens, c.Visits) != "[máy của lan] [bảng điện tử] [người quen]" {
		t.Errorf("%+v", h)
	}
	for name, try := range map[string]func() error{
		"session": func() error { _, err := f.BySession(cookie); return err },
		"phone":   func() error { _, err := f.ByPhone(phone); return err },
		"token":   func() error { _, err := f.ByToken(token); return err },
		"visitor": func() error { _, err := f.BySession(guest); return err },
		"visit":   func() error { _, _, err := f.UseCode(visit, here); return err },
		"code":    func() error { _, _, err := f.SetPassword(t.Context(), code, goodPassword, here); return err },
	} {
		if err := try(); !errors.Is(err, ErrUnknown) {
			t.Errorf("the leaver comes back by %s: %v", name, err)
		}
	}
	if _, err := f.signIn(t, "lan", goodPassword, From{Address: "x"}); !errors.Is(err, ErrCredentials) {
		t.Errorf("the leaver signs in: %v", err)
	}
	if _, err := f.BySession(nextCookie); err != nil {
		t.Errorf("the successor was put out as well: %v", err)
	}
	if _, err := f.ByToken(other); err != nil {
		t.Errorf("somebody else's token was closed: %v", err)
	}
	var whats []string
	for _, r := range f.records {
		whats = append(whats, r.what)
	}
	for _, want := range []string{"phone_revoke", "token_revoke", "visit_revoke", "person_close", "handover"} {
		if !slices.Contains(whats, want) {
			t.Errorf("%s is not on record: %v", want, whats)
		}
	}
	if again, err := f.HandoverOf("h-1"); err != nil || again.Leaver.Login != "lan" || again.Closed.Sessions != 1 {
		t.Errorf("printed again it is %+v, %v", again, err)
	}
	if _, err := f.Handover("user:minh", next.ID, next.ID); !errors.Is(err, ErrSamePerson) {
		t.Errorf("to oneself: %v", err)
	}
	// Nothing of it happens when it cannot be recorded.
	f.recorder = errors.New("outbox full")
	if _, _, err := f.ClosePerson("x", next.ID); err == nil {
		t.Error("closed without a record")
	}
	f.recorder = nil
	if _, err := f.BySession(nextCookie); err != nil {
		t.Errorf("half closed: %v", err)
	}
}

func TestPasswordsAndCodesAreNowhereStored(t *testing.T) {
	f := newFixture(t)
	_, code, err := f.AddPerson("station", "lan", "Lan", Operator)
	if err != nil {
		t.Fatal(err)
	}
	look := func(name, secret string) {
		t.Helper()
		var log strings.Builder
		for _, r := range f.records {
			log.WriteString(r.body)
		}
		if bytes.Contains(f.everything(t), []byte(secret)) || strings.Contains(log.String(), secret) {
			t.Errorf("%s is stored or in the log", name)
		}
	}
	look("the code", code)
	look("the plain code", plainCode(code))
	if _, _, err := f.SetPassword(t.Context(), code, goodPassword, here); err != nil {
		t.Fatal(err)
	}
	look("the password", goodPassword)
	var log strings.Builder
	for _, r := range f.records {
		log.WriteString(r.body)
	}
	if strings.Contains(log.String(), "argon2") {
		t.Error("the log holds the password's hash, for whoever gets an export to guess at")
	}
	if !bytes.Contains(f.everything(t), []byte("$argon2id$v=19$")) { // control
		t.Error("no hash was found: the search proves nothing")
	}
}

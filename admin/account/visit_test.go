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

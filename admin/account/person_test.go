package account

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

const goodPassword = "gà gáy sáng sớm"

var here = From{Address: "192.168.1.20", Agent: "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36"}

// person makes somebody who has chosen the password.
func (f *fixture) person(t *testing.T, login string, role Role) (Person, string) {
	t.Helper()
	p, code, err := f.AddPerson("station", login, "cán bộ "+login, role)
	if err != nil {
		t.Fatal(err)
	}
	cookie, _, err := f.SetPassword(t.Context(), code, goodPassword, here)
	if err != nil {
		t.Fatal(err)
	}
	return p, cookie
}

func (f *fixture) signIn(t *testing.T, login, password string, from From) (string, error) {
	t.Helper()
	cookie, _, err := f.SignIn(t.Context(), login, password, from)
	return cookie, err
}

// A new colleague gets a code, chooses a password with it once, and comes in with login and password from then on.
func TestPersonLife(t *testing.T) {
	f := newFixture(t)
	p, code, err := f.AddPerson("user:a", " Lan ", "Nguyễn Lan", Operator)
	if err != nil || p.ID != "p-1" || p.Login != "Lan" || p.HasPassword {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, err := f.signIn(t, "Lan", "", here); !errors.Is(err, ErrCredentials) {
		t.Errorf("signed in without any password: %v", err)
	}
	typed := " " + strings.ReplaceAll(strings.ToLower(code), "-", " ")
	cookie, who, err := f.SetPassword(t.Context(), typed, goodPassword, here)
	if err != nil || who.Actor != "user:Lan" || who.Name != "Nguyễn Lan" || who.Role != Operator || who.Person != "p-1" {
		t.Fatalf("%+v, %v", who, err)
	}
	if again, err := f.BySession(cookie); err != nil || again != who {
		t.Errorf("session of %+v, %v", again, err)
	}
	if _, _, err := f.SetPassword(t.Context(), code, "another pass phrase", here); !errors.Is(err, ErrUnknown) {
		t.Errorf("the code worked twice: %v", err)
	}
	// However the keyboard writes it: other case of the login, decomposed letters in the password.
	if _, err := f.signIn(t, "LÀN", "ga\u0300 ga\u0301y sa\u0301ng so\u031b\u0301m", here); err != nil {
		t.Errorf("typed on another keyboard: %v", err)
	}
	if _, err := f.signIn(t, "Lan", "Gà gáy sáng sớm", here); !errors.Is(err, ErrCredentials) {
		t.Errorf("a password in other case: %v", err)
	}
	if err := f.ChangePassword(t.Context(), who, "wrong one here", "mưa rào mùa hạ", here); !errors.Is(err, ErrCredentials) {
		t.Errorf("changed without the old password: %v", err)
	}
	if err := f.ChangePassword(t.Context(), who, goodPassword, "mưa rào mùa hạ", here); err != nil {
		t.Fatal(err)
	}
	if _, err := f.BySession(cookie); err != nil {
		t.Errorf("the session that changed the password ended: %v", err)
	}
	if list, err := f.Sessions("p-1"); err != nil || len(list) != 1 {
		t.Errorf("after the change there are sessions %+v, %v: whoever knew the old password is still in", list, err)
	}
	if _, err := f.signIn(t, "Lan", goodPassword, here); !errors.Is(err, ErrCredentials) {
		t.Errorf("the old password still opens: %v", err)
	}
	code, err = f.ResetPerson("user:a", "p-1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.BySession(cookie); !errors.Is(err, ErrUnknown) {
		t.Errorf("after a reset the old session lives on: %v", err)
	}
	if _, err := f.signIn(t, "Lan", "mưa rào mùa hạ", here); !errors.Is(err, ErrCredentials) {
		t.Errorf("after a reset the old password still opens: %v", err)
	}
	f.now = f.now.Add(codeLife + time.Minute)
	if _, _, err := f.SetPassword(t.Context(), code, goodPassword, here); !errors.Is(err, ErrUnknown) {
		t.Errorf("a code outlived its three days: %v", err)
	}
}

// The log names people by login: nobody may get one that somebody has or had, however it is written.
func TestLoginIsGivenOnce(t *testing.T) {
	f := newFixture(t)
	f.person(t, "Đức", Administrator)
	second, _ := f.person(t, "minh", Operator)
	if _, _, err := f.ClosePerson("user:Đức", second.ID); err != nil {
		t.Fatal(err)
	}
	for _, login := range []string{"Đức", "duc", "DUC", " ĐỨC ", "đu\u0301c", "Minh", "mình"} {
		if _, _, err := f.AddPerson("user:Đức", login, "x", Operator); !errors.Is(err, ErrLoginTaken) {
			t.Errorf("login %q: %v", login, err)
		}
	}
	for _, login := range []string{"", "a:b", "a\u202eb", "x\ny", strings.Repeat("x", MaxName+1), "Quản Trị Viên", "quan tri vien"} {
		var in *InputError
		if _, _, err := f.AddPerson("user:Đức", login, "x", Operator); !errors.As(err, &in) || in.Field != "login" {
			t.Errorf("login %q: %v", login, err)
		}
	}
	if people, err := f.People(); err != nil || len(people) != 2 || people[1].Open() || people[1].ClosedBy != "user:Đức" {
		t.Errorf("closed people are no longer listed: %+v, %v", people, err)
	}
}

func TestWeakPasswordsAreRefused(t *testing.T) {
	f := newFixture(t)
	_, code, err := f.AddPerson("station", "truyenthanh2", "x", Operator)
	if err != nil {
		t.Fatal(err)
	}
	for password, want := range map[string]string{
		"": "short", "bảy ký": "short", strings.Repeat("ừ", 100): "long", "\xff\xff\xff\xff\xff\xff\xff\xff\xff": "letters",
		"TruyềnThanh2": "login", "12345678": "common", "Mật Khẩu": "common", "ANHYEUEM": "common", "aaaaaaaaaaaa": "common", "passw0rd": "common",
	} {
		var in *InputError
		_, _, err := f.SetPassword(t.Context(), code, password, here)
		if !errors.As(err, &in) || in.Code != "password_"+want {
			t.Errorf("password %q: %v, want %s", password, err, want)
		}
	}
	if _, _, err := f.SetPassword(t.Context(), code, "tám ký t", here); err != nil {
		t.Errorf("a refused password spent the code, or eight characters are too few: %v", err)
	}
}

// A station without an administrator could be helped only at its console.
func TestLastAdministratorStays(t *testing.T) {
	f := newFixture(t)
	boss, _ := f.person(t, "quan-tri", Administrator)
	if _, err := f.EditPerson("x", boss.ID, "y", Operator); !errors.Is(err, ErrLastAdministrator) {
		t.Errorf("demoted: %v", err)
	}
	if _, _, err := f.ClosePerson("x", boss.ID); !errors.Is(err, ErrLastAdministrator) {
		t.Errorf("closed: %v", err)
	}
	next, _ := f.person(t, "lan", Operator)
	if _, err := f.Handover("x", boss.ID, next.ID); !errors.Is(err, ErrLastAdministrator) {
		t.Errorf("handed over to somebody who is none: %v", err)
	}
	if _, err := f.EditPerson("x", next.ID, next.Name, Administrator); err != nil {
		t.Fatal(err)
	}
	if _, err := f.EditPerson("x", boss.ID, "y", Operator); err != nil {
		t.Errorf("with a second administrator: %v", err)
	}
}

// Roles and closed accounts must count at once, not when the session ends some day.
func TestRoleAndClosingCountAtOnce(t *testing.T) {
	f := newFixture(t)
	f.person(t, "quan-tri", Administrator)
	p, cookie := f.person(t, "lan", Approver)
	phone, _, err := f.RegisterPhone("user:lan", p.ID, "điện thoại")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.EditPerson("x", p.ID, "Lan mới", Operator); err != nil {
		t.Fatal(err)
	}
	if who, err := f.BySession(cookie); err != nil || who.Role != Operator || who.Name != "Lan mới" {
		t.Errorf("after the change the session is %+v, %v", who, err)
	}
	if who, err := f.ByPhone(phone); err != nil || who.Role != Operator || !who.Phone {
		t.Errorf("after the change the phone is %+v, %v", who, err)
	}
	if _, err := f.EditPerson("x", p.ID, "Lan mới", Inspector); err != nil {
		t.Fatal(err)
	}
	if _, err := f.ByPhone(phone); !errors.Is(err, ErrUnknown) {
		t.Errorf("an inspector's phone may still speak to the village: %v", err)
	}
	if _, _, err := f.ClosePerson("x", p.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := f.BySession(cookie); !errors.Is(err, ErrUnknown) {
		t.Errorf("a closed account's session is open: %v", err)
	}
	if _, err := f.signIn(t, "lan", goodPassword, here); !errors.Is(err, ErrCredentials) {
		t.Errorf("a closed account signs in: %v", err)
	}
}

// Memory and processor belong to the sound: passwords wait for one another, and a flood is sent away.
func TestDerivationsAreBounded(t *testing.T) {
	f := newFixture(t)
	f.hasher.turn <- struct{}{} // somebody's password is being derived
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, mostWaiting)
	address := func(i int) From { return From{Address: string(rune('a' + i))} }
	for i := range mostWaiting {
		go func() { _, _, err := f.SignIn(ctx, "x", "y", address(i)); done <- err }()
	}
	waiting := func() int { f.hasher.mu.Lock(); defer f.hasher.mu.Unlock(); return len(f.hasher.waiting) }
	for end := time.Now().Add(10 * time.Second); waiting() < mostWaiting; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("they do not wait")
		}
	}
	if _, err := f.signIn(t, "x", "y", From{Address: "z"}); !errors.Is(err, ErrBusy) {
		t.Errorf("one more is not sent away: %v", err)
	}
	cancel()
	for range mostWaiting {
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("who went away still waits: %v", err)
		}
	}
	f.hasher.waiting[here.Address] = true
	if _, err := f.signIn(t, "x", "y", here); !errors.Is(err, ErrBusy) {
		t.Errorf("one address takes two places: %v", err)
	}
	delete(f.hasher.waiting, here.Address)
	<-f.hasher.turn
	if _, err := f.signIn(t, "x", "y", here); !errors.Is(err, ErrCredentials) {
		t.Errorf("afterwards: %v", err)
	}
}

// A login that nobody has must not be told from a wrong password, by what is said or by how long it takes.
func TestUnknownLoginsCostTheSame(t *testing.T) {
	f := newFixture(t)
	f.person(t, "lan", Operator)
	for _, login := range []string{"lan", "nobody", ""} {
		if _, err := f.signIn(t, login, "not the password", From{Address: login}); !errors.Is(err, ErrCredentials) || strings.Contains(err.Error(), "no such") {
			t.Errorf("login %q: %v", login, err)
		}
	}
	c, _, sum, err := parsePHC(f.hasher.dummy)
	if err != nil || c != f.hasher.cost || len(sum) != hashBytes {
		t.Errorf("the stand-in for unknown logins costs %+v with %d bytes, %v", c, len(sum), err)
	}
	for _, bad := range []string{"", "x", "$argon2i$v=19$m=64,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", "$argon2id$v=19$m=99999999,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=64,t=0,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", "$argon2id$v=19$m=64,t=1,p=1$AA$AA"} {
		if _, _, _, err := parsePHC(bad); err == nil {
			t.Errorf("hash %q was read", bad)
		}
	}
}

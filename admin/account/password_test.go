package account

import (
	"errors"
	"testing"
)

// Whatever is typed as a password, a weak one is refused in words and nothing falls over.
func TestNothingTypedIsAPassword(t *testing.T) {
	for password, want := range map[string]string{
		"":         "password_short",
		"1234567":  "password_short",
		"        ": "password_common", // eight spaces
		"\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301": "password_common", // accents without a letter
		"ẶẶẶẶẶẶẶẶ":                                         "password_common",
		"đài-truyền-thanh":                                 "password_login",
		"\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8":                 "password_letters",
	} {
		_, err := cleanPassword(password, "dai-truyen-thanh")
		var in *InputError
		if !errors.As(err, &in) || in.Code != want {
			t.Errorf("%q: %v, want %s", password, err, want)
		}
	}
	if _, err := cleanPassword("loa xã buổi sớm", "dai-truyen-thanh"); err != nil {
		t.Errorf("a good one: %v", err)
	}
}

package route

import "testing"

// What prints broken, does not show or turns a line around must not come further than the form.
func TestTyped(t *testing.T) {
	for in, want := range map[string]string{
		"":                                 "",
		"Cảnh báo lừa đảo 100 %\r\nhai":    "Cảnh báo lừa đảo 100 %\r\nhai",
		"Ca\u0309nh ba\u0301o":             "Cảnh báo",
		"a\u200b\u0309":                    "ả",
		"tin\xff\xfebáo":                   "tin\ufffdbáo",
		"tin\x00\x1b[31m\u0085 báo":        "tin[31m báo",
		"x\u202etxt.exe\u2066\u200f\ufeff": "xtxt.exe",
	} {
		if got := Typed(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

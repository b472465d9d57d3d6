package library

import (
	"errors"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// A title is printed in reports: one that breaks a line, turns text around or is decomposed would spoil them.
func TestWhatPeopleWriteIsCleaned(t *testing.T) {
	for name, test := range map[string]struct{ in, want string }{
		"decomposed Vietnamese": {norm.NFD.String("Cảnh báo lừa đảo"), "Cảnh báo lừa đảo"},
		"line breaks and tabs":  {" Cảnh\r\nbáo\t OTP ", "Cảnh báo OTP"},
		"escape sequences":      {"a\x1b[31mb\x00", "a[31mb"},
		"text turned around":    {"abc\u202egpj.exe", "abcgpj.exe"},
		"invisible":             {"\ufeffO\u200bTP", "OTP"},
		"no text at all":        {"\x01\u200b ", ""},
		"hidden in a letter":    {"A\u200b\u0300", "À"},
		"not UTF-8":             {"a\xffb", "a\ufffdb"},
	} {
		if got := clean(test.in); got != test.want {
			t.Errorf("%s: %q became %q, want %q", name, test.in, got, test.want)
		}
	}
}

func TestCleanedTextStaysAsItIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once := clean(rapid.String().Draw(t, "text"))
		if twice := clean(once); twice != once {
			t.Fatalf("%q becomes %q when cleaned again", once, twice)
		}
		if i := strings.IndexFunc(once, unicode.IsControl); i >= 0 || !norm.NFC.IsNormalString(once) {
			t.Fatalf("%q is not clean", once)
		}
	})
}

func TestTitleFromTheFileName(t *testing.T) {
	for name, want := range map[string]string{
		"Cảnh_báo OTP.mp3":            "Cảnh báo OTP",
		`C:\Loa xã\Tin sáng.wav`:      "Tin sáng",
		"../../etc/passwd":            "passwd",
		"":                            "",
		strings.Repeat("ê", 300) + "": strings.Repeat("ê", 200),
	} {
		c, err := draftOf(Import{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		if got := titleOf("", c.OriginalName); got != want {
			t.Errorf("%q gives the title %q; want %q", name, got, want)
		}
	}
}

func TestTooMuchTextIsRefusedByField(t *testing.T) {
	for field, in := range map[string]Import{
		"title":  {Title: strings.Repeat("a", 201)},
		"source": {Source: strings.Repeat("a", 501)},
		"tags":   {Tags: []string{strings.Repeat("a", 61)}},
	} {
		var wrong *InputError
		if _, err := draftOf(in); !errors.As(err, &wrong) || wrong.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	many := make([]string, 31)
	for i := range many {
		many[i] = strings.Repeat("a", i+1)
	}
	if _, err := draftOf(Import{Tags: many}); err == nil {
		t.Error("31 tags were taken")
	}
	if c, err := draftOf(Import{Tags: []string{"otp", " otp ", "", "vay"}}); err != nil || strings.Join(c.Tags, ",") != "otp,vay" {
		t.Errorf("tags %v, %v", c.Tags, err)
	}
}

// Files say of themselves what a recorder or an old program wrote there: a title is taken only when it says more than
// the file's name.
func TestTitleFromTheFileItself(t *testing.T) {
	for tag, want := range map[string]string{
		"Cảnh báo giả danh công an":         "Cảnh báo giả danh công an",
		norm.NFD.String("Không đưa mã OTP"): "Không đưa mã OTP",
		" Tin\nsáng ":                       "Tin sáng",
		"Số 5":                              "Số 5",
		"Track of the week":                 "Track of the week",
		"":                                  "tên tệp",
		"12":                                "tên tệp",
		"Track 01":                          "tên tệp",
		"Audio Track":                       "tên tệp",
		"New Recording 3":                   "tên tệp",
		"Ghi âm 12":                         "tên tệp",
		"unknown title":                     "tên tệp",
		"C¶nh b¸o lõa ®¶o":                  "tên tệp", // TCVN3 read as Latin-1
		"C?nh b\ufffdo":                     "tên tệp",
		"https://example.com":               "tên tệp",
		strings.Repeat("a", 201):            "tên tệp",
		"\u202e\u200b":                      "tên tệp",
	} {
		if got := titleOf(tag, "tên_tệp.mp3"); got != want {
			t.Errorf("the tag %q gives the title %q, want %q", tag, got, want)
		}
	}
}

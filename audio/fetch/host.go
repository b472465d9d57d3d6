package fetch

import (
	"net/netip"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// asciiHost gives a host as it is asked for: lower case, IDN in its ASCII form, no final dot.
func asciiHost(host string) (string, *Refusal) {
	host = strings.TrimSuffix(host, ".")
	if a, err := netip.ParseAddr(host); err == nil {
		if a.Zone() != "" {
			return "", refuse(CodeBadLink, "address %s has a zone", host)
		}
		return a.String(), nil
	}
	ascii, err := idna.Lookup.ToASCII(host)
	if err != nil || ascii == "" {
		return "", refuse(CodeBadLink, "host %q: %v", host, err)
	}
	// 2130706433 and 0x7f.1 are addresses to some programs and names to others; nobody shares a file that way.
	last := ascii[strings.LastIndexByte(ascii, '.')+1:]
	if strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") {
		return "", refuse(CodeBadLink, "host %q is a number", host)
	}
	return strings.ToLower(ascii), nil
}

// shownHost is a host for the eye: "đài.vn (xn--i-rfa0m.vn)" where the forms differ. Only letters of the Vietnamese
// alphabet are trusted to look like what they are: for others the ASCII form goes first.
func shownHost(ascii string) string {
	u := unicodeHost(ascii)
	switch {
	case u == ascii:
		return ascii
	case lookAlike(ascii):
		return ascii + " (" + u + ")"
	default:
		return u + " (" + ascii + ")"
	}
}

func unicodeHost(ascii string) string {
	u, err := idna.Display.ToUnicode(ascii)
	if err != nil || strings.ContainsFunc(u, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return ascii
	}
	return u
}

func isIDN(ascii string) bool { return strings.Contains("."+ascii, ".xn--") }

// vietnamese are the letters outside ASCII, in lower case and composed, as IDNA normalises them.
const vietnamese = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"

// lookAlike says whether a host has letters that a Vietnamese reader may take for others. A host that cannot be turned
// back into Unicode may hold anything.
func lookAlike(ascii string) bool {
	if !isIDN(ascii) {
		return false
	}
	u, err := idna.Display.ToUnicode(ascii)
	if err != nil {
		return true
	}
	return strings.ContainsFunc(u, func(r rune) bool { return r > unicode.MaxASCII && !strings.ContainsRune(vietnamese, r) })
}

// below says whether host is domain or stands below it.
func below(host, domain string) bool { return host == domain || strings.HasSuffix(host, "."+domain) }

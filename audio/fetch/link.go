package fetch

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of links, in bytes. What people paste is short; what services redirect to carries signatures.
const (
	maxPasted = 4 << 10
	maxURL    = 16 << 10
)

// repair gives the link in a pasted text. Letters print long links over two lines or with a stray space, messengers put
// words around them, and word processors hide characters of no width in them.
func repair(pasted string) (string, *Refusal) {
	if len(pasted) > maxPasted || !utf8.ValidString(pasted) {
		return "", refuse(CodeBadLink, "%d bytes, or not UTF-8", len(pasted))
	}
	text := strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, pasted))
	rest, scheme := text, "https://"
	if at, s, end := findScheme(text); at >= 0 {
		rest, scheme = text[end:], s
	} else if !bareLink(text) {
		return "", refuse(CodeBadLink, "no https:// in %q", text)
	}
	words := strings.Fields(rest)
	if len(words) == 0 {
		return "", refuse(CodeBadLink, "nothing after %s", scheme)
	}
	link := words[0]
	for i, word := range words[1:] {
		if closed(link) || !continues(link, word, i == len(words)-2) {
			break
		}
		link += word
	}
	return scheme + trimEnd(link), nil
}

// findScheme finds "https://" or "http://", also with spaces inside, and gives where it begins and ends.
func findScheme(text string) (at int, scheme string, end int) {
	lower := strings.ToLower(text)
	if len(lower) != len(text) {
		lower = text // a letter whose small form has another length: not worth the trouble
	}
	for from := 0; ; {
		i := strings.Index(lower[from:], "http")
		if i < 0 {
			return -1, "", 0
		}
		at, from = from+i, from+i+4
		rest := lower[from:]
		scheme = "http://"
		if r := strings.TrimLeft(rest, " "); strings.HasPrefix(r, "s") {
			rest, scheme = r[1:], "https://"
		}
		for _, part := range []string{":", "/", "/"} {
			r := strings.TrimLeft(rest, " ")
			if !strings.HasPrefix(r, part) {
				rest = ""
				break
			}
			rest = r[1:]
		}
		if rest != "" {
			return at, scheme, len(text) - len(rest)
		}
	}
}

// bareLink says whether a text without a scheme is a link all the same, such as "bit.ly/abc".
func bareLink(text string) bool {
	if strings.Contains(text, "://") {
		return false // of another scheme
	}
	host, _, _ := strings.Cut(text, "/")
	host, _, _ = strings.Cut(host, "?")
	dot := strings.LastIndexByte(host, '.')
	return dot > 0 && len(host)-dot > 2 && !strings.ContainsAny(host, " @\\:") && strings.Contains(text, "/")
}

// closed says whether a link has certainly ended: by a bracket or a sentence's mark.
func closed(link string) bool { return strings.ContainsAny(link[len(link)-1:], `,;!)]}>"'`) }

// continues says whether a word after a space belongs to the link before it. It does when one of them ends or begins as
// only a part of a link does, or when it is all that follows a short link: "https://bom.so/ab cd".
func continues(link, word string, last bool) bool {
	if strings.ContainsFunc(word, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-._~:/?#[]@!$&'()*+,;=%", r)
	}) || strings.Contains(word, "://") {
		return false
	}
	if strings.ContainsAny(link[len(link)-1:], "/-_=&?%~+#") || strings.ContainsAny(word[:1], "/-_=&?%~+#.") {
		return true
	}
	host, path, hasPath := strings.Cut(link, "/")
	if !hasPath {
		// "https://bom. so/abc", "https://drive. google.com/…"
		return strings.HasSuffix(host, ".") || !strings.Contains(host, ".")
	}
	return last && len(path) <= 12 && !strings.ContainsAny(path, "/?") && !strings.ContainsAny(word, "/:?@()")
}

// trimEnd takes off what a sentence puts after a link. A closing bracket belongs to the link if it was opened there.
func trimEnd(link string) string {
	for link != "" {
		r, n := utf8.DecodeLastRuneInString(link)
		switch {
		case strings.ContainsRune(`.,;:!?"'<>”’»…`, r):
		case r == ')' && strings.Count(link, "(") < strings.Count(link, ")"):
		case r == ']' && strings.Count(link, "[") < strings.Count(link, "]"):
		case r == '}' && strings.Count(link, "{") < strings.Count(link, "}"):
		default:
			return link
		}
		link = link[:len(link)-n]
	}
	return link
}

// address checks a link or the target of a redirect, and gives it in the form in which it is asked for.
func (f *Fetcher) address(raw string) (*url.URL, *Refusal) {
	if len(raw) > maxURL {
		return nil, refuse(CodeBadLink, "%d bytes", len(raw))
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, refuse(CodeBadLink, "%v", err)
	}
	if u.User != nil {
		return nil, refuse(CodeCredentials, "for %s", u.Hostname())
	}
	switch {
	case u.Scheme == "http" && !f.o.AllowHTTP:
		return nil, refuse(CodeNotHTTPS, "%s", u.Hostname())
	case u.Scheme != "https" && u.Scheme != "http", u.Opaque != "", u.Hostname() == "":
		return nil, refuse(CodeBadLink, "%q is not an https link", clip(raw, 200))
	}
	host, refusal := asciiHost(u.Hostname())
	if refusal != nil {
		return nil, refusal
	}
	port, refusal := f.port(u)
	if refusal != nil {
		return nil, refusal
	}
	u.Host = host
	if port != "" {
		u.Host = net.JoinHostPort(host, port)
	} else if a, err := netip.ParseAddr(host); err == nil && a.Is6() {
		u.Host = "[" + host + "]"
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

// port checks the port and gives it, or "" for the scheme's own.
func (f *Fetcher) port(u *url.URL) (string, *Refusal) {
	own := map[string]string{"https": "443", "http": "80"}[u.Scheme]
	port := u.Port()
	if port == "" || port == own {
		return "", nil
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || !slices.Contains(f.o.AllowPorts, uint16(n)) {
		return "", refuse(CodePort, "%s of %s", clip(port, 20), u.Hostname())
	}
	return port, nil
}

// clip shortens what goes into a log line.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}

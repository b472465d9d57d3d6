// Package page is the verifier page: one HTML file that needs nothing but a browser. Assemble puts it together from the
// parts beside this file, Go's own loader and the core; `make build` does that and leaves the result in made/, from
// where the program carries it.
package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// FileName is what the page is called when it is handed on.
const FileName = "doi-chieu.html"

// MadeDir is the folder, below this package's, that `make build` writes the page to. It is otherwise empty, so that the
// program also builds without the page.
const MadeDir = "made"

// ErrNotMade says that this program was built without the page.
var ErrNotMade = errors.New("this program was built without the verifier page")

//go:embed template.html page.css engine.js words.js result.js page.js
var parts embed.FS

//go:embed made
var made embed.FS

// Made is the page that this program carries.
func Made() ([]byte, error) {
	b, err := made.ReadFile(MadeDir + "/" + FileName)
	if err != nil {
		return nil, ErrNotMade
	}
	return b, nil
}

// policy is the page's content security policy: these very scripts and this very style, no connection to anywhere.
// 'wasm-unsafe-eval' lets WebAssembly run and nothing else; browsers that do not know it (Chrome before 97) would need
// 'unsafe-eval', which lets text become script: they are refused instead, and the page says so.
const policy = "default-src 'none'; script-src %s 'wasm-unsafe-eval'; style-src %s; worker-src blob:; img-src data:; " +
	"connect-src 'none'; base-uri 'none'; form-action 'none'"

// Assemble makes the page of core, the verifier as WebAssembly, and exec, the loader that comes with the Go that built
// it. The same input gives the same bytes.
func Assemble(core, exec []byte) ([]byte, error) {
	text := map[string]string{"exec": string(exec)}
	for name, files := range map[string][]string{"template": {"template.html"}, "style": {"page.css"}, "engine": {"engine.js"},
		"script": {"words.js", "result.js", "page.js"}} {
		for _, f := range files {
			b, err := parts.ReadFile(f)
			if err != nil {
				return nil, fmt.Errorf("assembling the verifier page: %w", err)
			}
			text[name] += string(b)
		}
	}
	for _, name := range []string{"exec", "engine", "script", "style"} {
		if low := strings.ToLower(text[name]); strings.Contains(low, "</script") || strings.Contains(low, "</style") || strings.Contains(low, "<!--") {
			return nil, fmt.Errorf("assembling the verifier page: %s would end its own element", name)
		}
	}
	packed, err := pack(core)
	if err != nil {
		return nil, fmt.Errorf("assembling the verifier page: %w", err)
	}
	scripts := strings.Join([]string{source(text["exec"]), source(text["engine"]), source(text["script"])}, " ")
	out := strings.NewReplacer("@policy@", fmt.Sprintf(policy, scripts, source(text["style"])), "@hash@", Hash(core), "@style@", text["style"],
		"@core@", packed, "@exec@", text["exec"], "@engine@", text["engine"], "@script@", text["script"]).Replace(text["template"])
	return []byte(out), nil
}

// source names a text in a content security policy.
func source(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func pack(core []byte) (string, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := z.Write(core); err != nil {
		return "", err
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(b.Bytes()), nil
}

// Hash is the SHA-256 in hex, as people compare it.
func Hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// CoreHash is the SHA-256 of the core that a page states; "" when it is no such page.
func CoreHash(html []byte) string {
	_, rest, _ := bytes.Cut(html, []byte(`<meta name="loaxa-core-sha256" content="`))
	hash, _, _ := bytes.Cut(rest, []byte(`"`))
	if len(hash) != 2*sha256.Size {
		return ""
	}
	return string(hash)
}

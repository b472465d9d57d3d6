//go:build js && wasm

// Command verifier is the core of the verifier page: offline.Check as a function of the browser. It runs in a worker
// of the page, or in the page itself where there are no workers.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"syscall/js"

	"loaxa/player/playlog/offline"
)

func main() {
	js.Global().Set("loaxaCheck", js.FuncOf(check))
	js.Global().Set("loaxaHash", js.FuncOf(hash))
	select {} // the functions are called until the page is closed
}

// request is what the page passes beside the files' bytes.
type request struct {
	Names       []string `json:"names"`
	Keys        string   `json:"keys"`
	Checkpoints string   `json:"checkpoints"`
}

// check takes a request as JSON and an array of Uint8Array, one a file, and returns an offline.Answer as JSON, or
// {"panic": …}. A value that is thrown would leave the caller without an answer.
func check(_ js.Value, args []js.Value) (out any) {
	defer func() {
		if p := recover(); p != nil {
			out = failure(fmt.Sprint(p))
		}
	}()
	var r request
	if err := json.Unmarshal([]byte(args[0].String()), &r); err != nil {
		return failure(err.Error())
	}
	b := offline.Brought{Keys: r.Keys, Checkpoints: r.Checkpoints}
	for i, name := range r.Names {
		a := array{args[1].Index(i)}
		b.Files = append(b.Files, offline.Offer{Name: name, Size: int64(a.Get("length").Int()), Data: a})
	}
	text, err := json.Marshal(offline.Check(b))
	if err != nil {
		return failure(err.Error())
	}
	return string(text)
}

func failure(what string) string {
	text, err := json.Marshal(map[string]string{"panic": what})
	if err != nil {
		return `{"panic":""}`
	}
	return string(text)
}

// hash is the SHA-256 of a Uint8Array in hex.
func hash(_ js.Value, args []js.Value) any {
	a := array{args[0]}
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(a, 0, int64(a.Get("length").Int()))); err != nil {
		return ""
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// array reads a Uint8Array where it is: a large file is not copied as a whole.
type array struct{ js.Value }

func (a array) ReadAt(p []byte, off int64) (int, error) {
	size := int64(a.Get("length").Int())
	if off < 0 {
		return 0, errors.New("reading before the file")
	}
	if off >= size {
		return 0, io.EOF
	}
	n := js.CopyBytesToGo(p, a.Call("subarray", off, min(off+int64(len(p)), size)))
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

//go:build js && wasm

package main

import (
	"bytes"
	"fmt"
	"loaxa/player/playlog/evidence"
)

func main() {
	e, err := evidence.OpenExport(bytes.NewReader(nil), 0)
	fmt.Println(err)
	v := evidence.VerifyAll([]evidence.NamedExport{{"x", e}}, evidence.VerifyOptions{})
	fmt.Println(v)
}

package main

import (
	"fmt"
	"io"
	"strings"

	"rsc.io/qr"

	"loaxa/admin/page/frame"
)

// tellWhere prints the addresses of the pages with the one-time link, and on a terminal a QR code of it for a phone: in the
// service's journal a picture is noise.
func (a *app) tellWhere(r frame.Reach, link string) error {
	fmt.Fprintf(a.out, "Sẵn sàng (ready): %s%s\n", r.Here, link)
	for _, other := range r.Others {
		if other != r.Here {
			fmt.Fprintf(a.out, "  từ điện thoại, máy khác (from other devices): %s%s\n", other, link)
		}
	}
	switch {
	case len(r.Others) == 0 && r.Open:
		fmt.Fprintln(a.out, "  máy này chưa nối mạng nào (this machine is on no network yet)")
	case len(r.Others) == 0:
		fmt.Fprintln(a.out, "  chỉ mở được trên máy này; muốn dùng điện thoại cùng mạng, thêm --listen 0.0.0.0:8080 (on this machine only; for phones of the same network add --listen 0.0.0.0:8080)")
	}
	if link == "" || len(r.Others) == 0 || terminalOf(a.out) == nil {
		return nil
	}
	return drawCode(a.out, r.Others[0]+link)
}

// drawCode draws a QR code in half blocks, black on white whatever the terminal's colours are: two rows of modules in each
// line, two modules of white around, so that one of 100 characters fits 80 columns.
func drawCode(w io.Writer, text string) error {
	const margin = 2
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return fmt.Errorf("drawing QR code: %w", err)
	}
	blocks := [2][2]string{{" ", "▄"}, {"▀", "█"}} // by the upper and the lower module
	dark := func(x, y int) int {
		if code.Black(x, y) { // false outside of the code
			return 1
		}
		return 0
	}
	for y := -margin; y < code.Size+margin; y += 2 {
		var line strings.Builder
		for x := -margin; x < code.Size+margin; x++ {
			line.WriteString(blocks[dark(x, y)][dark(x, y+1)])
		}
		if _, err := fmt.Fprintf(w, "  \x1b[30;107m%s\x1b[0m\n", line.String()); err != nil {
			return fmt.Errorf("drawing QR code: %w", err)
		}
	}
	return nil
}

package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// writeReport adds an import to the report, which a person opens on any computer.
func writeReport(root *os.Root, j *job) error {
	old, err := oldReport(root)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.Write(old)
	fmt.Fprintf(&b, "== %s\r\n", j.Ended.Format("02/01/2006 15:04"))
	for _, i := range j.Items {
		switch {
		case i.Refused != nil:
			fmt.Fprintf(&b, "KHÔNG NHẬP ĐƯỢC  %s: %s\r\n", i.Name, i.Refused.In("vi"))
		case i.Existed:
			fmt.Fprintf(&b, "ĐÃ CÓ TỪ TRƯỚC   %s (%s)\r\n", i.Name, i.ClipID)
		default:
			fmt.Fprintf(&b, "ĐÃ NHẬP          %s (%s, chờ duyệt)\r\n", i.Name, i.ClipID)
		}
	}
	if j.Problem != nil {
		fmt.Fprintf(&b, "DỪNG GIỮA CHỪNG: %s\r\n", j.Problem.In("vi"))
	}
	return root.WriteFile(reportFile, b.Bytes(), 0o660)
}

// oldReport is the end of the report as it stands. What else lies under its name is removed: others write to the folder,
// and a pipe would hold the station up.
func oldReport(root *os.Root) ([]byte, error) {
	info, err := root.Lstat(reportFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, root.Remove(reportFile)
	}
	f, err := root.Open(reportFile)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	size := info.Size()
	if size <= reportMost {
		return io.ReadAll(io.LimitReader(f, reportMost))
	}
	old, err := io.ReadAll(io.NewSectionReader(f, size-reportMost/2, reportMost/2))
	if i := bytes.IndexByte(old, '\n'); i >= 0 {
		old = old[i+1:]
	}
	return old, err
}

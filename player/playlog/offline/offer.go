package offline

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"loaxa/player/playlog/evidence"
)

// What the page takes at once. A month of a busy station is about two megabytes.
const (
	MaxFiles = 200
	MaxFile  = 1 << 30 // bytes of one file
	maxNotes = 64 << 10
)

// The kinds of file that Check tells apart, by what is in them and not by their names.
const (
	KindExport     = "export"
	KindReport     = "report"
	KindCheckpoint = "checkpoint"
	KindKey        = "key"    // verifier keys, fingerprints, or a policy
	KindProof      = "proof"  // of a single record
	KindKept       = "memory" // what loaxa verify --keep remembers
	KindLog        = "log"    // playlog.db: the browser cannot read it
	KindPage       = "page"   // a verifier page: its hash is shown, that is all
	KindUnknown    = "unknown"
)

// Offer is one file as it was handed over.
type Offer struct {
	Name string
	Size int64
	Data io.ReaderAt
}

// File says what became of one file.
type File struct {
	Name   string         `json:"name"`
	Size   int64          `json:"size"`
	SHA256 string         `json:"sha256"` // hex; "" when it was not read to its end
	Kind   string         `json:"kind"`
	Used   bool           `json:"used"`            // it counted for the verdict
	Broken bool           `json:"broken"`          // it should have counted, and cannot be used
	Why    *evidence.Text `json:"why,omitempty"`   // why it is not used
	Error  string         `json:"error,omitempty"` // the cause, as the program says it
}

func (f *File) refuse(err error, en, vi string) {
	f.Broken, f.Why = true, &evidence.Text{EN: en, VI: vi}
	if err != nil {
		f.Error = err.Error()
	}
}

// take looks at one file and puts it where it belongs.
func (c *check) take(o Offer) File {
	f := File{Name: o.Name, Size: o.Size, Kind: KindUnknown}
	if o.Size > MaxFile {
		f.refuse(nil, "The file is too large for this page. Verify it with: loaxa verify FILE", "Tệp quá lớn đối với trang này. Hãy kiểm tra bằng lệnh: loaxa verify TỆP")
		return f
	}
	all := io.NewSectionReader(o.Data, 0, o.Size)
	sum := sha256.New()
	if _, err := io.Copy(sum, all); err != nil {
		f.refuse(err, "The file cannot be read.", "Không đọc được tệp.")
		return f
	}
	f.SHA256 = hex.EncodeToString(sum.Sum(nil))
	head := make([]byte, min(o.Size, 512))
	if _, err := o.Data.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		f.refuse(err, "The file cannot be read.", "Không đọc được tệp.")
		return f
	}
	switch {
	case evidence.IsExport(head):
		c.takeExport(&f, o)
	case evidence.IsSingle(head):
		c.takeSingle(&f, all)
	case isLog(head):
		f.Kind = KindLog
		f.refuse(nil, "This is the log's database, which a browser cannot read. Verify it with: loaxa verify playlog.db – or take an export of it.",
			"Đây là cơ sở dữ liệu nhật ký, trình duyệt không đọc được. Hãy dùng lệnh: loaxa verify playlog.db – hoặc lấy bản trích.")
	case isPage(head):
		f.Kind = KindPage
		f.Why = &evidence.Text{EN: "A web page: only its SHA-256 was computed. Compare it on a computer of your own too.",
			VI: "Một trang web: chỉ tính mã SHA-256. Hãy so lại cả trên máy tính của chính bạn."}
	case isDocument(head):
		c.takeReport(&f, all)
	default:
		c.takeNotes(&f, all)
	}
	return f
}

func (c *check) takeExport(f *File, o Offer) {
	f.Kind = KindExport
	e, err := evidence.OpenExport(o.Data, o.Size)
	if err != nil {
		f.refuse(err, "This export is damaged, cut short, or not one of this program. Ask for it again.",
			"Bản trích này bị hỏng, bị cắt cụt hoặc không phải của chương trình này. Hãy xin lại bản khác.")
		return
	}
	f.Used = true
	c.exports = append(c.exports, evidence.NamedExport{Name: o.Name, Export: e})
}

func (c *check) takeReport(f *File, all *io.SectionReader) {
	f.Kind = KindReport
	if f.Size > evidence.MaxClaims {
		f.refuse(nil, "The report is too large to be read.", "Báo cáo quá lớn, không đọc được.")
		return
	}
	b := make([]byte, f.Size)
	if _, err := all.ReadAt(b, 0); err != nil && !errors.Is(err, io.EOF) {
		f.refuse(err, "The file cannot be read.", "Không đọc được tệp.")
		return
	}
	if kept, err := evidence.ParseKept(b); err == nil {
		f.Kind = KindKept
		if c.options.Kept != nil {
			f.refuse(nil, "A memory of checkpoints was given already: use one at a time.", "Đã có một tệp ghi nhớ dấu mốc khác: mỗi lần chỉ dùng một tệp.")
			return
		}
		f.Used, c.options.Kept = true, &kept
		return
	}
	claims, err := evidence.ReadClaims(b)
	switch {
	case err != nil:
		f.refuse(err, "This is no report that can be compared with a log.", "Đây không phải báo cáo có thể đối chiếu với nhật ký.")
	case c.options.Claims != nil:
		f.refuse(nil, "A report was given already: compare one at a time.", "Đã có một báo cáo khác: mỗi lần chỉ đối chiếu một báo cáo.")
	default:
		f.Used, c.options.Claims = true, &claims
	}
}

func (c *check) takeSingle(f *File, all *io.SectionReader) {
	f.Kind = KindProof
	b := make([]byte, min(f.Size, evidence.MaxSingle+1))
	if _, err := all.ReadAt(b, 0); err != nil && !errors.Is(err, io.EOF) {
		f.refuse(err, "The file cannot be read.", "Không đọc được tệp.")
		return
	}
	s, err := evidence.ParseSingle(b)
	if err != nil {
		f.refuse(err, "This proof of one record is damaged. Ask for it again, as a file.", "Chứng minh của một dòng này bị hỏng. Hãy xin lại, dưới dạng tệp.")
		return
	}
	f.Used = true
	c.singles = append(c.singles, namedSingle{f.Name, s})
}

// takeNotes reads checkpoints and keys, which are text that people copy about.
func (c *check) takeNotes(f *File, all *io.SectionReader) {
	b := make([]byte, min(f.Size, maxNotes))
	_, err := all.ReadAt(b, 0)
	if (err != nil && !errors.Is(err, io.EOF)) || f.Size > maxNotes || !utf8.Valid(b) {
		f.refuse(nil, "This file was not checked: it is no export, proof, report, checkpoint or key.",
			"Tệp này không được kiểm tra: không phải bản trích, chứng minh, báo cáo, dấu mốc hay khóa.")
		return
	}
	n := readNotes(string(b))
	if keys, err := evidence.ParsePolicy(b); err == nil {
		n = notes{keys: keys}
	}
	switch {
	case len(n.checkpoints) > 0:
		f.Kind, f.Used = KindCheckpoint, true
	case len(n.keys)+len(n.prints) > 0:
		f.Kind, f.Used = KindKey, true
	default:
		f.refuse(nil, "This file was not checked: it is no export, proof, report, checkpoint or key.",
			"Tệp này không được kiểm tra: không phải bản trích, chứng minh, báo cáo, dấu mốc hay khóa.")
		return
	}
	c.addNotes(n)
}

// isLog knows a bbolt file by the magic number of its first page.
func isLog(head []byte) bool {
	return len(head) >= 20 && binary.LittleEndian.Uint32(head[16:]) == 0xED0CDAED
}

func isPage(head []byte) bool {
	start := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \r\n\t"))
	return bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html"))
}

func isDocument(head []byte) bool {
	start := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \r\n\t")
	return bytes.HasPrefix(start, []byte("{")) || bytes.HasPrefix(start, []byte("["))
}

// notes are what people keep on paper or in a text file.
type notes struct {
	checkpoints [][]byte
	keys        []string
	prints      []string
	other       []string // lines that are nothing of these
}

// readNotes finds signed checkpoints, verifier keys and fingerprints in a text, however much is around them: mail
// programs add line ends of Windows and blanks at the ends of lines.
func readNotes(text string) notes {
	var n notes
	lines := strings.Split(strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if line == "" {
			continue
		}
		if note, used := signedNote(lines[i:]); used > 0 {
			n.checkpoints = append(n.checkpoints, note)
			i += used - 1
			continue
		}
		if _, err := evidence.Fingerprint(line); err == nil {
			n.keys = append(n.keys, line)
			continue
		}
		if print, ok := evidence.ParseFingerprint(line); ok {
			n.prints = append(n.prints, print)
			continue
		}
		n.other = append(n.other, line)
	}
	return n
}

// signedNote reads a signed checkpoint at the head of lines, and says how many lines it takes; 0 when there is none. The
// lines of a checkpoint are its text, an empty line, and the signatures.
func signedNote(lines []string) ([]byte, int) {
	if !strings.HasPrefix(lines[0], "loaxa/") {
		return nil, 0
	}
	gap := 0
	for i := 1; i < len(lines) && i <= 16; i++ {
		if lines[i] == "" {
			gap = i
			break
		}
	}
	end := gap + 1
	for end < len(lines) && isSignature(lines[end]) {
		end++
	}
	if gap == 0 || end == gap+1 {
		return nil, 0
	}
	return fmt.Appendf(nil, "%s\n", strings.Join(lines[:end], "\n")), end
}

// isSignature knows a whole signature line: half of one, as a hasty copy leaves it, would look like a forgery.
func isSignature(line string) bool {
	rest, ok := strings.CutPrefix(line, "— ")
	_, sig, named := strings.Cut(rest, " ")
	b, err := base64.StdEncoding.DecodeString(sig)
	return ok && named && err == nil && len(b) >= keyHash+ed25519.SignatureSize
}

// keyHash is how many bytes of a signature line name the key.
const keyHash = 4

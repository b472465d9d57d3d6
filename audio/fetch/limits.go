package fetch

import "fmt"

// Limits bound what comes out of an archive or a folder. Zero means the value in parentheses.
type Limits struct {
	Entries        int   // files (2,000)
	EntryBytes     int64 // of one file, unpacked (1 GiB)
	TotalBytes     int64 // of all files, unpacked (8 GiB)
	Ratio          int64 // unpacked bytes per packed byte, once there are more than RatioFree (200)
	RatioFree      int64 // unpacked bytes that are not yet called a bomb: silence packs well (64 MiB)
	DirectoryBytes int64 // of a ZIP's directory, which is held in memory (2 MiB)
	Depth          int   // folders inside each other, for Files (8)
}

func (l Limits) filled() Limits {
	def := func(v *int64, d int64) {
		if *v <= 0 {
			*v = d
		}
	}
	def(&l.EntryBytes, 1<<30)
	def(&l.TotalBytes, 8<<30)
	def(&l.Ratio, 200)
	def(&l.RatioFree, 64<<20)
	def(&l.DirectoryBytes, 2<<20)
	if l.Entries <= 0 {
		l.Entries = 2000
	}
	if l.Depth <= 0 {
		l.Depth = 8
	}
	return l
}

// headers is how many entries of any kind are looked at: folders and litter do not count as files, and cost little.
func (l Limits) headers() int { return 4*l.Entries + 1000 }

// The reasons for which a file is skipped.
const (
	SkipLink       = "link"
	SkipSpecial    = "special"
	SkipEncrypted  = "encrypted"
	SkipMethod     = "unknown_method"
	SkipTooLarge   = "too_large"
	SkipDamaged    = "damaged"
	SkipNameless   = "nameless"
	SkipTooDeep    = "too_deep"
	SkipUnreadable = "unreadable"
)

// Skipped is a file that was passed over, and why: one of the Skip codes. The litter of macOS and Windows is passed over
// without being told.
type Skipped struct {
	Name   string `json:"name"`
	Why    string `json:"why"`
	Detail string `json:"detail,omitempty"` // technical English
}

// Sentence tells a person why, in "vi" or, for anything else, in English.
func (s Skipped) Sentence(lang string) string {
	vi, en := "", ""
	switch s.Why {
	case SkipLink:
		vi, en = "là liên kết tới tệp khác, không phải tệp", "is a link to another file, not a file"
	case SkipSpecial:
		vi, en = "không phải tệp thường", "is not an ordinary file"
	case SkipEncrypted:
		vi, en = "có mật khẩu; hãy giải nén trên máy tính rồi nhập lại", "has a password; unpack it on a computer and import it again"
	case SkipMethod:
		vi, en = "được nén theo cách chưa đọc được; hãy nén lại dạng .zip thường", "is packed in a way that cannot be read; pack it again as an ordinary .zip"
	case SkipTooLarge:
		vi, en = "lớn quá mức cho phép", "is larger than is allowed"
	case SkipNameless:
		vi, en = "không có tên", "has no name"
	case SkipTooDeep:
		vi, en = "nằm trong quá nhiều lớp thư mục", "lies too many folders deep"
	case SkipUnreadable:
		vi, en = "không đọc được; hãy kiểm tra quyền hoặc thẻ nhớ, USB", "cannot be read; check its permissions or the stick"
	default: // SkipDamaged
		vi, en = "bị hỏng; hãy chép hoặc tải lại", "is damaged; copy or download it again"
	}
	if lang == "vi" {
		return fmt.Sprintf("%s: %s.", s.Name, vi)
	}
	return fmt.Sprintf("%s: %s.", s.Name, en)
}

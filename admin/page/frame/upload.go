package frame

import (
	"encoding/json"

	"loaxa/admin/locale"
)

// UploadBox is the choice of audio files in a form: Base.Upload makes it, {{template "upload" .Box}} draws it; the page also
// needs {{.Script "upload.js"}} and the style upload.css. What the script does, and which fields the form gets, stands in the head
// of admin/web/src/upload.ts. Without the script the form brings the files themselves, under the name file.
type UploadBox struct {
	W     locale.Words
	Name  string // of the hidden fields
	Rows  []UploadRow
	Hint  string // a sentence below the choice, may be ""
	Label string // what to choose, as a label
	// Sender is the address of the script that sends; "" when the program was built without it.
	Sender string
}

// Upload is an empty box.
func (b Base) Upload() UploadBox {
	return UploadBox{W: b.W, Name: "upload", Label: b.W.T("upload.label"), Sender: b.Asset("tus.js")}
}

// UploadRow is an upload that a form brought already.
type UploadRow struct{ ID, Title, Line string }

// uploadWords are the words that the script needs; {} in them stands for a number.
var uploadWords = []string{"waiting", "sending", "cut", "cut_off", "sent", "failed", "signin", "large", "full", "wait", "count", "retry", "remove", "cancel"}

// Words is what the script says, as one JSON object.
func (u UploadBox) Words() (string, error) {
	words := make(map[string]string, len(uploadWords))
	for _, k := range uploadWords {
		words[k] = u.W.T("upload." + k)
	}
	b, err := json.Marshal(words)
	return string(b), err
}

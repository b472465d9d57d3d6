package evidence

import (
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// SingleRecord is what a proof of one record shows.
type SingleRecord struct {
	Index int64           `json:"index"`
	Data  json.RawMessage `json:"record"` // null when it cannot be read
	Words []Text          `json:"words"`  // what it says
}

// VerifySingle checks a proof of one record: that the record is in the tree that its checkpoint describes, and that a key
// which the person brought signed that. The proof carries no key: without one nothing is shown, and the report is not OK.
func VerifySingle(s Single, opts VerifyOptions) (Report, error) {
	v := &singleVerification{s: s, rep: Report{FirstBad: -1, First: s.Index, Size: s.Index + 1, Findings: []Finding{}, Held: []Held{},
		Owed: []string{}, Outages: []Interval{}, Gaps: []Interval{}, Single: &SingleRecord{Index: s.Index, Words: []Text{}}}}
	c, err := PeekCheckpoint(s.Checkpoint)
	if err != nil {
		return Report{}, fmt.Errorf("verifying proof: %w", err)
	}
	v.head = c
	v.rep.Origin, v.rep.Root, v.rep.Signed = c.Origin, c.Root.String(), c.Size
	v.rep.chain.note = s.Checkpoint
	if v.rep.Epoch, err = EpochOf(c.Origin); err != nil {
		v.find("epoch", fmt.Sprintf("The checkpoint is of %q, which is no log of this program.", c.Origin), fmt.Sprintf("Dấu mốc thuộc %q, không phải nhật ký của chương trình này.", c.Origin))
	}
	if err := v.signature(opts); err != nil {
		return Report{}, fmt.Errorf("verifying proof: %w", err)
	}
	v.inclusion()
	v.record()
	for i, signed := range opts.Held {
		v.held(i, signed)
	}
	v.conclude()
	return v.rep, nil
}

type singleVerification struct {
	s    Single
	head Checkpoint
	rep  Report
}

func (v *singleVerification) find(code, en, vi string) {
	v.rep.find(code, v.s.Index, v.s.Index+1, en, vi)
}

// signature looks for the key that signed the checkpoint. One key pair signs every epoch under another name, so that a
// key is tried under the name of this log.
func (v *singleVerification) signature(opts VerifyOptions) error {
	broken := false
	for _, k := range opts.Keys {
		pub, err := keyBytes(k)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrNoKey, err)
		}
		vkey, err := note.NewEd25519VerifierKey(v.head.Origin, pub)
		if err != nil {
			continue // the origin is no name of a key: nothing can be signed under it
		}
		_, err = OpenCheckpoint(v.s.Checkpoint, vkey)
		if err == nil {
			v.rep.PublicKey, v.rep.KeyKnown = vkey, true
			return nil
		}
		var invalid *note.InvalidSignatureError
		broken = broken || errors.As(err, &invalid)
	}
	switch {
	case len(opts.Keys) == 0:
		v.find("no_key", "The signature of the checkpoint was not checked: a proof of one record carries no key. Bring the station's key; a fingerprint is not enough.",
			"Chưa kiểm tra được chữ ký của dấu mốc: bản chứng minh một dòng không kèm khóa. Cần có khóa công khai của đài; chỉ có dấu vân tay thì chưa đủ.")
	case broken:
		v.find("checkpoint", "The checkpoint names your key, but the signature is not of these words.", "Dấu mốc ghi tên khóa của bạn nhưng chữ ký không khớp với nội dung.")
	default:
		v.find("key", "The checkpoint is signed by a key that is none of yours.", "Dấu mốc được ký bằng khóa không phải khóa của bạn.")
	}
	return nil
}

func (v *singleVerification) inclusion() {
	if v.s.Index >= v.head.Size {
		v.find("tree", fmt.Sprintf("The checkpoint covers %d records: record %d is not among them.", v.head.Size, v.s.Index),
			fmt.Sprintf("Dấu mốc bao trùm %d dòng: dòng %d không nằm trong đó.", v.head.Size, v.s.Index))
		return
	}
	if err := tlog.CheckRecord(v.s.Hashes, v.head.Size, v.head.Root, v.s.Index, tlog.RecordHash(v.s.Record)); err != nil {
		v.find("tree", fmt.Sprintf("The record is not record %d of the log that the checkpoint describes: record, number, hashes or checkpoint were changed.", v.s.Index),
			fmt.Sprintf("Dòng này không phải dòng %d của nhật ký mà dấu mốc mô tả: nội dung, số thứ tự, mã băm hoặc dấu mốc đã bị sửa.", v.s.Index))
	}
}

// record reads the record as any verifier does; the rules that look at other records cannot be applied.
func (v *singleVerification) record() {
	rec, err := Decode(v.s.Record)
	var body Body
	if err == nil {
		body, err = DecodeBody(rec)
	}
	if err != nil {
		v.find("record", fmt.Sprintf("Record %d cannot be read: %v.", v.s.Index, err), fmt.Sprintf("Không đọc được dòng %d: %v.", v.s.Index, err))
		return
	}
	if rec.Idx != v.s.Index {
		v.find("index", fmt.Sprintf("The record at place %d says that it is number %d.", v.s.Index, rec.Idx),
			fmt.Sprintf("Dòng ở vị trí %d lại ghi số %d.", v.s.Index, rec.Idx))
	}
	v.rep.FirstWall, v.rep.LastWall = rec.Wall, rec.Wall
	v.rep.Single.Data, v.rep.Single.Words = v.s.Record, describe(rec, body)
	switch b := body.(type) {
	case OutcomeBody:
		v.rep.StationName, v.rep.StationCode = b.StationName, b.StationCode
		if level := Level(b.Measured()); b.Evidence > level {
			v.find("overclaimed", fmt.Sprintf("Record %d claims evidence %d; its measurements show %d.", rec.Idx, b.Evidence, level),
				fmt.Sprintf("Dòng %d ghi mức bằng chứng %d; số đo chỉ cho thấy mức %d.", rec.Idx, b.Evidence, level))
		}
	case Epoch:
		v.rep.StationName, v.rep.StationCode = b.StationName, b.StationCode
	}
}

// held compares the proof's checkpoint with one kept elsewhere. They say something of each other only when they are of
// the same size.
func (v *singleVerification) held(i int, signed []byte) {
	c, err := PeekCheckpoint(signed)
	h := Held{Origin: c.Origin, Size: c.Size}
	switch {
	case err != nil:
		h.Status, h.Detail = "unreadable", err.Error()
		v.find("held", fmt.Sprintf("Held checkpoint %d cannot be read: %v.", i+1, err), fmt.Sprintf("Không đọc được dấu mốc mang theo thứ %d: %v.", i+1, err))
	case c.Origin != v.head.Origin:
		h.Status = "other_log"
	case c.Size != v.head.Size:
		h.Status = "apart"
	case c.Root == v.head.Root:
		h.Status = "extends"
	default:
		h.Status = "contradicts"
		v.find("held", fmt.Sprintf("The proof's checkpoint contradicts the one over %d records that was kept elsewhere.", c.Size),
			fmt.Sprintf("Dấu mốc của bản chứng minh trái với dấu mốc %d dòng đã giữ ở nơi khác.", c.Size))
	}
	v.rep.Held = append(v.rep.Held, h)
}

func (v *singleVerification) conclude() {
	r := &v.rep
	r.OK = r.FindingAll == 0
	if r.OK {
		r.say(fmt.Sprintf("Record %d stands in the log %s, unchanged since the checkpoint over %d records was signed.", v.s.Index, r.Origin, v.head.Size),
			fmt.Sprintf("Dòng %d nằm trong nhật ký %s, không bị sửa kể từ khi dấu mốc của %d dòng được ký.", v.s.Index, r.Origin, v.head.Size))
	} else {
		r.say("This proof shows nothing as it stands: "+r.Findings[0].EN, "Bản này chưa chứng minh được gì: "+r.Findings[0].VI)
	}
	r.say("It is one record alone: what else the log says of the same broadcast, and whether anything is missing from the log, is not told by it.",
		"Đây chỉ là một dòng: không cho biết nhật ký còn ghi gì khác về cùng buổi phát, hay có thiếu dòng nào không.")
	for _, h := range r.Held {
		if h.Status == "apart" {
			r.say(fmt.Sprintf("The held checkpoint over %d records cannot be compared with one record: bring the log or an export.", h.Size),
				fmt.Sprintf("Không đối chiếu được dấu mốc mang theo của %d dòng với một dòng đơn lẻ: cần có nhật ký hoặc bản trích.", h.Size))
		}
	}
	r.sayUnproved()
}

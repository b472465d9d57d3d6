package evidence

import "fmt"

// Apply judges verdicts that were reached with k in VerifyOptions.Kept by what k remembers, and gives the memory that
// takes its place once everything holds. What cannot be shown to go on from what was kept does not hold. A log of which
// nothing was kept is taken as it is.
func (k Kept) Apply(verdicts []Verdict) Kept {
	next := k
	for station, accounts := range accountsOf(verdicts) {
		was, known := k.station(station)
		j := &keptJudge{was: was, known: known, accounts: accounts, keys: map[int64]string{was.epoch: was.Key}}
		for _, v := range accounts {
			if v.Epoch == was.epoch && v.Signed >= was.head.Size { // not a part from before a change of key
				j.keys[v.Epoch] = v.chain.lastKey
			}
		}
		for _, v := range accounts {
			j.judge(v)
		}
		if s, ok := j.newest(); ok {
			next = next.with(s)
		}
	}
	for i := range verdicts {
		if v := &verdicts[i]; v.Err == nil && v.Single != nil {
			k.applySingle(v, verdicts)
		}
	}
	return next
}

// accountsOf are the verdicts that speak for a log as far as it was brought: an export that is part of a joined account
// does not speak for itself.
func accountsOf(verdicts []Verdict) map[string][]*Verdict {
	joined := map[string]bool{}
	for _, v := range verdicts {
		joined[v.Origin] = joined[v.Origin] || v.Joined
	}
	out := map[string][]*Verdict{}
	for i := range verdicts {
		v := &verdicts[i]
		if v.Err != nil || v.Single != nil || v.Origin == "" || (v.Parts > 0 && !v.Joined && joined[v.Origin]) {
			continue
		}
		station := stationLine(v.Origin)
		out[station] = append(out[station], v)
	}
	return out
}

// keptJudge judges the accounts of one station.
type keptJudge struct {
	was      keptStation
	known    bool
	accounts []*Verdict
	keys     map[int64]string // the key at the end of an epoch
}

func (j *keptJudge) judge(v *Verdict) {
	switch {
	case !j.known:
		v.say("Nothing was kept of this station before.", "Trước đây chưa giữ dấu mốc nào của đài này.")
	case v.Epoch < j.was.epoch:
		v.say(fmt.Sprintf("This is epoch %d; what is kept is of epoch %d and stays.", v.Epoch, j.was.epoch),
			fmt.Sprintf("Đây là quyển số %d; dấu mốc đang giữ thuộc quyển số %d và không thay đổi.", v.Epoch, j.was.epoch))
	case v.Epoch == j.was.epoch:
		j.same(v)
	default:
		j.later(v)
	}
}

// same judges an account of the kept epoch; Verify has compared the trees already.
func (j *keptJudge) same(v *Verdict) {
	size := j.was.head.Size
	switch heldStatus(v, j.was.Checkpoint) {
	case "extends":
		v.say(fmt.Sprintf("It goes on from the checkpoint over %d records that was kept.", size), fmt.Sprintf("Nhật ký nối tiếp đúng dấu mốc %d dòng đã giữ.", size))
	case "contradicts", "beyond":
		// found by Verify
	default:
		v.Add(Finding{Code: "kept_before", From: v.First, Until: v.First, Text: Text{
			EN: fmt.Sprintf("It begins at record %d, after the checkpoint over %d records that was kept: it cannot be shown to go on from it.", v.First, size),
			VI: fmt.Sprintf("Phần này bắt đầu từ dòng %d, sau dấu mốc %d dòng đã giữ: không chứng minh được là nối tiếp.", v.First, size)}})
	}
}

func heldStatus(v *Verdict, signed string) string {
	c, err := PeekCheckpoint([]byte(signed))
	if err != nil {
		return ""
	}
	for _, h := range v.Held {
		if h.Whose == "kept" && h.Size == c.Size && h.Origin == c.Origin {
			return h.Status
		}
	}
	return ""
}

// later judges an account of a newer epoch by the records that open it and the epochs between: each cites the newest
// checkpoint of the one before.
func (j *keptJudge) later(v *Verdict) {
	for e := j.was.epoch + 1; e <= v.Epoch; e++ {
		first := j.opening(e)
		switch {
		case first == nil && e == v.Epoch:
			v.Add(Finding{Code: "kept_part", From: v.First, Until: v.First, Text: Text{
				EN: fmt.Sprintf("It is of epoch %d and begins at record %d; what is kept is of epoch %d. Record 0, which says what the epoch goes on from, is missing.", v.Epoch, v.First, j.was.epoch),
				VI: fmt.Sprintf("Phần này thuộc quyển số %d và bắt đầu từ dòng %d; dấu mốc đang giữ thuộc quyển số %d. Thiếu dòng 0, là dòng cho biết quyển này nối tiếp từ đâu.", v.Epoch, v.First, j.was.epoch)}})
			return
		case first == nil:
			v.Add(Finding{Code: "kept_skipped", From: v.First, Until: v.First, Text: Text{
				EN: fmt.Sprintf("It is of epoch %d, what is kept is of epoch %d, and epoch %d was not brought: they cannot be compared.", v.Epoch, j.was.epoch, e),
				VI: fmt.Sprintf("Nhật ký này là quyển số %d, dấu mốc đang giữ thuộc quyển số %d, còn thiếu quyển số %d: không đối chiếu được.", v.Epoch, j.was.epoch, e)}})
			return
		case !j.link(v, first, e):
			return
		}
	}
	v.say(fmt.Sprintf("This newer epoch goes on from epoch %d, of which a checkpoint over %d records was kept.", j.was.epoch, j.was.head.Size),
		fmt.Sprintf("Quyển mới này nối tiếp từ quyển số %d, quyển đã giữ dấu mốc %d dòng.", j.was.epoch, j.was.head.Size))
}

// opening is an account with record 0 of that epoch, nil when none was brought.
func (j *keptJudge) opening(epoch int64) *Verdict {
	for _, v := range j.accounts {
		if v.Epoch == epoch && v.chain.begins {
			return v
		}
	}
	return nil
}

// link judges the step into epoch e, which first opens; v is the account that stands or falls with it.
func (j *keptJudge) link(v, first *Verdict, e int64) bool {
	c, err := PeekCheckpoint([]byte(first.chain.cites))
	wanted := fmt.Sprintf("%s/%d", j.was.Station, e-1)
	add := func(code, en, vi string) bool {
		v.Add(Finding{Code: code, From: v.First, Until: v.First + 1, Text: Text{EN: en, VI: vi}})
		return false
	}
	switch {
	case err != nil || c.Origin != wanted:
		return add("kept_forgot", fmt.Sprintf("Epoch %d does not say where epoch %d ended, of which records were kept.", e, e-1),
			fmt.Sprintf("Quyển số %d không ghi quyển số %d kết thúc ở đâu, trong khi đã giữ dấu mốc của đài này.", e, e-1))
	case e-1 == j.was.epoch && c.Size < j.was.head.Size:
		return add("kept_forgot", fmt.Sprintf("The new epoch forgot records that were kept: it cites %d records of epoch %d, and the checkpoint kept covers %d.", c.Size, e-1, j.was.head.Size),
			fmt.Sprintf("Quyển mới bỏ quên các dòng đã giữ: nó dẫn %d dòng của quyển số %d, còn dấu mốc đã giữ bao trùm %d dòng.", c.Size, e-1, j.was.head.Size))
	case e-1 == j.was.epoch && c.Size == j.was.head.Size && c.Root != j.was.head.Root:
		return add("kept_contradicts", fmt.Sprintf("Epoch %d cites other records of epoch %d than those that were kept.", e, e-1),
			fmt.Sprintf("Quyển số %d dẫn các dòng của quyển số %d khác với những dòng đã giữ.", e, e-1))
	case !SameKey(first.PublicKey, j.keyOf(e-1)) && !first.KeyKnown:
		return add("kept_key", fmt.Sprintf("Epoch %d is signed by another key than epoch %d, and you did not bring that key.", e, e-1),
			fmt.Sprintf("Quyển số %d được ký bằng khóa khác với quyển số %d, và bạn chưa đưa khóa đó vào.", e, e-1))
	}
	return true
}

func (j *keptJudge) keyOf(epoch int64) string {
	if k := j.keys[epoch]; k != "" {
		return k
	}
	var last *Verdict
	for _, v := range j.accounts {
		if v.Epoch == epoch && (last == nil || v.Signed > last.Signed) {
			last = v
		}
	}
	if last == nil {
		return ""
	}
	return last.chain.lastKey
}

// newest is what is kept from now on: the largest checkpoint of the newest epoch, never an older one than before.
func (j *keptJudge) newest() (best keptStation, changed bool) {
	best = j.was
	for _, v := range j.accounts {
		s := keptStation{Station: stationLine(v.Origin), Checkpoint: string(v.chain.note), Key: v.chain.noteKey}
		if s.check() != nil || s.epoch < best.epoch || (s.epoch == best.epoch && s.head.Size <= best.head.Size) {
			continue
		}
		best, changed = s, true
	}
	return best, changed
}

// applySingle judges a proof of one record: its checkpoint must be the one that was kept, or stand in a log that goes on
// from it.
func (k Kept) applySingle(v *Verdict, verdicts []Verdict) {
	v.say("A proof of one record changes nothing in what is kept.", "Bản chứng minh một dòng không làm thay đổi dấu mốc đang giữ.")
	was, known := k.station(stationLine(v.Origin))
	mine, err := PeekCheckpoint(v.chain.note)
	if !known || err != nil || v.Epoch < was.epoch {
		return
	}
	if mine.Origin == was.head.Origin && mine.Size == was.head.Size {
		if mine.Root != was.head.Root {
			v.Add(Finding{Code: "held", From: v.First, Until: v.Size, Text: Text{
				EN: fmt.Sprintf("The proof's checkpoint contradicts the one over %d records that was kept.", mine.Size),
				VI: fmt.Sprintf("Dấu mốc của bản chứng minh trái với dấu mốc %d dòng đã giữ.", mine.Size)}})
		}
		return
	}
	for _, w := range verdicts {
		if w.Err != nil || w.Single != nil || w.Origin != v.Origin {
			continue
		}
		for _, h := range w.Held {
			if h.Whose == "cited" && h.Size == mine.Size && h.Status == "extends" {
				return // that log has its own verdict on what was kept
			}
		}
	}
	v.Add(Finding{Code: "kept_apart", From: v.First, Until: v.Size, Text: Text{
		EN: fmt.Sprintf("One record cannot be shown to be in the log that goes on from the checkpoint over %d records that was kept.", was.head.Size),
		VI: fmt.Sprintf("Từ một dòng đơn lẻ không chứng minh được nó nằm trong nhật ký nối tiếp dấu mốc %d dòng đã giữ.", was.head.Size)}})
}

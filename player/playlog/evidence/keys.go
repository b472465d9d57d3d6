package evidence

import "fmt"

// maxChanges is how many changes of key a report tells one by one.
const maxChanges = 20

// signer takes key as the one that signs from the first record on.
func (v *verification) signer(key string) {
	v.key, v.rep.PublicKey = key, key
	v.rep.KeyKnown = v.brought(key)
}

// brought reports whether the verifying person knows a key from elsewhere.
func (v *verification) brought(key string) bool {
	for _, k := range v.opts.Keys {
		if SameKey(k, key) {
			return true
		}
	}
	print, err := Fingerprint(key)
	if err != nil {
		return false
	}
	for _, f := range v.opts.Fingerprints {
		if known, _ := ParseFingerprint(f); known == print {
			return true
		}
	}
	return false
}

// vouched notes that key signed all records so far. A known key vouches for what came before it, since its signature
// covers that too, and for the keys after it, which it or its successors signed. A key that is only named on record
// vouches for nothing.
func (v *verification) vouched(key string) {
	if v.rep.KeyKnown || key == v.looked {
		return
	}
	v.looked = key
	v.rep.KeyKnown = v.brought(key)
}

// changed says that the key changed with record idx, under the signature of the old one.
func (v *verification) changed(idx int64) {
	if v.changes++; v.changes > maxChanges {
		return
	}
	print, err := Fingerprint(v.key)
	if err != nil {
		return // record said that it cannot be read
	}
	v.rep.say(fmt.Sprintf("The signing key changed at record %d, and the old key signed the change. The new key's fingerprint: %s.", idx, print),
		fmt.Sprintf("Khóa ký được đổi ở dòng %d, và khóa cũ đã ký xác nhận việc đổi. Dấu vân tay của khóa mới: %s.", idx, print))
}

// finishKeys says whether any key of the log is one that was brought.
func (v *verification) finishKeys() {
	if n := v.changes - maxChanges; n > 0 {
		v.rep.say(fmt.Sprintf("The key changed %d more times, each time signed by the key before it.", n),
			fmt.Sprintf("Khóa còn được đổi thêm %d lần, lần nào cũng có chữ ký của khóa trước đó.", n))
	}
	if len(v.opts.Keys)+len(v.opts.Fingerprints) > 0 && !v.rep.KeyKnown {
		v.rep.find("key", v.first, v.first+1, "The log is signed by a key that is none of yours.", "Nhật ký được ký bằng khóa không phải khóa của bạn.")
	}
}

package playlog

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/mod/sumdb/tlog"

	"loaxa/player/playlog/evidence"
)

// ErrNoRecords says that a log has no record of the period that was asked for.
var ErrNoRecords = errors.New("the log has no record of this period")

// Period is what an export is to hold: everything that was recorded in [From, Until).
type Period struct{ From, Until time.Time }

// Exported says what an export holds: the records [First, End) of an epoch.
type Exported struct {
	Origin      string `json:"origin"`
	Epoch       int64  `json:"epoch"`
	First       int64  `json:"first"`
	End         int64  `json:"end"`
	Fingerprint string `json:"fingerprint"` // of the key, as on the registration form
}

// Export writes the records of a period as one file that verifies by itself. A checkpoint is cut first when none covers
// the period yet. Memory does not grow with the log.
func (l *Log) Export(ctx context.Context, w io.Writer, p Period) (Exported, error) {
	size := l.Size()
	x := &exporter{ctx: ctx, view: l.view, period: p, size: size}
	if err := x.find(); err != nil {
		return Exported{}, err
	}
	if cp, err := evidence.PeekCheckpoint(l.LatestCheckpoint()); err != nil || cp.Size < x.end {
		if _, err := l.Checkpoint(ctx); err != nil {
			return Exported{}, fmt.Errorf("exporting log: signing it: %w", err)
		}
	}
	return x.write(w)
}

// Export writes the records of a period of a closed or copied log, as Log.Export does. What no checkpoint covers is
// said by whoever verifies the export.
func (f *File) Export(ctx context.Context, w io.Writer, p Period) (Exported, error) {
	view := func(fn func(*store) error) error { return guarded(func() error { return fn(f.store) }) }
	x := &exporter{ctx: ctx, view: view, period: p, size: f.store.size}
	if err := x.find(); err != nil {
		return Exported{}, err
	}
	return x.write(w)
}

type exporter struct {
	ctx    context.Context
	view   func(func(*store) error) error
	period Period
	size   int64

	first, end  int64
	firstKey    string // in force at first
	firstWall   evidence.Time
	lastWall    evidence.Time
	replaced    keyring // keys that later records name
	handovers   []string
	newest      []byte
	origin      string
	frontier    []tlog.Hash
	beforeFirst int64 // the newest plan before the period
}

// find looks through the log for the first and last record of the period. Wall times may go back where the clock was
// set, so that every record is looked at; the interval begins at the plan before it, for the promises of the period.
func (x *exporter) find() error {
	if !x.period.From.Before(x.period.Until) {
		return fmt.Errorf("exporting log: the period from %s until %s is empty", x.period.From.Format(time.RFC3339), x.period.Until.Format(time.RFC3339))
	}
	x.first, x.end = -1, -1
	keys := map[int64]string{}
	var first string
	err := readAll(x.view, 0, x.size, func(idx int64, raw []byte) error {
		if err := x.ctx.Err(); err != nil {
			return err
		}
		kind, wall, err := glance(raw)
		if err != nil {
			return fmt.Errorf("record %d: %w", idx, err)
		}
		switch kind {
		case evidence.KindEpoch, evidence.KindKey:
			k, err := keyIn(raw)
			if err != nil {
				return fmt.Errorf("record %d: %w", idx, err)
			}
			if keys[idx] = k; idx == 0 {
				first = k
			}
		case evidence.KindPlan:
			if x.first < 0 {
				x.beforeFirst = idx
			}
		}
		if wall.Before(x.period.From) || !wall.Before(x.period.Until) {
			return nil
		}
		if x.first < 0 {
			x.first = idx
		}
		x.end = idx + 1
		return nil
	})
	if err != nil {
		return fmt.Errorf("exporting log: %w", err)
	}
	if x.first < 0 {
		return fmt.Errorf("exporting log: %w", ErrNoRecords)
	}
	x.first = min(x.first, x.beforeFirst)
	x.end = min(x.size, x.end+1) // the record after it shows that the period's last one is there
	x.firstKey = first
	newest := int64(0)
	for idx, k := range keys {
		if idx < x.first && idx >= newest {
			newest, x.firstKey = idx, k
		}
		if idx > 0 && idx >= x.first {
			x.replaced = append(x.replaced, namedKey{idx, k})
		}
	}
	slices.SortFunc(x.replaced, func(a, b namedKey) int { return cmp.Compare(a.idx, b.idx) })
	return nil
}

// glance reads kind and time of a record without the rest of it.
func glance(raw []byte) (evidence.Kind, time.Time, error) {
	_, rest, ok := bytes.Cut(raw, []byte(`,"kind":"`))
	kind, rest, okKind := bytes.Cut(rest, []byte(`","wall":"`))
	wall, _, okWall := bytes.Cut(rest, []byte(`"`))
	at, err := time.Parse(time.RFC3339, string(wall))
	if !ok || !okKind || !okWall || err != nil {
		return "", time.Time{}, errors.New("it has no kind or time")
	}
	return evidence.Kind(kind), at, nil
}

func keyIn(raw []byte) (string, error) {
	_, body, err := decode(raw)
	if err != nil {
		return "", err
	}
	switch b := body.(type) {
	case evidence.Epoch:
		return b.PublicKey, nil
	case evidence.Key:
		return b.PublicKey, nil
	}
	return "", fmt.Errorf("a %s record names no key", body.Kind())
}

// anchor finds the checkpoint that covers the interval and lets the interval end where it does: records after the
// newest checkpoint stay in, uncovered.
func (x *exporter) anchor() error {
	return x.view(func(s *store) error {
		return s.db.View(func(tx *bolt.Tx) error {
			c := tx.Bucket(bucketCheckpoint).Cursor()
			k, v := c.Seek(key64(x.end))
			if k == nil {
				k, v = c.Last()
			}
			if len(k) != 8 || int64Of(k) <= x.first {
				return errors.New("no checkpoint covers the period")
			}
			x.newest = bytes.Clone(v)
			x.end = max(x.end, int64Of(k))
			for _, k := range x.replaced {
				if n := tx.Bucket(bucketCheckpoint).Get(key64(k.idx + 1)); n != nil && k.idx+1 < x.end {
					x.handovers = append(x.handovers, string(n))
				}
			}
			var err error
			x.frontier, err = hashReader(tx.Bucket(bucketHash)).ReadHashes(frontierAt(x.first))
			return err
		})
	})
}

// frontierAt are the stored-hash indexes of the perfect subtrees under the first n records, largest first.
func frontierAt(n int64) []int64 {
	var out []int64
	var at int64
	for level := 62; level >= 0; level-- {
		if n&(1<<level) != 0 {
			out = append(out, tlog.StoredHashIndex(level, at>>level))
			at += 1 << level
		}
	}
	return out
}

func (x *exporter) write(w io.Writer) (Exported, error) {
	if err := x.anchor(); err != nil {
		return Exported{}, fmt.Errorf("exporting log: %w", err)
	}
	cp, err := evidence.PeekCheckpoint(x.newest)
	if err != nil {
		return Exported{}, fmt.Errorf("exporting log: %w", err)
	}
	x.origin = cp.Origin
	epoch, err := evidence.EpochOf(cp.Origin)
	if err != nil {
		return Exported{}, fmt.Errorf("exporting log: %w", err)
	}
	z := zip.NewWriter(w)
	for _, part := range []func(*zip.Writer) error{x.records, x.manifest, x.rest} {
		if err := part(z); err != nil {
			return Exported{}, fmt.Errorf("exporting log: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return Exported{}, fmt.Errorf("exporting log: %w", err)
	}
	fingerprint, err := evidence.Fingerprint(x.firstKey)
	if err != nil {
		return Exported{}, fmt.Errorf("exporting log: %w", err)
	}
	return Exported{Origin: x.origin, Epoch: epoch, First: x.first, End: x.end, Fingerprint: fingerprint}, nil
}

func (x *exporter) records(z *zip.Writer) error {
	out, err := z.Create(evidence.ExportRecords)
	if err != nil {
		return err
	}
	next := x.first
	err = readAll(x.view, x.first, x.end, func(idx int64, raw []byte) error {
		if err := x.ctx.Err(); err != nil {
			return err
		}
		if idx != next {
			return damaged("record %d is missing", next)
		}
		_, wall, err := glance(raw)
		if err != nil {
			return fmt.Errorf("record %d: %w", idx, err)
		}
		if next++; idx == x.first {
			x.firstWall = evidence.At(wall)
		}
		x.lastWall = evidence.At(wall)
		if _, err := out.Write(raw); err != nil {
			return err
		}
		_, err = out.Write([]byte{'\n'})
		return err
	})
	if err == nil && next != x.end {
		err = damaged("records from %d on are missing", next)
	}
	return err
}

func (x *exporter) manifest(z *zip.Writer) error {
	m := evidence.Manifest{V: 1, Origin: x.origin, First: x.first, End: x.end, PublicKey: x.firstKey, Frontier: []string{},
		Handovers: x.handovers, From: evidence.At(x.period.From), Until: evidence.At(x.period.Until)}
	if m.Handovers == nil {
		m.Handovers = []string{}
	}
	for _, h := range x.frontier {
		m.Frontier = append(m.Frontier, base64.StdEncoding.EncodeToString(h[:]))
	}
	b, err := evidence.MarshalManifest(m)
	if err != nil {
		return err
	}
	return putFile(z, evidence.ExportManifest, b)
}

func (x *exporter) rest(z *zip.Writer) error {
	if err := putFile(z, evidence.ExportCheckpoint, x.newest); err != nil {
		return err
	}
	if err := putFile(z, evidence.ExportKey, []byte(x.firstKey+"\n")); err != nil {
		return err
	}
	text, err := x.contents()
	if err != nil {
		return err
	}
	return putFile(z, evidence.ExportContents, text)
}

func putFile(z *zip.Writer, name string, b []byte) error {
	f, err := z.Create(name)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return err
}

// contents is the page for a person who opens the file without a verifier.
func (x *exporter) contents() ([]byte, error) {
	fingerprint, err := evidence.Fingerprint(x.firstKey)
	if err != nil {
		return nil, err
	}
	changes, err := x.changes()
	if err != nil {
		return nil, err
	}
	zone := x.firstWall.Location()
	day := func(t time.Time) string { return t.In(zone).Format("15:04:05 02/01/2006") }
	var b bytes.Buffer
	fmt.Fprintf(&b, `BẢN TRÍCH NHẬT KÝ PHÁT THANH

Nhật ký (mã đài/thiết bị/quyển): %s
Kỳ được trích: từ %s đến trước %s
Các dòng: từ số %d đến số %d, tổng cộng %d dòng
Giờ ghi ở dòng đầu và dòng cuối: %s – %s
Dấu vân tay của khóa: %s%s

Bản trích bắt đầu từ kế hoạch phát gần nhất trước kỳ này, để có đủ những buổi đã hẹn trong kỳ, và kết thúc ở dấu mốc đã ký
đầu tiên sau kỳ này; vì vậy số dòng có thể rộng hơn kỳ được trích.

Trong tệp này
  %s    các dòng nhật ký, đúng từng byte như đã ghi
  %s     phạm vi của bản trích và các mã băm nối dòng đầu với phần trước đó
  %s    dấu mốc đã ký bao trùm bản trích
  %s    khóa công khai của nhật ký

Cách kiểm tra (không cần mạng, không cần máy của đài)
  loaxa verify TỆP-NÀY --key KHÓA-ĐÃ-ĐĂNG-KÝ
  Hãy dùng chương trình do chính bạn giữ, không dùng bản lấy từ máy được kiểm tra.
  Đối chiếu dấu vân tay ở trên với phiếu đăng ký khóa. Có dấu mốc giữ ở nơi khác thì thêm: --checkpoint TỆP

Chứng minh được: các dòng trên chưa bị sửa, xóa, chèn hay đổi thứ tự kể từ khi dấu mốc được ký.
Không chứng minh được: người dân đã nghe thấy (chưa kiểm chứng ngoài loa); điều được ghi là đúng vào lúc ghi; phần nhật ký
nằm ngoài các dòng trên. Trang này không được ký: chỉ kết quả kiểm tra mới có giá trị.
`, x.origin, day(x.period.From), day(x.period.Until), x.first, x.end-1, x.end-x.first, day(x.firstWall.Time), day(x.lastWall.Time),
		fingerprint, changes, evidence.ExportRecords, evidence.ExportManifest, evidence.ExportCheckpoint, evidence.ExportKey)
	return b.Bytes(), nil
}

// maxChanges is how many changes of key the page for people lists.
const maxChanges = 20

// changes says where the key changed within the export, one line each.
func (x *exporter) changes() (text string, err error) {
	for i, k := range x.replaced {
		if k.idx >= x.end {
			break
		}
		if i == maxChanges {
			return text + "\nSau đó khóa còn được đổi thêm", nil
		}
		print, err := evidence.Fingerprint(k.vkey)
		if err != nil {
			return "", fmt.Errorf("record %d: %w", k.idx, err)
		}
		text += fmt.Sprintf("\nKhóa được đổi ở dòng số %d, dấu vân tay mới: %s", k.idx, print)
	}
	return text, nil
}

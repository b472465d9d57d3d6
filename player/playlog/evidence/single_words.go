package evidence

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

const wordTime = "15:04:05 02/01/2006"

// maxWord is how many characters of one text of a record are repeated to a person.
const maxWord = 200

// plain makes a text from a record fit to be shown: one line, nothing that moves a cursor or turns the writing round.
func plain(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n++; n > maxWord {
			b.WriteRune('…')
			break
		}
		if !unicode.IsPrint(r) {
			r = utf8.RuneError
		}
		b.WriteRune(r)
	}
	return b.String()
}

func timeWord(t Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.Format(wordTime)
}

func secondsWord(ms int64, point string) string {
	return fmt.Sprintf("%d%s%d s", ms/1000, point, ms%1000/100)
}

// describe says in words what a record says. What is not said in words is in the record, which travels along.
func describe(rec Record, body Body) []Text {
	out := []Text{{
		VI: fmt.Sprintf("Dòng %d, ghi lúc %s (đồng hồ: %s), người ghi: %s.", rec.Idx, timeWord(rec.Wall), clockWord(rec.Clock.State), plain(rec.Actor)),
		EN: fmt.Sprintf("Record %d, written at %s (clock: %s) by %s.", rec.Idx, timeWord(rec.Wall), plain(rec.Clock.State), plain(rec.Actor)),
	}}
	if o, ok := body.(OutcomeBody); ok {
		return append(out, outcomeWords(o)...)
	}
	vi, en := bodyWords(body)
	return append(out, Text{VI: vi, EN: en})
}

func clockWord(state string) string {
	switch state {
	case "synchronised":
		return "đã đồng bộ"
	case "set":
		return "do người chỉnh"
	case "rtc":
		return "đồng hồ phần cứng"
	}
	return "chưa đáng tin"
}

func outcomeWords(o OutcomeBody) []Text {
	kind := map[string]Text{"rehearsal": {VI: "Phát thử (không tính là buổi phát)", EN: "Rehearsal (no broadcast)"}, "emergency": {VI: "Phát khẩn cấp", EN: "Emergency"}}
	why, ok := kind[o.Why]
	if !ok {
		why = Text{VI: "Buổi phát theo lịch", EN: "Scheduled broadcast"}
	}
	out := []Text{
		{VI: fmt.Sprintf("%s “%s”, hẹn %s: %s.", why.VI, plain(o.Title), timeWord(o.Due), plain(outcomeVI(string(o.Outcome)))),
			EN: fmt.Sprintf("%s “%s”, due %s: %s.", why.EN, plain(o.Title), timeWord(o.Due), plain(string(o.Outcome)))},
		{VI: fmt.Sprintf("Bắt đầu %s, kết thúc %s; thiết bị đã nhận %s trên %s.", timeWord(o.Started), timeWord(o.Ended), secondsWord(o.AiredMS, ","), secondsWord(o.PlannedMS, ",")),
			EN: fmt.Sprintf("Began %s, ended %s; the device took %s of %s.", timeWord(o.Started), timeWord(o.Ended), secondsWord(o.AiredMS, "."), secondsWord(o.PlannedMS, "."))},
		{VI: fmt.Sprintf("Đầu ra: %s; mức bằng chứng %d (chưa kiểm chứng ngoài loa).", orDash(outputVI(o.Output)), o.Evidence),
			EN: fmt.Sprintf("Output: %s; evidence level %d (nothing beyond the device was measured).", plain(o.Output), o.Evidence)},
	}
	if o.Reason != "" || o.Person != "" {
		out = append(out, Text{VI: fmt.Sprintf("Lý do: %s; người thực hiện: %s.", orDash(o.Reason), orDash(o.Person)), EN: fmt.Sprintf("Reason: %s; person: %s.", orDash(o.Reason), orDash(o.Person))})
	}
	return append(out, Text{VI: fmt.Sprintf("Mã buổi phát: %s.", plain(o.Broadcast)), EN: fmt.Sprintf("Broadcast: %s.", plain(o.Broadcast))})
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return plain(s)
}

// bodyWords is one sentence for each other kind of record.
func bodyWords(body Body) (vi, en string) {
	switch b := body.(type) {
	case Epoch:
		return fmt.Sprintf("Mở quyển nhật ký số %d của %s (%s).", b.Epoch, plain(b.StationName), plain(b.StationCode)), fmt.Sprintf("Opens epoch %d of %s (%s).", b.Epoch, plain(b.StationName), plain(b.StationCode))
	case Boot:
		return fmt.Sprintf("Chương trình bắt đầu chạy; lần trước kết thúc: %s; không chạy từ %s đến %s.", orDash(b.Previous), timeWord(b.OutageFrom), timeWord(b.OutageUntil)),
			fmt.Sprintf("The program began to run; the time before ended: %s; it did not run from %s to %s.", orDash(b.Previous), timeWord(b.OutageFrom), timeWord(b.OutageUntil))
	case Shutdown:
		return fmt.Sprintf("Chương trình dừng: %s.", orDash(b.Why)), fmt.Sprintf("The program ends: %s.", orDash(b.Why))
	case Plan:
		return fmt.Sprintf("Kế hoạch từ %s đến %s: %d buổi phát.", timeWord(b.From), timeWord(b.Until), len(b.Occurrences)), fmt.Sprintf("Plan from %s to %s: %d broadcasts.", timeWord(b.From), timeWord(b.Until), len(b.Occurrences))
	case Start:
		return fmt.Sprintf("Sắp phát mục %d của buổi phát %s%s, hẹn %s.", b.Item+1, plain(b.Broadcast), clipWord(b.Clip), timeWord(b.Due)), fmt.Sprintf("About to play item %d of %s%s, due %s.", b.Item+1, plain(b.Broadcast), clipWord(b.Clip), timeWord(b.Due))
	case Progress:
		return fmt.Sprintf("Đang phát mục %d của buổi phát %s.", b.Item+1, plain(b.Broadcast)), fmt.Sprintf("Item %d of %s is playing.", b.Item+1, plain(b.Broadcast))
	case End:
		return fmt.Sprintf("Mục %d của buổi phát %s kết thúc: %s %s.", b.Item+1, plain(b.Broadcast), endVI(b.Result), orDash(b.Reason)), fmt.Sprintf("Item %d of %s ended: %s %s.", b.Item+1, plain(b.Broadcast), plain(b.Result), orDash(b.Reason))
	case Operator:
		return fmt.Sprintf("Thao tác %s đối với %s: %s; lý do: %s.", plain(b.What), orDash(b.Object), orDash(b.Result), orDash(b.Reason)), fmt.Sprintf("Act %s on %s: %s; reason: %s.", plain(b.What), orDash(b.Object), orDash(b.Result), orDash(b.Reason))
	case Change:
		return fmt.Sprintf("Thay đổi %s %s, người thay đổi: %s, lúc %s.", plain(b.What), orDash(b.ID), orDash(b.By), timeWord(b.Made)), fmt.Sprintf("Change %s %s, by %s, at %s.", plain(b.What), orDash(b.ID), orDash(b.By), timeWord(b.Made))
	case Device:
		return fmt.Sprintf("Thiết bị âm thanh %s: %s.", orDash(b.Device), plain(b.What)), fmt.Sprintf("Sound device %s: %s.", orDash(b.Device), plain(b.What))
	case ClockChange:
		return fmt.Sprintf("Đồng hồ (%s): từ %s thành %s.", plain(b.What), timeWord(b.Before), timeWord(b.After)), fmt.Sprintf("Clock (%s): from %s to %s.", plain(b.What), timeWord(b.Before), timeWord(b.After))
	case Key:
		return fmt.Sprintf("Khóa ký mới: %s.", plain(b.PublicKey)), fmt.Sprintf("New signing key: %s.", plain(b.PublicKey))
	case Gap:
		return fmt.Sprintf("Không ghi được từ %s đến %s: ghi muộn %d dòng, mất %d dòng.", timeWord(b.From), timeWord(b.Until), b.Delayed, b.Lost), fmt.Sprintf("Could not be written from %s to %s: %d records late, %d lost.", timeWord(b.From), timeWord(b.Until), b.Delayed, b.Lost)
	}
	return fmt.Sprintf("Dòng loại %s.", body.Kind()), fmt.Sprintf("A %s record.", body.Kind())
}

// endVI says how an item ended; a word that is not known stays as it is.
func endVI(result string) string {
	switch result {
	case "finished":
		return "phát hết"
	case "stopped":
		return "được dừng"
	case "cut":
		return "bị cắt để nhường buổi có mức cao hơn"
	case "lost":
		return "mất thiết bị"
	case "interrupted":
		return "bị ngắt khi chương trình không chạy"
	case "failed":
		return "không phát được"
	}
	return plain(result)
}

func clipWord(c *Clip) string {
	if c == nil {
		return ""
	}
	return " (“" + plain(c.Title) + "”)"
}

package alarm

import (
	"maps"
	"slices"
)

// Codes known today.
const (
	NoDevice      Code = "AUD-01" // no sound device could be opened
	DeviceLost    Code = "AUD-02" // the device went away during a broadcast
	DeviceFast    Code = "AUD-03" // frames are taken faster than time: a null device
	DeviceSlow    Code = "AUD-04" // frames are taken slower than time, or not at all
	OutputVirtual Code = "AUD-05" // nothing reaches a loudspeaker: virtual output
	LogAppend     Code = "LOG-01" // records wait in memory, or the disk has no room but what was held back for them
	LogSetAside   Code = "LOG-02" // the log was missing, damaged or older than its anchor; a new epoch was opened
	LogCheck      Code = "LOG-03" // the background check found damage in the log
	ClockDoubtful Code = "CLK-01" // nothing vouches for the time
	ClockHeld     Code = "CLK-02" // nothing starts by itself until the time is known
	ClipMissing   Code = "LIB-01" // a clip's file is missing or changed
	ClipExpiring  Code = "LIB-02" // a clip that the plan uses has expired or soon will
	NoPages       Code = "NET-01" // the pages' address is taken by another program
	OnHold        Code = "OPR-01" // the station rests by order
	NightRed      Code = "NGT-01" // the rehearsal of tomorrow found something
	RuleBroken    Code = "PLN-01" // a stored rule cannot be planned
)

// Text explains a code. The Vietnamese words are those of the pages; English is for technicians.
type Text struct {
	Grave         bool // it keeps the station off the air or endangers the proof
	CauseVI, DoVI string
	CauseEN, DoEN string
}

var table = map[Code]Text{
	NoDevice: {true, "Không mở được thiết bị âm thanh.", "Kiểm tra cáp và nguồn của card âm thanh rồi cắm lại; máy tự thử lại mỗi phút.",
		"The sound device cannot be opened.", "Check the card's cable and power and plug it in again; the station looks for it every minute."},
	DeviceLost: {true, "Mất thiết bị âm thanh khi đang phát.", "Cắm lại card âm thanh; máy tự phát tiếp khi có thiết bị.",
		"The sound device went away during a broadcast.", "Plug the card in again; the broadcast goes on by itself."},
	DeviceFast: {true, "Thiết bị âm thanh nhận tiếng nhanh hơn thời gian thực: có thể không phải loa thật.", "Chọn đúng card âm thanh trong Cài đặt.",
		"The device takes sound faster than time: it is probably no real output.", "Choose the right card in the settings."},
	DeviceSlow: {true, "Thiết bị âm thanh bị treo hoặc nhận tiếng quá chậm.", "Rút card âm thanh ra, cắm lại; nếu vẫn lỗi, khởi động lại máy.",
		"The device hangs or takes sound too slowly.", "Unplug the card and plug it in again; if that does not help, restart the machine."},
	OutputVirtual: {false, "Đang phát thử ra loa ảo: không có tiếng ra loa thật.", "Nối card âm thanh và chọn thiết bị để phát thật.",
		"Playing to the virtual speaker: nothing reaches a loudspeaker.", "Connect a sound card and choose it."},
	LogAppend: {true, "Ổ đĩa lỗi hoặc đầy: nhật ký đang chờ trong bộ nhớ, hoặc chỉ còn ghi vào phần chỗ dự phòng.", "Kiểm tra ổ đĩa còn chỗ trống; không tắt máy.",
		"The disk fails or is full: records wait in memory, or there is no reserve left for them.", "Check the free space of the disk; do not switch the machine off."},
	LogSetAside: {true, "Nhật ký cũ bị mất, hỏng hoặc cũ hơn dấu mốc; máy đã mở quyển nhật ký mới.", "Giữ nguyên tệp nhật ký cũ và báo người kiểm tra.",
		"The log was missing, damaged or older than its anchor; a new epoch was opened.", "Keep the old file as it is and tell the inspector."},
	LogCheck: {true, "Kiểm tra nền phát hiện nhật ký bị hỏng.", "Sao lưu ngay và báo người kiểm tra.",
		"The background check found damage in the log.", "Make a backup now and tell the inspector."},
	ClockDoubtful: {false, "Chưa có gì xác nhận giờ của máy là đúng.", "So giờ máy với điện thoại; nếu sai, đặt lại giờ.",
		"Nothing vouches for the machine's time.", "Compare it with a phone; if it is wrong, set it."},
	ClockHeld: {true, "Giờ máy chưa tin được nên máy không tự phát buổi nào.", "Mở trang chủ bằng điện thoại, so giờ rồi bấm Đặt giờ hoặc Đúng; buổi bị giữ lại được xử lý ngay sau đó.",
		"The time is not trusted, so nothing starts by itself.", "Open the home page with a phone and set or confirm the time; what was held back is dealt with at once."},
	ClipMissing: {true, "Tệp âm thanh bị mất hoặc đã bị thay đổi.", "Tải lại tệp âm thanh vào Kho.",
		"A clip's file is missing or was changed.", "Import the clip again."},
	ClipExpiring: {false, "Tệp âm thanh sắp hết hạn.", "Gia hạn rồi xin phê duyệt lại, hoặc thay bằng tệp khác trong danh sách phát; tệp hết hạn không được phát.",
		"A clip that the plan uses has expired or soon will.", "Extend its dates and have it approved again, or put another into the playlist: an expired clip is not played."},
	NoPages: {false, "Không mở được trang web: cổng đang bị chương trình khác dùng.", "Tắt chương trình đó hoặc đổi cổng trong cấu hình rồi khởi động lại máy phát.",
		"The pages could not be opened: another program has the address.", "Stop that program or choose another address in the configuration, then restart the station."},
	OnHold: {false, "Cả đài đang tạm ngừng.", "Bấm Phát lại khi muốn tiếp tục lịch phát.",
		"The station is on hold.", "Release it to go on with the schedule."},
	NightRed: {false, "Kiểm tra đêm trước: ngày mai có chỗ chưa ổn.", "Xem chi tiết và sửa trước giờ phát đầu tiên; rồi chạy lại loaxa check.",
		"The rehearsal of tomorrow found something wrong.", "Look at the detail and mend it before the first broadcast; then run loaxa check again."},
	RuleBroken: {true, "Có quy tắc lịch phát không đọc được.", "Mở chương trình đó và lưu lại.",
		"A stored rule cannot be read.", "Open the programme and save it again."},
}

// Codes are all codes that a station may raise, in order.
func Codes() []Code { return slices.Sorted(maps.Keys(table)) }

// Explain gives the text of a code; an unknown code explains itself by its name.
func Explain(c Code) Text {
	if t, ok := table[c]; ok {
		return t
	}
	return Text{CauseVI: string(c), CauseEN: string(c)}
}

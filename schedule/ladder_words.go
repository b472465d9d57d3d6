package schedule

// Ladder is the rules of LADDER.md as sentences, for help and preview: "vi" or "en", in the order of the document.
func Ladder(lang string) []string {
	if lang == "en" {
		return []string{
			"Emergency goes before priority, priority before ordinary: an emergency cuts everything at once, a priority broadcast begins on time and cuts an ordinary one.",
			"Within one class the earlier one keeps the air; the later one waits as long as it may still begin, and is skipped after that.",
			"Of two that are due at the same moment, the one that the station put first begins, else the older programme.",
			"What was cut goes on at the beginning of the interrupted item if its programme says so and its window is not over; otherwise it is recorded as preempted.",
			"What a guard refuses (quiet hours, limits, days off, mourning, an unapproved or expired clip) neither waits nor cuts.",
			"Nothing waits across the beginning of quiet hours, and nothing is held back for what comes later.",
		}
	}
	return []string{
		"Khẩn cấp trước ưu tiên, ưu tiên trước thông thường: buổi khẩn cấp cắt ngang mọi buổi ngay lập tức, buổi ưu tiên phát đúng giờ và cắt ngang buổi thông thường.",
		"Cùng một loại thì buổi đến giờ trước được phát; buổi đến giờ sau chờ trong thời gian cho phép phát chậm, quá thời gian đó thì không phát.",
		"Hai buổi đến giờ cùng lúc thì buổi được đài xếp trước phát trước, nếu không xếp thì chương trình cũ hơn phát trước.",
		"Buổi bị cắt ngang phát tiếp từ đầu bài đang dở nếu chương trình cho phép và còn trong thời gian cho phép phát chậm; nếu không thì ghi là nhường buổi khác.",
		"Buổi bị quy định chặn (giờ không phát, giới hạn, ngày nghỉ, quốc tang, tệp chưa phê duyệt hoặc hết hạn) không chờ và không cắt ngang buổi nào.",
		"Không buổi nào chờ qua lúc bắt đầu giờ không phát, và không buổi nào bị giữ lại vì một buổi sẽ đến sau.",
	}
}

package intake

// ownWords are the sentences of the codes that only this room has.
func ownWords(code string) (vi, en string) {
	switch code {
	case CodeNoFetcher:
		return "Máy này không tải theo liên kết. Tải về điện thoại rồi chọn tệp.",
			"This station does not fetch links. Download the file elsewhere and choose it."
	case CodeNoRoom:
		return "Ổ đĩa gần đầy. Xóa bớt tệp không dùng rồi nhập lại.",
			"The disk is nearly full. Make room on it and import again."
	case CodeInternal:
		return "Máy gặp lỗi khi nhập tệp. Thử lại; nếu vẫn lỗi, báo người kỹ thuật.",
			"The station failed to import it. Try again; if that does not help, tell the technician."
	case CodeNothing:
		return "Không có tệp nào ở trong.", "There is no file in it."
	case CodeInvalid:
		return "Thông tin ghi kèm chưa đúng.", "What was said about the files is not right."
	case CodeState:
		return "Tình trạng của tệp không cho phép làm việc này. Tải lại trang và xem lại.",
			"The clip's state does not allow it. Look at it again."
	case CodeNotClosing:
		return "Tệp đã nhập nhưng chưa gửi duyệt hoặc phê duyệt được.",
			"The files came in, but could not be submitted or approved."
	case CodeOthers:
		return "Có tệp đã có từ trước (đã ngừng dùng, theo công văn hoặc thời hạn khác) hoặc vừa bị sửa: chưa gửi duyệt, chưa phê duyệt. Xem từng tệp đó.",
			"Some files were here before, retired or under another letter or other days, or were changed meanwhile: they were not submitted or approved. Look at each."
	case CodeNotTaken:
		return "Tệp đã vào kho nhưng chưa vào được đợt phát. Mở lại bước chọn tệp và chọn từ kho.",
			"The files are in the library, but not in the campaign. Choose them there."
	case CodeUnreadable:
		return "Không đọc được thư mục hoặc USB. Rút ra cắm lại rồi thử lại.",
			"The folder or stick cannot be read. Plug it in again and retry."
	}
	return "", ""
}

package decode

import "fmt"

// The codes of refusals. They are stable: pages, scripts and the API know them.
const (
	CodeEmpty       = "empty"
	CodeNotAudio    = "not_audio"
	CodeWebPage     = "web_page"
	CodeUnsupported = "unsupported"
	CodeDamaged     = "damaged"
	CodeTruncated   = "truncated"
	CodeTooLong     = "too_long"
	CodeTooLarge    = "too_large"
	CodeTooSlow     = "too_slow"
	CodeSilent      = "silent"
	CodeOutOfPhase  = "out_of_phase"
	CodeBadTrim     = "bad_trim"
	CodeNeedsFFmpeg = "needs_ffmpeg"
)

// Refusal says why a file cannot become a clip. Detail is technical English for the log; for CodeUnsupported and CodeNeedsFFmpeg it begins
// with the name of what was found.
type Refusal struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`

	final bool // no other decoder need be asked
}

func refuse(code, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Detail: fmt.Sprintf(format, args...)}
}

func (r *Refusal) Error() string { return "decoding audio: " + r.Code + ": " + r.Detail }

// Sentence tells a person what is wrong and what to do, in "vi" or, for anything else, in English.
func (r *Refusal) Sentence(lang string) string {
	vi, en := r.sentences()
	if lang == "vi" {
		return vi
	}
	return en
}

func (r *Refusal) sentences() (vi, en string) {
	switch r.Code {
	case CodeEmpty:
		return "Tệp rỗng. Hãy chép hoặc tải lại tệp.",
			"The file is empty. Copy or download it again."
	case CodeNotAudio:
		if name := vietnamese[r.Detail]; name != "" {
			return "Tệp này là " + name + ". Hãy chọn tệp MP3, M4A hoặc WAV.",
				"This file is not audio (" + r.Detail + "). Choose an MP3, M4A or WAV file."
		}
		return "Tệp này không phải tệp âm thanh. Hãy chọn tệp MP3, M4A hoặc WAV.",
			"This file is not audio. Choose an MP3, M4A or WAV file."
	case CodeWebPage:
		return "Tệp này là một trang web được lưu lại, không phải âm thanh. Hãy mở liên kết bằng trình duyệt, đăng nhập nếu cần, rồi tải đúng tệp âm thanh.",
			"This file is a saved web page, not audio. Open the link in a browser, sign in if needed, and download the audio file itself."
	case CodeUnsupported:
		return "Chưa đọc được kiểu âm thanh này (" + r.Detail + "). Hãy chuyển sang MP3 hoặc WAV PCM rồi nhập lại.",
			"This kind of audio cannot be read yet (" + r.Detail + "). Convert it to MP3 or PCM WAV and import it again."
	case CodeNeedsFFmpeg:
		return "Tệp này là " + r.Detail + "; máy phát chưa đọc được kiểu này. Hãy ghi lại thành MP3 hoặc M4A rồi nhập lại, hoặc nhờ người quản trị cài gói ffmpeg trên máy phát.",
			"This file is " + r.Detail + ", which the station cannot read by itself. Save it as MP3 or M4A and import it again, or have the package ffmpeg installed on the station."
	case CodeTruncated:
		return "Tệp âm thanh bị thiếu phần cuối, có thể do tải chưa xong. Hãy tải hoặc chép lại tệp.",
			"The end of the audio file is missing; it may not have been downloaded fully. Download or copy it again."
	case CodeTooLong:
		return "Đoạn âm thanh dài quá mức cho phép. Hãy cắt thành các đoạn ngắn hơn.",
			"The audio is longer than is allowed. Cut it into shorter parts."
	case CodeTooLarge:
		return "Tệp lớn quá mức cho phép. Hãy lưu thành MP3 hoặc cắt thành các tệp nhỏ hơn.",
			"The file is larger than is allowed. Save it as MP3 or cut it into smaller files."
	case CodeTooSlow:
		return "Đọc tệp quá lâu nên đã dừng. Hãy thử lại khi máy rảnh; nếu vẫn vậy, hãy lưu lại tệp dưới dạng MP3 hoặc WAV.",
			"Reading the file took too long and was stopped. Try again when the machine is idle; if that does not help, save it anew as MP3 or WAV."
	case CodeSilent:
		return "Tệp không có tiếng. Hãy nghe thử tệp gốc và chọn lại.",
			"There is no sound in this file. Listen to the original and choose again."
	case CodeOutOfPhase:
		return "Hai kênh trái và phải của tệp ngược pha nên triệt tiêu nhau khi phát ra loa. Hãy xin lại bản đơn kênh (mono) hoặc bản ghi khác.",
			"The left and right channels of this file are out of phase and cancel each other on a loudspeaker. Ask for a mono version or another recording."
	case CodeBadTrim:
		return "Đoạn cần giữ phải nằm trong tệp và dài ít nhất 1 giây. Hãy chọn lại điểm đầu và điểm cuối.",
			"The part to keep must lie within the clip and last at least one second. Choose its start and end again."
	default: // CodeDamaged, and a code from a newer child
		return "Tệp âm thanh bị hỏng. Hãy tải hoặc chép lại tệp từ nơi đã nhận.",
			"The audio file is damaged. Download or copy it again from where it came."
	}
}

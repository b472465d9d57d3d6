package decree

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"loaxa/admin/report/paper"
)

// sample is a report as a commune would send it.
func sample() Document {
	rows := []paper.Row{}
	for i := range 18 {
		rows = append(rows, paper.Row{Cells: []string{fmt.Sprint(i + 1), "Giả danh công an, viện kiểm sát, tòa án gọi điện đe dọa", "4", "12", "36", "92,5", "Toàn xã", ""}})
	}
	rows = append(rows, paper.Row{Bold: true, Cells: []string{"", "Cộng", "120", "360", "1.080", "2.775,0", "", ""}})
	return Document{
		Issuer: "Ủy ban nhân dân xã An Lão", Place: "An Lão", Code: "BC-UBND", Month: time.February, Year: 2026, Kind: "Báo cáo",
		Subject:    "Kết quả tuyên truyền trên hệ thống truyền thanh xã An Lão\ntừ ngày 01/01/2026 đến ngày 31/01/2026",
		Addressees: []string{"Công an xã An Lão", "Phòng Văn hóa - Xã hội"},
		Body: []Block{
			{Rank: Part, Text: "I. Công tác chỉ đạo"},
			{Text: "Thực hiện kế hoạch tuyên truyền phòng, chống tội phạm lừa đảo chiếm đoạt tài sản trên không gian mạng, Ủy ban nhân dân xã đã chỉ đạo cán bộ phụ trách đài truyền thanh xây dựng lịch phát và phê duyệt từng tin bài trước khi phát."},
			{Rank: Part, Text: "II. Kết quả"},
			{Rank: Chapter, Text: "1. Số liệu chung"},
			{Text: "Đã phát 360 buổi với 120 tin, bài; tổng thời lượng 2.775,0 phút.\nCác buổi phát thử và các buổi không có minh chứng phát ra loa không tính vào số liệu trên."},
			{Rank: Point, Text: "a) Tin, bài về phương thức, thủ đoạn: 80 tin, bài."},
			{Rank: Point, Text: "b) Tin, bài về nhận diện, phòng tránh: 40 tin, bài."},
			{Rank: Part, Text: "III. Khó khăn, vướng mắc"},
			{Text: "Ngày 12/01/2026 mất điện từ 16 giờ 50 phút đến 18 giờ 05 phút, 01 buổi không phát được."},
			{Rank: Part, Text: "IV. Phương hướng"},
			{Text: "Tiếp tục duy trì chuyên mục hằng tuần. Kiến nghị cấp trên hỗ trợ bộ lưu điện cho đài truyền thanh"},
		},
		Recipients: []string{"Như trên", "Thường trực Đảng ủy, HĐND xã", "Sở Văn hóa, Thể thao và Du lịch", "Lưu: VT, VHXH"},
		Signature:  Signature{Mode: "kt", Title: "Phó Chủ tịch", Name: "Họ và Tên"},
		Appendices: []Appendix{
			{Title: "Tổng hợp theo chuyên đề", Landscape: true, Body: []Block{{Table: &Table{Columns: []paper.Column{
				{Title: "STT", Width: 10, Align: paper.Centred}, {Title: "Chuyên đề, nội dung", Width: 80}, {Title: "Số tin, bài", Width: 18, Align: paper.AtRight},
				{Title: "Số buổi", Width: 18, Align: paper.AtRight}, {Title: "Số lượt phát", Width: 20, Align: paper.AtRight}, {Title: "Tổng thời lượng (phút)", Width: 26, Align: paper.AtRight},
				{Title: "Địa bàn, cụm loa", Width: 30}, {Title: "Ghi chú", Width: 30}}, Rows: rows}}}},
			{Title: "Các buổi không phát", Body: []Block{{Text: "Không có."}}},
		},
		Made: time.Date(2026, 2, 5, 7, 30, 0, 0, time.UTC),
	}
}

func pdfOf(t testing.TB, d Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := PDF(context.Background(), &b, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func docxOf(t testing.TB, d Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := DOCX(context.Background(), &b, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

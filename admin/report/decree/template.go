package decree

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"loaxa/admin/report/paper"
)

// Placeholder is a name that a template may hold in double braces, and what it stands for.
type Placeholder struct {
	Name    string // "TEN_DON_VI"
	Meaning string // in Vietnamese, for the help page
	// Block may become several paragraphs or a table: it stands in a paragraph of its own.
	Block bool
}

// Placeholders are all that a template may hold, in the order of the paper.
func Placeholders() []Placeholder {
	return []Placeholder{
		{"CO_QUAN_CHU_QUAN", "Tên cơ quan chủ quản, chữ in hoa", false},
		{"TEN_DON_VI", "Tên cơ quan ban hành, chữ in hoa", false},
		{"SO_KY_HIEU", "Số và ký hiệu, số để trống cho văn thư", false},
		{"DIA_DANH_NGAY", "Địa danh và ngày tháng, ngày để trống cho văn thư", false},
		{"TEN_LOAI", "Tên loại văn bản, chữ in hoa", false},
		{"TRICH_YEU", "Trích yếu nội dung", false},
		{"KINH_GUI", "Nơi nhận báo cáo: dòng “Kính gửi” hoặc danh sách", true},
		{"NOI_DUNG_I", "Phần I. Công tác chỉ đạo, không có tiêu đề", true},
		{"NOI_DUNG_II", "Phần II. Kết quả, không có tiêu đề", true},
		{"NOI_DUNG_III", "Phần III. Khó khăn, vướng mắc, không có tiêu đề", true},
		{"NOI_DUNG_IV", "Phần IV. Phương hướng và kiến nghị, không có tiêu đề", true},
		{"NOI_NHAN", "Danh sách nơi nhận", true},
		{"QUYEN_HAN_KY", "Quyền hạn, chức vụ người ký (TM., KT., TL.)", true},
		{"HO_TEN_NGUOI_KY", "Họ và tên người ký", false},
		{"TEN_PHU_LUC", "Tên phụ lục thứ nhất, chữ in hoa", false},
		{"KEM_THEO", "Dòng “Kèm theo Báo cáo số …”", false},
		{"BANG_TONG_HOP", "Bảng của phụ lục thứ nhất", true},
		{"PHU_LUC_KHAC", "Các phụ lục còn lại: tên và bảng", true},
	}
}

// Values is what placeholders stand for.
type Values map[string]Value

// Value is text, a line for each paragraph, or blocks with headings and tables.
type Value struct {
	Text   string
	Blocks []Block
}

// ValuesOf takes the values of a template from a document. Parts are told from each other by their headings.
func ValuesOf(d Document) Values {
	one := func(s string) Value { return Value{Text: s} }
	v := Values{
		"CO_QUAN_CHU_QUAN": one(strings.ToUpper(paper.Line(d.Parent))), "TEN_DON_VI": one(strings.Join(d.issuerLines(), "\n")), "SO_KY_HIEU": one(d.number()),
		"DIA_DANH_NGAY": one(orBlank(d.Place) + ", " + d.date()), "TEN_LOAI": one(upper(d.Kind)), "TRICH_YEU": one(subject(d)),
		"QUYEN_HAN_KY": one(strings.Join(d.signing(), "\n")), "HO_TEN_NGUOI_KY": one(orBlank(d.Signature.Name)),
	}
	var to, copies []string
	for _, e := range addressees(d.Addressees) {
		to = append(to, e.text.text)
	}
	for _, p := range foot(d).panes[0].texts[1:] {
		copies = append(copies, p.text)
	}
	v["KINH_GUI"], v["NOI_NHAN"] = one(strings.Join(to, "\n")), one(strings.Join(copies, "\n"))
	part := 0
	for _, b := range finished(d.Body) {
		if b.Rank == Part {
			part++
			continue
		}
		if name := "NOI_DUNG_" + roman(part); part > 0 && part <= 4 {
			v[name] = Value{Blocks: append(v[name].Blocks, b)}
		}
	}
	for i, a := range d.Appendices {
		texts := []string{upper(a.Title), appendix(d, a, i)[3].text.text}
		if i == 0 {
			v["TEN_PHU_LUC"], v["KEM_THEO"], v["BANG_TONG_HOP"] = one(texts[0]), one(texts[1]), Value{Blocks: a.Body}
			continue
		}
		rest := append(v["PHU_LUC_KHAC"].Blocks, Block{Rank: Chapter, Text: appendix(d, a, i)[1].text.text + ". " + texts[0]})
		v["PHU_LUC_KHAC"] = Value{Blocks: append(rest, a.Body...)}
	}
	return v
}

// DefaultTemplate is a DOCX like the one that DOCX makes, with the placeholders in their places: a commune downloads it,
// changes it in its word processor, and uploads it again.
func DefaultTemplate() ([]byte, error) {
	name := func(s string) string { return "{{" + s + "}}" }
	body := func(rank Rank, s string) Block { return Block{Rank: rank, Text: s} }
	var b bytes.Buffer
	all := []element{{section: &paper.Section{Margins: margins}}}
	h := heads(Document{Parent: name("CO_QUAN_CHU_QUAN"), Issuer: name("TEN_DON_VI")})
	h[1].panes[0].texts[0].text, h[1].panes[1].texts[0].text = name("SO_KY_HIEU"), name("DIA_DANH_NGAY")
	all = append(append(all, h...), text("DocKind", name("TEN_LOAI")), text("DocSubject", name("TRICH_YEU")), text("Addressee", name("KINH_GUI")))
	all = append(all, blocks([]Block{body(Part, "I. Công tác chỉ đạo"), body(Text, name("NOI_DUNG_I")), body(Part, "II. Kết quả"), body(Text, name("NOI_DUNG_II")),
		body(Part, "III. Khó khăn, vướng mắc"), body(Text, name("NOI_DUNG_III")), body(Part, "IV. Phương hướng"), body(Text, name("NOI_DUNG_IV"))})...)
	f := foot(Document{Signature: Signature{Title: name("QUYEN_HAN_KY"), Name: name("HO_TEN_NGUOI_KY")}})
	f.panes[0].texts = append(f.panes[0].texts[:1], paragraph{style: "Recipient", text: name("NOI_NHAN")})
	all = append(all, f, element{section: &paper.Section{Landscape: true, Margins: margins}}, text("AppendixLabel", "Phụ lục"), text("AppendixTitle", name("TEN_PHU_LUC")),
		text("AppendixOf", name("KEM_THEO")), text("Body", name("BANG_TONG_HOP")), text("Body", name("PHU_LUC_KHAC")))
	if err := pack(context.Background(), &b, Document{Kind: "Báo cáo"}, all); err != nil {
		return nil, fmt.Errorf("making the template: %w", err)
	}
	return b.Bytes(), nil
}

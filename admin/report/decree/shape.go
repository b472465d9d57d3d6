package decree

import "loaxa/admin/report/paper"

// shape is a style: how a paragraph looks, and what Word calls it.
type shape struct {
	name    string
	outline int // level of a heading, from 1; 0 is none
	keep    bool
	paper.Paragraph
	paper.Style
}

const firstLine = 12.7

// shapes are the styles, by their IDs. All sizes and gaps are within what the decree allows.
var shapes = map[string]shape{
	"ParentName":      {name: "Cơ quan chủ quản", Style: paper.Style{Size: 12}, Paragraph: paper.Paragraph{Align: paper.Centred}},
	"IssuerName":      {name: "Cơ quan ban hành", Style: paper.Style{Size: 12, Bold: true}, Paragraph: paper.Paragraph{Align: paper.Centred}},
	"IssuerRule":      {name: "Cơ quan ban hành, dòng cuối", Style: paper.Style{Size: 12, Bold: true}, Paragraph: paper.Paragraph{Align: paper.Centred, Rule: 0.45}},
	"StateName":       {name: "Quốc hiệu", Style: paper.Style{Size: 12, Bold: true}, Paragraph: paper.Paragraph{Align: paper.Centred}},
	"Motto":           {name: "Tiêu ngữ", Style: paper.Style{Size: 13, Bold: true}, Paragraph: paper.Paragraph{Align: paper.Centred, Rule: 1}},
	"Number":          {name: "Số, ký hiệu", Style: paper.Style{Size: 13}, Paragraph: paper.Paragraph{Align: paper.Centred, Before: 6}},
	"PlaceDate":       {name: "Địa danh, thời gian", Style: paper.Style{Size: 13, Italic: true}, Paragraph: paper.Paragraph{Align: paper.Centred, Before: 6}},
	"DocKind":         {name: "Tên loại", Style: paper.Style{Size: 14, Bold: true}, Paragraph: paper.Paragraph{Align: paper.Centred, Before: 18}},
	"DocSubject":      {name: "Trích yếu", Style: paper.Style{Size: 14, Bold: true}, Paragraph: paper.Paragraph{Align: paper.Centred, After: 12, Rule: 0.4}},
	"Addressee":       {name: "Kính gửi", Style: paper.Style{Size: 14}, Paragraph: paper.Paragraph{Align: paper.Centred, Before: 6, After: 6}},
	"AddresseeHead":   {name: "Kính gửi, nhiều nơi", keep: true, Style: paper.Style{Size: 14}, Paragraph: paper.Paragraph{Inset: 32, Before: 6}},
	"AddresseeItem":   {name: "Kính gửi, từng nơi", Style: paper.Style{Size: 14}, Paragraph: paper.Paragraph{Inset: 52, Before: 2, After: 2}},
	"Body":            {name: "Nội dung", Style: paper.Style{Size: 14}, Paragraph: paper.Paragraph{Align: paper.Justified, Indent: firstLine, Before: 6, Spacing: 1.1}},
	"PartHeading":     {name: "Phần", outline: 1, keep: true, Style: paper.Style{Size: 14, Bold: true}, Paragraph: paper.Paragraph{Align: paper.Justified, Indent: firstLine, Before: 8, Spacing: 1.1, Follow: 22}},
	"ChapterHeading":  {name: "Mục", outline: 2, keep: true, Style: paper.Style{Size: 14, Bold: true}, Paragraph: paper.Paragraph{Align: paper.Justified, Indent: firstLine, Before: 6, Spacing: 1.1, Follow: 16}},
	"Point":           {name: "Điểm", Style: paper.Style{Size: 14}, Paragraph: paper.Paragraph{Align: paper.Justified, Indent: firstLine, Before: 6, Spacing: 1.1}},
	"RecipientsLabel": {name: "Nơi nhận", keep: true, Style: paper.Style{Size: 12, Bold: true, Italic: true}, Paragraph: paper.Paragraph{Before: 18}},
	"Recipient":       {name: "Nơi nhận, từng nơi", keep: true, Style: paper.Style{Size: 11}},
	"SigningFirst":    {name: "Quyền hạn, dòng đầu", keep: true, Style: paper.Style{Size: 14, Bold: true}, Paragraph: paper.Paragraph{Align: paper.Centred, Before: 18}},
	"Signing":         {name: "Quyền hạn, chức vụ", keep: true, Style: paper.Style{Size: 14, Bold: true}, Paragraph: paper.Paragraph{Align: paper.Centred}},
	"SignerName":      {name: "Họ tên người ký", Style: paper.Style{Size: 14, Bold: true}, Paragraph: paper.Paragraph{Align: paper.Centred, Before: 76}},
	"AppendixLabel":   {name: "Phụ lục", outline: 1, keep: true, Style: paper.Style{Size: 14, Bold: true}, Paragraph: paper.Paragraph{Align: paper.Centred}},
	"AppendixTitle":   {name: "Tên phụ lục", keep: true, Style: paper.Style{Size: 14, Bold: true}, Paragraph: paper.Paragraph{Align: paper.Centred, After: 2}},
	"AppendixOf":      {name: "Phụ lục kèm theo", Style: paper.Style{Size: 14, Italic: true}, Paragraph: paper.Paragraph{Align: paper.Centred, After: 10}},
}

// cellStyle is the one of tables; sizes differ from table to table.
const cellStyle = "TableCell"

// of is a paragraph in this style.
func (s shape) of(p paragraph) paper.Paragraph {
	g := s.Paragraph
	g.Runs = []paper.Run{{Text: p.text, Style: s.Style}}
	g.Follow = max(g.Follow, p.follow)
	return g
}

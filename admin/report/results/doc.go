// Package results writes the "Báo cáo kết quả tuyên truyền": the account of a period as an official paper, with the facts in
// sentences and tables, and beside them the texts that people edit. Facts come from the account alone; a person's text can
// neither replace nor change them.
package results

// Package diary prints the "sổ nhật ký chương trình phát thanh", the book that a station keeps and an inspector reads, from an
// account: the columns of the paper book, day by day, with places to sign, and the evidence on its last page.
//
// Invariants: it has every row of the account once, under the account's number of it; every day of the period is told of,
// also one without a broadcast; its sums are the account's. The same account with the same words gives the same bytes.
package diary

// Package paper sets text, tables and pictures on A4 pages and writes them as PDF. Every document that the office prints
// comes through it, so that all of them have the same letters (Liberation Serif: the metrics of Times New Roman, and every
// Vietnamese letter) and none of them can be changed in its structure by what people wrote: text is text here, cleaned once.
//
// Lengths are millimetres, sizes of letters are points. A Paper remembers its first error; what is set after it is lost, and
// WriteTo tells it. The same calls give the same bytes.
package paper

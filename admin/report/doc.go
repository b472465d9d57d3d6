// Package report makes of the log what an office hands in: one account of a period, and from it the diary, the report, the
// answer to a complaint.
//
// Invariants: an Account is a function of the log's first Size records and the period alone. What people renamed, retagged
// or deleted since changes nothing in it, and made again over the same checkpoint it is the same. Every total lists the
// rows that it sums.
package report

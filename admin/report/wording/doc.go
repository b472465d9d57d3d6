// Package wording puts a row of an account into the words of an office: what was aired, what came of it, why, who let it,
// what the machine showed. Every table and paper that lists rows uses it, so that they say the same.
//
// Invariants: it says of a row what the log says, never more; a text is one line, in NFC, without control characters.
package wording

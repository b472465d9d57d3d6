// Package sheet makes of an account the tables that offices and other systems read: a workbook (XLSX), CSV, JSON, and of the
// plan a calendar (ICS).
//
// Invariants: every form has the account's rows, each once and in its order, and totals that are the account's. All but the
// workbook stream. What people wrote is data in every form: it never becomes a formula, a new column, a new line or a new
// property. The same account with the same words gives the same bytes.
//
// CSV has no types, so a program that opens it takes what looks like a formula for one: in texts an apostrophe is put before
// = + - @ where a cell begins, or would begin for a reader that splits at another sign. Whoever reads the file by machine and
// wants the text as it was takes the JSON.
package sheet

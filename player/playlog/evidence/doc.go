// Package evidence is what a record says and how it is checked, without a database and without files, so that the
// same code serves the station, the offline verifier and a browser.
//
// A record is one line of JSON with a fixed order of fields; the stored bytes are the leaf of the tree and are never
// serialised again. What a report or an inspector will ask is written by value: later renaming changes nothing.
package evidence

// Package desk makes reports behind the pages: somebody orders one, sees how far it has come, and takes the file away or
// cancels.
//
// Invariants: one report is made at a time, in the order they were asked for. Only who ordered a report finds it. Its file
// stands in the desk's folder while it can be fetched, an hour; what is cancelled, refused or left by an earlier run of the
// program leaves none.
package desk

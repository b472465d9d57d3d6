// Package playlog is the station's append-only record of what was planned and what happened, in a bbolt file of its
// own: an RFC 6962 tree over the stored bytes, signed checkpoints, a copy of the newest checkpoint outside the
// database (the anchor), and epochs. FORMAT.md says all of it to someone who has only the files.
//
// Invariants: a record and its hashes are committed together and fsynced before a checkpoint over them is signed; the
// stored bytes are never serialised again; one key signs at any time, and the record that names a new one is signed by
// the old one; a log that cannot be trusted is set aside untouched, never repaired; an epoch's number is anchored when
// it opens and never given twice; nothing that is wrong with the disk or the file keeps the caller from going on:
// records wait in memory and LOG-01, LOG-02 or LOG-03 says so. A full disk costs the reserve first, a file that is
// there to be removed.
//
// BUG(playlog): after a failed fsync the kernel may show bytes that never reached the disk. The record is then taken for
// written; a power cut before those pages are written again shows as a damaged log at the next start.
//
// BUG(playlog): room that the reserve gives up is free for every program: what fills the disk may take it before the log
// does.
//
// BUG(playlog): a new epoch that opens while the station runs has no plan of its own until the next plan record, and
// knows nothing of what the epoch before had decided. Whoever sees Epoch change writes a plan record.
package playlog

// Package library keeps the clips: the original bytes and the canonical 48 kHz mono 16-bit WAV, both on disk under the
// SHA-256 of the original, and their index in a bucket of the state database.
//
//	originals/<sha256 of the original>
//	clips/<sha256 of the original>.wav                        the canonical form of all of it
//	clips/<sha256 of the original>.<12 digits of its own>.wav that of a trimmed clip
//	clips/….peaks                                             its shape for drawing, beside each
//	photos/<sha256>                                           signatures on paper
//
// A clip goes draft → submitted → approved → retired:
//
//	            draft       submitted   approved    retired
//	Submit      submitted   –           ErrState    ErrState
//	Reject      ErrState    draft       ErrState    ErrState
//	Approve     approved    approved    –           approved
//	Retire      retired     retired     retired     –
//	Remove      gone        gone        ErrState    gone, unless it was ever approved
//	new bytes   draft       draft       draft       –
//	new letter  –           –           draft       –
//
// New bytes come of Trim, or of files that were put back and decode to something else; a new letter, which here also
// means new days of validity, comes of Edit.
//
// Invariants:
//   - A clip is in the index only when both its files are complete, synced and in place. Whatever the moment at which
//     the program ends, the next Open leaves no file of an import, a trim or a removal that was not finished.
//   - A clip reads approved only while its Approval names the hashes that it has. New bytes make the approval void; the
//     change record keeps it.
//   - What was ever approved may have been played, and is never removed.
//   - Each change of the index is recorded in its own transaction: with an error, neither has happened.
//   - An ID comes from the original's hash and stays.
package library

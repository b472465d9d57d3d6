// Package rulebook stores what people asked for: programmes, playlists and settings, each with its revisions, and the
// outbox from which every change of the state reaches the log.
//
// Invariants: a state, its history and its outbox entry are one transaction. An ID is never given twice, also after
// its bearer was deleted. An edit of the times takes effect now, so that it never makes an occurrence already due. An
// Input handed out never changes.
package rulebook

// Package account knows who may do what: people and their passwords, the sessions they open, registered phones, the
// codes that let somebody in once (set-up link, set-password code, recovery sheet, inspector's code) and API tokens.
//
// Invariants: no secret is stored, only its SHA-256, and of a password only its argon2id; a secret is shown once, to
// whoever made it; every change of the accounts is handed to Options.Record in the transaction that makes it, without
// any secret or hash; a person is never deleted and a login never used again, because the log names people by it; a
// station with an administrator keeps one; nothing that strangers do (guessing, flooding the sign-in) ends or delays
// what is open already: sessions, registered phones and tokens are looked up without any limit of tries.
package account

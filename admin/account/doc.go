// Package account knows who may do what: roles, API tokens, the one-time set-up link and the sessions behind it.
//
// Invariants: no secret is stored, only its SHA-256; a secret is shown once, to whoever made it; every change of the
// state is handed to Options.Record in the transaction that makes it, without any secret or hash.
//
// BUG(account): there are no people with passwords yet. The set-up link opens a session of the administrator's role
// under one shared name, so the log cannot tell two persons apart who used such links.
package account

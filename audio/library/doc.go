// Package library keeps the clips: the original bytes and the canonical 48 kHz mono 16-bit WAV, both on disk under the
// SHA-256 of the original, and their index in a bucket of the state database.
//
// Invariant: a clip is in the index only when both files are complete, synced and in place.
package library

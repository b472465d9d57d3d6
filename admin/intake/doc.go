// Package intake brings files into the library as imports that people can watch: a link is looked at, confirmed and
// fetched; uploads, sticks and the inbox folder are read; archives are unpacked; each file ends in a clip or in a refusal
// that says why.
//
// One goroutine owns all imports; one import works at a time, since decoding and the line to the outside are shared with
// what is on air. Snapshots are handed out, never the imports themselves.
//
// Imports live in memory: one that is under way ends with the program, and leaves nothing but the clips that were
// complete. A cut upload is kept by the uploads, not here, and can go on.
package intake

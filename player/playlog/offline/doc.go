// Package offline is what the verifier page does with the files that somebody drops on it: it looks at their content,
// takes each for what it is, and lets evidence judge. It knows no files, no browser and no clock, so that it runs the
// same as WebAssembly in a stranger's browser and in a test beside the command.
package offline

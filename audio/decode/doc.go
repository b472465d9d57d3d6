// Package decode turns foreign bytes into canonical frames. Nothing foreign is parsed in the station's own process:
// Run starts the same binary as a limited child, and the child alone reads the file.
package decode

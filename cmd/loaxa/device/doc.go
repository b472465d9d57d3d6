// Package device tests the real program on a real sound server: it starts the binary, plays into a sink, captures what
// came out and reads the log. It has no code of its own.
//
// The tests measure time and must run alone: they need LOAXA_DEVICE=1, and those with sound need PulseAudio.
package device

// Package audio says what sounds: the canonical frame format (48 kHz, mono, signed 16-bit), sources of frames, and
// the arithmetic on them: gain, fades, limiter, loudness after ITU-R BS.1770-4 and EBU R 128, peaks for drawing a waveform.
package audio

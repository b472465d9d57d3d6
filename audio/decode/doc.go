// Package decode turns foreign bytes into canonical frames. Nothing foreign is parsed in the station's own process:
// Run starts the same binary as a limited child, and the child alone reads the file.
//
// What a file is, is found by its content (sniff.go). Go decodes WAV, MP3, FLAC, Ogg Vorbis and AAC-LC, bare (ADTS) or in
// M4A, MP4, 3GP and QuickTime. Everything else (Opus, AMR, WMA, AIFF, HE-AAC, Apple Lossless, …) goes to ffmpeg where
// Options.FFmpeg names it: a child of the child, under the same limits, told what the file is and kept from every other
// file and address. Where there is none, the refusal names what was found and what to do.
//
// AAC is decoded by github.com/tphakala/go-aac, which is LGPL-2.1-or-later, since it comes from FFmpeg. It is used
// because phones record M4A, a station must read that without Internet and without further packages, and no decoder of
// AAC in pure Go under a permissive licence is served. The licence asks that whoever has the program may exchange this
// library: the program's source is open, and one room alone imports it.
//
// A file must hold what it announces: where more than a second of that is missing, it is refused as cut off.
package decode

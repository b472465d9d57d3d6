// Package speaker is the sound device, kept in a process of its own, and the virtual speaker that stands in for one.
//
// oto allows one context per process for ever, takes its device from the environment and cannot reopen a lost one. So
// Open starts this same binary as a child, which owns oto; losing the device costs a child, not the station, and
// between broadcasts there is no child at all.
//
// Parent and child speak over pipes: typed messages down (frames, place, fade, end), one JSON status line up every
// 50 ms. The parent never hands over more than its credit, a few hundred milliseconds, so that a stop is heard at
// once. Time on the device is a line of frames: the child decides on which frame of it the first frame of a broadcast
// falls, because only the child sees when the device takes frames.
//
// Invariants: the child always drains its stdin; end of stdin ends the child; a frame is "taken" only when the device
// side of oto has pulled it; no frame is played twice by one child.
package speaker

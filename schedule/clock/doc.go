// Package clock is the station's only source of wall time. Wall time can be stepped, is sometimes wrong, and says
// so: every Stamp carries the boot it belongs to, the uptime, and how far the time can be trusted.
//
// Invariant: waiting is by wall clock and a step wakes every waiter, so that nothing fires by a time that is no more.
package clock

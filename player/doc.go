// Package player says what sounds now. One goroutine owns the broadcast on air: it warms up, places the first item on
// the device's timeline, joins the items, drains, rests, and gives every occurrence exactly one outcome.
package player

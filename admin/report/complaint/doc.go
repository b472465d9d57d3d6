// Package complaint answers "at about a quarter past three last night the loudspeakers sounded": what truly sounded around
// that time, who planned and approved it, or that nothing did, and what the station cannot know.
//
// Invariants: only the log speaks, and only its first Size records. The right time counts, whatever the clock showed. Where
// the log cannot tell, the answer is that nothing can be concluded, never silence.
package complaint

// Package crash shows that a record which the log acknowledged is still there whatever happens to the machine: the
// program killed, the file system gone in the middle of a write, a power cut at any point of the sequence of writes, a
// disk that refuses or is full. It has tests only. Each of them has a control, the same judgement on a log that is
// careless in one way (Options.NoSync, or acknowledging before writing), which must fail.
//
// What a power cut may leave behind, as replay assumes it: of the bytes written to a file since its last completed sync,
// any subset, in sectors of 512 bytes; of the names made, changed and taken away since the last completed sync of a
// folder, those up to some moment, in order, as journalling file systems keep them.
package crash

// Package reply answers the letter that asked for a campaign: what was asked, what was aired, which weeks were missed, what
// was made up for, and which clips with their hashes.
//
// Invariants: what was aired comes from the log's records by value (their letter's campaign), whatever was renamed, retagged
// or deleted since; only what was asked comes from the campaign. The weeks and the gaps lead back to rows of the account.
package reply

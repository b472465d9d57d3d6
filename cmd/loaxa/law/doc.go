// Package law holds the house rules that no compiler checks: which room may import which, which library lives where, and
// a few habits. It has tests only; the rules, each with its reason, stand in rules_test.go.
//
// To break a rule on purpose, change the table there and give the new reason: that is the place where it is discussed.
package law

// Package picture draws an account as SVG: the slots of a month by what came of them, and minutes as bars.
//
// Invariants: a picture shows the account's own numbers and no others. It carries no script and no style sheet, so that it
// stands in a page with a strict policy; what people wrote is text in it. Colour never says anything alone: a letter stands
// in each cell, a number beside each bar.
package picture

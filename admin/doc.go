// Package admin serves people: the JSON API and the pages, over TCP and over the data folder's Unix socket, from one
// table of routes. It is the only place that knows gin.
//
// Invariants: every route names who may call it and a test walks them all; handlers return a reply or an error and
// one renderer writes it; one function turns errors into problems; a page never runs a script that is not a file of
// this program.
package admin

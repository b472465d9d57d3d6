// Package upload takes files that arrive in pieces (the tus protocol, version 1.0): an upload that is cut goes on where it
// stopped, also after the program was started anew. It speaks through github.com/tus/tusd, of which only the handler and
// the store of files are used.
//
// Uploads lie in one folder, under names of the program's choosing, and belong to who began them: to anybody else they do
// not exist. They are taken out of it whole, or swept when they are old.
package upload

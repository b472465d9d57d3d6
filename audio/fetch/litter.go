package fetch

import "strings"

// litter says whether one part of a path is what macOS, Windows or a file manager leaves behind, or hidden.
func litter(part string) bool {
	if strings.HasPrefix(part, ".") && part != "." && part != ".." { // .DS_Store, ._clip.mp3, .Trash-1000
		return true
	}
	switch strings.ToLower(part) {
	case "__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "autorun.inf", "$recycle.bin", "recycler",
		"system volume information", "lost.dir", "lost+found", "found.000":
		return true
	}
	return strings.HasPrefix(part, "~$") // what an office program has open
}

// litterPath says it of a whole path.
func litterPath(p string) bool {
	for part := range strings.FieldsFuncSeq(p, func(r rune) bool { return r == '/' || r == '\\' }) {
		if litter(part) {
			return true
		}
	}
	return false
}

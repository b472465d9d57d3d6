package library

import "slices"

// Seen is what an approver had before them of a clip. At least one hash is given; what is left out is not compared.
type Seen struct {
	SHA256          string  `json:"sha256,omitempty"`           // of the original, hex
	CanonicalSHA256 string  `json:"canonical_sha256,omitempty"` // of what is played, hex
	State           string  `json:"state,omitempty"`
	Letter          *Letter `json:"letter,omitempty"`
	ValidFrom       *string `json:"valid_from,omitempty"`
	ValidUntil      *string `json:"valid_until,omitempty"`
}

// SeenOf is all of that of a clip.
func SeenOf(c Clip) Seen {
	return Seen{SHA256: c.SHA256, CanonicalSHA256: c.CanonicalSHA256, State: c.State, Letter: &c.Letter, ValidFrom: &c.ValidFrom, ValidUntil: &c.ValidUntil}
}

// Is tells whether a clip still is what was seen.
func (s Seen) Is(c Clip) bool {
	return (s.SHA256 == "" || s.SHA256 == c.SHA256) &&
		(s.CanonicalSHA256 == "" || s.CanonicalSHA256 == c.CanonicalSHA256) &&
		(s.State == "" || s.State == c.State) &&
		(s.Letter == nil || *s.Letter == c.Letter) &&
		(s.ValidFrom == nil || *s.ValidFrom == c.ValidFrom) &&
		(s.ValidUntil == nil || *s.ValidUntil == c.ValidUntil)
}

// checkSeen refuses what would compare nothing.
func checkSeen(ids []string, seen map[string]Seen) error {
	for id, s := range seen {
		switch {
		case !slices.Contains(ids, id):
			return wrong("seen", "names clip %s, which is not among those to be approved", cut(clean(id), maxTitle))
		case s.SHA256 == "" && s.CanonicalSHA256 == "":
			return wrong("seen", "gives no hash of clip %s", id)
		case s.SHA256 != "" && !isSum(s.SHA256), s.CanonicalSHA256 != "" && !isSum(s.CanonicalSHA256):
			return wrong("seen", "gives a hash of clip %s that is no SHA-256 in 64 small hex digits", id)
		}
	}
	return nil
}

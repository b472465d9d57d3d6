package schedule

import "strings"

// Problem is one thing that is wrong with what a person entered.
type Problem struct {
	Field   string `json:"field"`   // JSON name, "items[3].ms" inside a list
	Code    string `json:"code"`    // stable: required, unknown, range, length, format, conflict, never, order, unused
	Message string `json:"message"` // one clear English sentence
}

// Problems is every problem found, in the order of the fields. The Validate functions return it as their error.
type Problems []Problem

// Error joins the messages: "title: a title is required; volume_percent: …".
func (ps Problems) Error() string {
	said := make([]string, len(ps))
	for i, p := range ps {
		said[i] = p.Field + ": " + p.Message
	}
	return strings.Join(said, "; ")
}

// orNil keeps an empty list from becoming a non-nil error.
func (ps Problems) orNil() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}

func (ps *Problems) add(field, code, message string) {
	*ps = append(*ps, Problem{Field: field, Code: code, Message: message})
}

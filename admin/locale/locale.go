// Package locale holds the words of the pages and of the problems, in Vietnamese and English. Both catalogues have
// the same keys; a test holds that.
package locale

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
)

//go:embed vi/*.json en/*.json
var files embed.FS

// Language is a language that the program speaks.
type Language string

// Vietnamese is the language of the pages; English is for technicians.
const (
	Vietnamese Language = "vi"
	English    Language = "en"
)

// Catalogues are the words in all languages.
type Catalogues struct {
	words map[Language]map[string]string
}

// Words are the words in one language.
type Words struct {
	Language Language
	words    map[string]string
}

// Load reads the catalogues that are part of the program.
func Load() (*Catalogues, error) {
	c := &Catalogues{words: make(map[Language]map[string]string)}
	for _, lang := range []Language{Vietnamese, English} {
		words, err := load(string(lang))
		if err != nil {
			return nil, fmt.Errorf("loading words: %w", err)
		}
		c.words[lang] = words
	}
	return c, nil
}

// load reads the files of a folder, one per screen; a key stands in one of them only.
func load(folder string) (map[string]string, error) {
	entries, err := files.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	all := make(map[string]string)
	for _, e := range entries {
		name := folder + "/" + e.Name()
		data, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var m map[string]string
		if err := json.Unmarshal(data, &m); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for k, text := range m {
			if _, twice := all[k]; twice {
				return nil, fmt.Errorf("%s: %s stands in another file, too", name, k)
			}
			all[k] = text
		}
	}
	return all, nil
}

// In gives the words of a language.
func (c *Catalogues) In(l Language) Words { return Words{Language: l, words: c.words[l]} }

// For chooses by an Accept-Language header: English where it is named and Vietnamese is not, else Vietnamese.
func (c *Catalogues) For(accept string) Words {
	accept = strings.ToLower(accept)
	if len(accept) < 256 && strings.Contains(accept, "en") && !strings.Contains(accept, "vi") {
		return c.In(English)
	}
	return c.In(Vietnamese)
}

// T is the text under key, filled with args as by fmt.Sprintf. A key without text gives itself: ugly, never empty.
func (w Words) T(key string, args ...any) string {
	s, ok := w.words[key]
	if !ok {
		return key
	}
	if len(args) == 0 {
		return s
	}
	return fmt.Sprintf(s, args...)
}

// Or is the text under key, or otherwise where there is none.
func (w Words) Or(key, otherwise string) string {
	if s, ok := w.words[key]; ok {
		return s
	}
	return otherwise
}

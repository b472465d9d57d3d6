package rulebook

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"loaxa/schedule"
)

// Both axes ship complete, say where they come from, and can be changed by the station; nobody's change is lost.
func TestTaxonomy(t *testing.T) {
	shipped, err := ShippedTaxonomy()
	if err != nil {
		t.Fatal(err)
	}
	if err := schedule.ValidateTaxonomy(shipped.Normalise()); err != nil {
		t.Errorf("the shipped taxonomy: %v", err)
	}
	if len(shipped.Axes) != 2 || len(shipped.Axes[0].Topics) != 12 || len(shipped.Axes[1].Topics) != 24 {
		t.Fatalf("%d axes", len(shipped.Axes))
	}
	for _, a := range shipped.Axes {
		if a.Source == "" || a.VerifiedOn == "" {
			t.Errorf("axis %s does not say where it comes from and when that was looked at", a.ID)
		}
	}
	if got := shipped.Title("B.14"); got != "Giả danh công an, viện kiểm sát, tòa án" {
		t.Errorf("B.14 is %q", got)
	}
	if got := shipped.Title("người cao tuổi"); got != "" {
		t.Errorf("a free tag is %q", got)
	}
	b := must(Open(Options{DB: openDB(t, filepath.Join(t.TempDir(), "state.db")), Now: time.Now}))(t)
	mine := shipped
	mine.Axes = append([]schedule.Axis{}, shipped.Axes...)
	mine.Axes[0].Topics = append(mine.Axes[0].Topics, schedule.Topic{ID: "b.9", Title: "Gia\u0309 danh bu\u031bu đie\u0323\u0302n"})
	stored, err := b.PutTaxonomy("user:lan", mine)
	if err != nil || stored.Revision != 1 || stored.Title("A.b.9") != "Giả danh bưu điện" { // decomposed above, composed here
		t.Fatalf("stored %+v, %v", stored.Revision, err)
	}
	if _, err := b.PutTaxonomy("user:minh", shipped); !errors.Is(err, ErrConflict) {
		t.Errorf("a change over another's: %v", err)
	}
	if got, err := b.Taxonomy(); err != nil || got.Title("A.b.9") == "" {
		t.Errorf("read back without it: %v", err)
	}
	wrong := stored
	wrong.Axes = append([]schedule.Axis{}, stored.Axes...)
	wrong.Axes[1].ID = "A"
	var ps schedule.Problems
	if _, err := b.PutTaxonomy("user:lan", wrong); !errors.As(err, &ps) || ps[0].Field != "axes[1].id" {
		t.Errorf("two axes A: %v", err)
	}
}

package evidence

import (
	"testing"
	"time"
)

// cutShort is the end that a higher class makes.
func cutShort(e *End) { e.Result, e.Reason, e.Taken, e.Written = "cut", "preempted", 240000, 280000 }

// goesOn lets the second item of the third broadcast be cut and begin again, with further changes.
func goesOn(edits ...edit) edit {
	return both(append([]edit{again("end3b", "out3"), again("start3b", "end3b again")}, edits...)...)
}

// mayGoOn lets the plan of that day say that what was cut goes on inside so long a window.
func mayGoOn(lateness time.Duration) edit {
	return with("daily", func(b *Plan) { b.Programmes[0].ResumeCut, b.Programmes[0].LatenessMS = true, lateness.Milliseconds() })
}

// What was cut and goes on as its programme says is as it should be.
func TestGoingOnAfterACutReconciles(t *testing.T) {
	if r := reconciled(t, goesOn(with("end3b", cutShort), mayGoOn(time.Minute))(t, tale()), ReconcileOptions{}); !r.OK {
		t.Errorf("%+v", r.Differences)
	}
}

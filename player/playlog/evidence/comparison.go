package evidence

// Comparison is a report laid beside the log, row by row. OK means: the log covers the report's period, and nothing
// differs. It says nothing of whether the log itself verifies.
type Comparison struct {
	OK           bool   `json:"ok"`
	OtherStation bool   `json:"other_station"` // the log is of another station than the report: nothing was compared
	StationCode  string `json:"station_code"`  // that the report names
	From         Time   `json:"from"`          // the report's period
	Until        Time   `json:"until"`

	Report Count `json:"report"` // broadcasts on hardware as the report states them
	Log    Count `json:"log"`    // broadcasts on hardware that were due in the period, by the log
	Rows   int64 `json:"rows"`   // in the report

	RowsDiffer    int64          `json:"rows_differ"`    // rows that differ, are missing on one side, or should not be there
	FiguresDiffer int64          `json:"figures_differ"` // totals that differ
	Differences   []Disagreement `json:"differences"`    // at most MaxDifferences of both
	Uncovered     []Interval     `json:"uncovered"`      // parts of the period that the log at hand does not cover
	Uncompared    int64          `json:"uncompared"`     // rows with an outcome in such a part
	Summary       Text           `json:"summary"`        // the result in a sentence
}

// MaxDifferences is how many differences a comparison lists. All are counted.
const MaxDifferences = 1000

// Disagreement is one row or total on which report and log do not agree. Code: not_in_log (the report has an outcome, the
// log has none), left_out (the log has an outcome in the period, the report has no row), later (left out, or not decided
// in the report, because the record is newer than it), differs, twice, outside (of the stated period), figure.
type Disagreement struct {
	Code      string   `json:"code"`
	Broadcast string   `json:"broadcast"` // of a figure: its name
	Due       Time     `json:"due"`
	Index     int64    `json:"index"`            // the log's record; -1 when there is none
	Fields    []string `json:"fields,omitempty"` // what differs
	Report    string   `json:"report"`           // what the report says; "" when nothing
	Log       string   `json:"log"`              // what the log says; "" when nothing
	Text

	report, log []said // until it is spelled out
}

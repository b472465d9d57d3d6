package evidence

// MaxSample is how many broadcasts a spot check may pick.
const MaxSample = 1000

// Sampled is a broadcast that was picked for a spot check, with what an inspector compares with a paper diary or asks
// witnesses.
type Sampled struct {
	Index     int64    `json:"index"` // its outcome's record
	Broadcast string   `json:"broadcast"`
	Why       string   `json:"why"` // scheduled | emergency
	Due       Time     `json:"due"`
	Started   Time     `json:"started"`
	Title     string   `json:"title"`
	Outcome   Outcome  `json:"outcome"`
	AiredMS   int64    `json:"aired_ms"`
	PlannedMS int64    `json:"planned_ms"`
	Output    string   `json:"output"`
	Evidence  int      `json:"evidence"`
	Clips     []string `json:"clips"` // SHA-256 of the original files, in order
}

//go:build race

package evidence

// raceDetector makes everything about ten times slower.
const raceDetector = true

//go:build race

package player

const raceDetector = true

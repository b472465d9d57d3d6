package api

import (
	"bytes"
	"encoding/binary"
	"math"
)

// The test tone: three bells, rising, so that a person in the yard can say how many there were.
const (
	toneRate  = 48000
	toneBell  = toneRate * 14 / 10 // samples of one bell
	toneLevel = 0.4                // of full scale
)

// toneWAV is the test tone as a mono WAV file. It is the same every time, so that the library keeps it once.
func toneWAV() []byte {
	var sound bytes.Buffer
	for _, hz := range []float64{523.25, 659.25, 783.99} {
		for i := range toneBell {
			t := float64(i) / toneRate
			attack := math.Min(1, t/0.01)
			fade := math.Exp(-2.2*t) * math.Min(1, float64(toneBell-i)/2400)
			v := math.Sin(2*math.Pi*hz*t) + 0.3*math.Sin(4*math.Pi*hz*t)
			sound.Write(binary.LittleEndian.AppendUint16(nil, uint16(int16(math.Round(32767*toneLevel*attack*fade*v/1.3))))) //nolint:gosec // two's complement is meant
		}
	}
	size := uint32(sound.Len()) //nolint:gosec // some 400,000
	b := binary.LittleEndian.AppendUint32([]byte("RIFF"), 36+size)
	b = append(b, "WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00"...)
	b = binary.LittleEndian.AppendUint32(b, toneRate)
	b = binary.LittleEndian.AppendUint32(b, 2*toneRate)
	b = append(b, "\x02\x00\x10\x00data"...)
	b = binary.LittleEndian.AppendUint32(b, size)
	return append(b, sound.Bytes()...)
}

//go:build race

package journeytest

// raceEnabled shrinks what takes long under the race detector.
const raceEnabled = true

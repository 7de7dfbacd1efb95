//go:build race

package main

// raceEnabled shrinks what takes long under the race detector.
const raceEnabled = true

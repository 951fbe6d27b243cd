//go:build !race

package controlplane_test

const raceDetector = false

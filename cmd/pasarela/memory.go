package main

import (
	"os"
	"runtime/debug"
)

// spareHeap is how much garbage may accumulate in relation to live memory, in percent
// (GOGC); Go's default is 100. Live memory is small here, connections included, and
// collecting it is cheap: half the garbage cost nothing measurable for a message
// (test/bench) and saved a tenth of the resident memory.
const spareHeap = 50

// keepHeapSmall is called by commands that run for long. A GOGC in the environment takes
// precedence.
func keepHeapSmall() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(spareHeap)
	}
}

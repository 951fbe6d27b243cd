//go:build !linux

package functions_test

// victimVariable is of tests on Linux.
const victimVariable = "PASARELA_TEST_VICTIM"

func beKilled() {}

// Package testkit has what the module's tests share: programs that run and are
// waited for, HTTP backends that record and answer, an independent WebSocket client,
// waiting, and free addresses. Only tests may import it; architecture_test.go holds
// that.
//
// Everything that a test starts here ends with the test, and every wait is bounded
// by [WaitLimit]: a test that waits longer fails and says for what.
package testkit

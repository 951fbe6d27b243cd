package testkit

import (
	"encoding/json"
	"fmt"
	"testing"
)

// ErrorFrame parses the frame that says that a message failed, and checks its bytes
// against aws-dataplane §2.6.
func ErrorFrame(t testing.TB, frame string) (message, connectionID, requestID string) {
	t.Helper()
	var e struct{ Message, ConnectionID, RequestID string }
	if err := json.Unmarshal([]byte(frame), &e); err != nil {
		t.Fatalf("%q: %v", frame, err)
	}
	if want := fmt.Sprintf(`{"message": %q, "connectionId":%q, "requestId":%q}`, e.Message, e.ConnectionID, e.RequestID); frame != want {
		t.Errorf("error frame %s\nwant        %s", frame, want)
	}
	return e.Message, e.ConnectionID, e.RequestID
}

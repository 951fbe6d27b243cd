package extension_test

import (
	"bufio"
	"context"
	"strings"
	"testing"
)

// A follower reads each line as it is written, and its resources are released
// when it leaves.
func TestLinesReachAFollowerAtOnce(t *testing.T) {
	d := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	body, err := d.client().Logs(ctx, true)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	lines := bufio.NewScanner(body)
	for _, want := range []string{"kept", "one", "two"} {
		if want != "kept" {
			d.world.lines <- []byte(want + "\n")
		}
		if !lines.Scan() || lines.Text() != want {
			t.Fatalf("got %q, want %q", lines.Text(), want)
		}
	}
	cancel()
	<-d.world.left
}

func TestAFeedThatEndsLetsItsFollowersGo(t *testing.T) {
	d := open(t)
	body, err := d.client().Logs(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	close(d.world.lines)
	lines := bufio.NewScanner(body)
	for lines.Scan() {
	}
	if err := lines.Err(); err != nil {
		t.Errorf("the answer is cut: %v", err)
	}
	<-d.world.left
}

// Who waits for a line gets it when it is written, not when the wait is over.
func TestAReaderOfALogWaitsForALine(t *testing.T) {
	d := open(t)
	looks := 0
	d.world.tail = func(offset int64) ([]byte, int64, error) {
		if looks++; looks < 3 {
			return nil, offset, nil
		}
		return []byte("late\n"), offset + 5, nil
	}
	_, text, _ := d.ask(t, "GET /pasarela/apis/abcdefghij/stages/prod/logs?kind=execution&after=7&wait=25", "", &owner)
	if want := `{"lines":[{"sequence":7,"text":"late","node":"n1"}],"next":"n1:12"}`; text != want || looks != 3 {
		t.Errorf("after %d looks: %s", looks, text)
	}
}

func TestAReaderWhoDoesNotWaitIsToldThatThereIsNothing(t *testing.T) {
	d := open(t)
	d.world.tail = func(offset int64) ([]byte, int64, error) { return nil, offset, nil }
	for _, wait := range []string{"", "&wait=0", "&wait=-5"} {
		_, text, _ := d.ask(t, "GET /pasarela/apis/abcdefghij/stages/prod/logs?kind=execution&after=7"+wait, "", &owner)
		if !strings.Contains(text, `{"lines":[],"next":"n1:7"}`) {
			t.Errorf("%s: %s", wait, text)
		}
	}
}

package logfeed_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/node/logfeed"
)

func TestFollowersGetWhatIsKeptThenWhatComes(t *testing.T) {
	f := logfeed.New()
	say(f, "one\n")
	recent, lines, leave := f.Join()
	if string(recent) != "one\n" {
		t.Errorf("kept %q", recent)
	}
	say(f, "two\n")
	if got := string(<-lines); got != "two\n" {
		t.Errorf("got %q", got)
	}
	leave()
	say(f, "three\n")
	if len(lines) != 0 {
		t.Error("told after leaving")
	}
}

func TestASlowFollowerMissesLinesAndIsToldSo(t *testing.T) {
	f := logfeed.New()
	_, lines, leave := f.Join()
	defer leave()
	for i := range 1000 {
		say(f, fmt.Sprintln(i))
	}
	for range len(lines) {
		<-lines
	}
	say(f, "after\n")
	if got := string(<-lines); !strings.Contains(got, "missing") || !strings.HasSuffix(got, "after\n") {
		t.Errorf("got %q", got)
	}
}

func TestKeptLinesAreBoundedAndWhole(t *testing.T) {
	f := logfeed.New()
	for i := range 50_000 {
		say(f, fmt.Sprintf("line %d\n", i))
	}
	recent, _, leave := f.Join()
	defer leave()
	if len(recent) > 256<<10 || !strings.HasPrefix(string(recent), "line ") || !strings.HasSuffix(string(recent), "line 49999\n") {
		t.Errorf("%d bytes from %q", len(recent), recent[:20])
	}
}

func TestCloseLetsFollowersGo(t *testing.T) {
	f := logfeed.New()
	_, lines, leave := f.Join()
	f.Close()
	if _, open := <-lines; open {
		t.Error("still following")
	}
	leave()
	if _, lines, _ = f.Join(); lines == nil {
		t.Error("no channel")
	} else if _, open := <-lines; open {
		t.Error("a closed feed is followed")
	}
}

func say(f *logfeed.Feed, line string) { _, _ = f.Write([]byte(line)) }

// Who asks from time to time gets each line once, and is told what it missed.
func TestLinesSinceAPlace(t *testing.T) {
	f := logfeed.New()
	write := func(text string) {
		if _, err := f.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	write("one\n")
	lines, next := f.Since(logfeed.Newest)
	if string(lines) != "one\n" || next != 4 {
		t.Errorf("%q, %d", lines, next)
	}
	if lines, next = f.Since(next); len(lines) != 0 || next != 4 {
		t.Errorf("%q, %d", lines, next)
	}
	write("two\n")
	if lines, next = f.Since(next); string(lines) != "two\n" || next != 8 {
		t.Errorf("%q, %d", lines, next)
	}
	if lines, _ := f.Since(1000); string(lines) != "one\ntwo\n" {
		t.Errorf("a place of an earlier run: %q", lines)
	}
	for range 100 {
		write(strings.Repeat("x", 10_000) + "\n")
	}
	if lines, _ := f.Since(next); !strings.HasPrefix(string(lines), "(lines are missing here") {
		t.Errorf("%.80q", lines)
	}
}

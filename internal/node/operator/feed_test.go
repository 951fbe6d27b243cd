package operator_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/node/operator"
)

func TestFollowersGetWhatIsKeptThenWhatComes(t *testing.T) {
	feed := operator.NewFeed()
	say(feed, "one\n")
	recent, lines, leave := feed.Join()
	if string(recent) != "one\n" {
		t.Errorf("kept %q", recent)
	}
	say(feed, "two\n")
	if got := string(<-lines); got != "two\n" {
		t.Errorf("got %q", got)
	}
	leave()
	say(feed, "three\n")
	if len(lines) != 0 {
		t.Error("told after leaving")
	}
}

func TestASlowFollowerMissesLinesAndIsToldSo(t *testing.T) {
	feed := operator.NewFeed()
	_, lines, leave := feed.Join()
	defer leave()
	for i := range 1000 {
		say(feed, fmt.Sprintln(i))
	}
	for range len(lines) {
		<-lines
	}
	say(feed, "after\n")
	if got := string(<-lines); !strings.Contains(got, "missing") || !strings.HasSuffix(got, "after\n") {
		t.Errorf("got %q", got)
	}
}

func TestKeptLinesAreBoundedAndWhole(t *testing.T) {
	feed := operator.NewFeed()
	for i := range 50_000 {
		say(feed, fmt.Sprintf("line %d\n", i))
	}
	recent, _, leave := feed.Join()
	defer leave()
	if len(recent) > 256<<10 || !strings.HasPrefix(string(recent), "line ") || !strings.HasSuffix(string(recent), "line 49999\n") {
		t.Errorf("%d bytes from %q", len(recent), recent[:20])
	}
}

func TestCloseLetsFollowersGo(t *testing.T) {
	feed := operator.NewFeed()
	_, lines, leave := feed.Join()
	feed.Close()
	if _, open := <-lines; open {
		t.Error("still following")
	}
	leave()
	if _, lines, _ = feed.Join(); lines == nil {
		t.Error("no channel")
	} else if _, open := <-lines; open {
		t.Error("a closed feed is followed")
	}
}

func say(feed *operator.Feed, line string) { _, _ = feed.Write([]byte(line)) }

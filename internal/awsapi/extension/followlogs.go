package extension

import (
	"bytes"
	"context"
	"io"
	"sort"
	"time"

	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
)

// Feed is what the logs of all stages say on this node, as it is written.
type Feed interface {
	// Join gives the newest lines and those to come, until leave is called. The
	// channel is closed when there will be no more.
	Join() (recent []byte, lines <-chan []byte, leave func())
	// Since gives the lines after a place, -1 for the newest, and where to go on.
	Since(place int64) (lines []byte, next int64)
}

// followPause is how often the other nodes are asked for their new lines.
const followPause = 500 * time.Millisecond

type followInput struct {
	Follow bool `query:"follow"` // go on with the lines to come
	nodeInput
	languageInput
}

// fed are lines of a feed and the place behind them.
type fed struct {
	Lines []byte
	Next  int64
}

var (
	askNewest = question[struct{}, fed]{"newest lines", func(_ context.Context, s *Services, _ struct{}) (fed, error) {
		lines, next := s.Feed.Since(-1)
		return fed{lines, next}, nil
	}}
	// askSince carries the place of each node.
	askSince = question[map[string]int64, fed]{"lines since", func(_ context.Context, s *Services, places map[string]int64) (fed, error) {
		place, known := places[s.Nodes.Self()]
		if !known {
			place = -1
		}
		lines, next := s.Feed.Since(place)
		return fed{lines, next}, nil
	}}
)

// followLogs sends the last lines of all stages, in the order of their times, and
// those to come for as long as the client stays. In a cluster each line begins with
// the name of the node that wrote it.
func (s Services) followLogs(ctx context.Context, in followInput) (wire.Content, error) {
	if !s.clustered() {
		if _, _, err := askNewest.ask(ctx, &s, in.Node, in.language(), struct{}{}); err != nil {
			return nil, err // there is no such node
		}
		return s.followHere(in.Follow), nil
	}
	recent, missing, err := askNewest.ask(ctx, &s, in.Node, in.language(), struct{}{})
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, to io.Writer) error {
		f := follower{services: &s, in: in, to: to, places: map[string]int64{}, silent: map[string]bool{}}
		if err := f.tell(recent, missing); err != nil || !in.Follow {
			return err
		}
		return f.run(ctx)
	}, nil
}

// followHere streams this node's log lines: those that are remembered, and with on new ones
// too until the client leaves or the node stops.
func (s Services) followHere(on bool) wire.Content {
	return func(ctx context.Context, to io.Writer) error {
		recent, lines, leave := s.Feed.Join()
		defer leave()
		if _, err := to.Write(recent); err != nil || !on {
			return err
		}
		for {
			select {
			case <-ctx.Done():
				return nil
			case piece, open := <-lines:
				if !open {
					return nil
				}
				if _, err := to.Write(piece); err != nil {
					return err
				}
			}
		}
	}
}

// follower follows the logs of all nodes for one client.
type follower struct {
	services *Services
	in       followInput
	to       io.Writer
	places   map[string]int64
	silent   map[string]bool // nodes that the client was told to be missing
}

// run queries all nodes at intervals until the client leaves or this node stops, which
// closes its own feed.
func (f *follower) run(ctx context.Context) error {
	_, own, leave := f.services.Feed.Join()
	defer leave()
	tick := time.NewTicker(followPause)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case _, open := <-own:
			if !open {
				return nil
			}
			continue // sent at the next tick, in order with the lines of the others
		case <-tick.C:
		}
		parts, missing, err := askSince.ask(ctx, f.services, f.in.Node, f.in.language(), f.places)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if err := f.tell(parts, missing); err != nil {
			return err
		}
	}
}

// tell writes the lines of the nodes in the order of their times, and which nodes are
// missing, once as long as they are.
func (f *follower) tell(parts []part[fed], missing []Missing) error {
	var all []stamped
	for _, p := range parts {
		f.places[p.node] = p.value.Next
		delete(f.silent, p.node)
		all = appendStamped(all, p.node, p.value.Lines)
	}
	sortStamped(all)
	var out bytes.Buffer
	for _, line := range all {
		out.WriteString(line.node + " | ")
		out.Write(line.text)
		out.WriteByte('\n')
	}
	for _, m := range missing {
		if !f.silent[m.Node] {
			f.silent[m.Node] = true
			out.WriteString("(" + m.Text + ")\n")
		}
	}
	if out.Len() == 0 {
		return nil
	}
	_, err := f.to.Write(out.Bytes())
	return err
}

// stamped is a line of a node's log. Lines of execution logs begin with their time;
// others have that of the one before.
type stamped struct {
	node, at string
	place    int64 // in the bytes that it came in
	text     []byte
}

const stampForm = "2006-01-02T15:04:05.000Z"

func appendStamped(all []stamped, node string, lines []byte) []stamped {
	at, place := "", int64(0)
	for line := range bytes.Lines(lines) {
		if len(line) > len(stampForm) && line[len(stampForm)] == ' ' {
			if _, err := time.Parse(stampForm, string(line[:len(stampForm)])); err == nil {
				at = string(line[:len(stampForm)])
			}
		}
		all = append(all, stamped{node, at, place, bytes.TrimRight(line, "\n")})
		place += int64(len(line))
	}
	return all
}

// sortStamped puts lines in the order of their times; those of one node stay in theirs.
func sortStamped(all []stamped) {
	latest := map[string]string{}
	for i := range all { // concurrent writers: a node's times go back at times
		all[i].at = max(all[i].at, latest[all[i].node])
		latest[all[i].node] = all[i].at
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].at < all[j].at })
}

package extension

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// Nodes are the nodes of a cluster. Each has a part of what is queried: a connection and
// its history are in the memory of the node that accepted it.
type Nodes interface {
	// Self is the name of this node.
	Self() string
	// Others are the names of the other nodes that are known to live.
	Others() []string
	// Clustered says whether there may be other nodes.
	Clustered() bool
	// Ask sends a query to another node, which answers it by [Services.NodeHandler].
	// ErrNodeGone: that node has ended, and its part is lost.
	Ask(ctx context.Context, node string, question []byte) ([]byte, error)
}

// clustered says whether people must be told which node is meant.
func (s *Services) clustered() bool { return s.Nodes != nil && s.Nodes.Clustered() }

// askTimeout bounds the wait for other nodes: a result that lacks a node, and says so,
// is better than none.
const askTimeout = 2 * time.Second

// Missing is a node whose part is not in an answer.
type Missing struct {
	Node string `json:"node"`
	Text string `json:"text"` // why, for people
	// Cause is Text for programs.
	Cause language.Message `json:"cause"`
}

// nodeInput restricts a call to what one node knows.
type nodeInput struct {
	Node string `query:"node"` // its name; empty: all
}

// part is what one node answered.
type part[Out any] struct {
	node  string
	value Out
}

// question is what each node returns of itself. In and Out pass the Bus as JSON.
type question[In, Out any] struct {
	name string
	here func(ctx context.Context, s *Services, in In) (Out, error)
}

// nodeRequest is a query on the Bus, nodeResponse its answer.
type nodeRequest struct {
	Question string          `json:"question"`
	Input    json.RawMessage `json:"input"`
}

type nodeResponse struct {
	Value   json.RawMessage    `json:"value,omitempty"`
	Code    pasarela.ErrorCode `json:"code,omitempty"` // of an error
	Message string             `json:"message,omitempty"`
}

// nodeHandler is a question without its types.
type nodeHandler interface {
	label() string
	handle(ctx context.Context, s *Services, input []byte) ([]byte, error)
}

// questions are all queries between nodes.
func questions() []nodeHandler {
	return []nodeHandler{askConnections, askRecent, askFind, askFailures, askTail, askNewest, askSince, askSample, askHistory, askActivity, askStatus}
}

func (q question[In, Out]) label() string { return q.name }

func (q question[In, Out]) handle(ctx context.Context, s *Services, input []byte) ([]byte, error) {
	var in In
	if err := json.Unmarshal(input, &in); err != nil {
		return nil, err
	}
	out, err := q.here(ctx, s, in)
	if err != nil {
		return nil, err
	}
	return json.Marshal(out)
}

// NotYet answers the queries to a node that is still starting: it has no clients.
func NotYet() []byte {
	data, _ := json.Marshal(nodeResponse{Code: pasarela.CodeServiceUnavailable, Message: "it is starting"})
	return data
}

// NodeHandler answers the queries of other nodes. The node that was called checks
// permissions.
func NodeHandler(s Services) func(ctx context.Context, question []byte) []byte {
	return func(ctx context.Context, text []byte) []byte {
		var out nodeResponse
		value, err := handleNodeRequest(ctx, &s, text)
		var known *pasarela.Error
		switch {
		case errors.As(err, &known):
			out.Code, out.Message = known.Code, known.Message
		case err != nil:
			out.Code, out.Message = pasarela.CodeInternal, err.Error()
		default:
			out.Value = value
		}
		data, err := json.Marshal(out)
		if err != nil {
			return nil // it is made of what always marshals
		}
		return data
	}
}

func handleNodeRequest(ctx context.Context, s *Services, text []byte) ([]byte, error) {
	var in nodeRequest
	if err := json.Unmarshal(text, &in); err != nil {
		return nil, err
	}
	for _, q := range questions() {
		if q.label() == in.Question {
			return q.handle(ctx, s, in.Input)
		}
	}
	return nil, pasarela.Errorf(pasarela.CodeNotFound, "this version does not know the question %q", in.Question)
}

// ask puts the question to this node and all others, or to one of them. An error is
// this node's own, or that there is no node of that name. The parts are in the order
// of the nodes' names; a node that has ended has none and is not missing.
func (q question[In, Out]) ask(ctx context.Context, s *Services, only string, l language.Language, in In) ([]part[Out], []Missing, error) {
	found, missing, err := askNodes(ctx, s, q.name, only, l, in, func() any { return new(Out) }, func() (any, error) {
		out, err := q.here(ctx, s, in)
		return &out, err
	})
	var parts []part[Out]
	for _, p := range found {
		parts = append(parts, part[Out]{p.node, *p.value.(*Out)})
	}
	return parts, missing, err
}

// askNodes is ask without the types, with which Go would compile it for every question: the
// values of the parts are what value and here return, pointers to an Out.
func askNodes(ctx context.Context, s *Services, name, only string, l language.Language, in any, value func() any, here func() (any, error)) ([]part[any], []Missing, error) {
	self, others := "", []string(nil)
	if s.Nodes != nil {
		self, others = s.Nodes.Self(), s.Nodes.Others()
	}
	switch {
	case only == "":
	case only == self:
		others = nil
	case slices.Contains(others, only):
		parts, missing := askOthers(ctx, s, []string{only}, name, l, in, value)
		return parts, missing, nil
	default:
		return nil, nil, pasarela.Errorf(pasarela.CodeNotFound, "%s", language.NodeUnknown.Of(only, strings.Join(append(others, self), ", ")).In(l))
	}
	var parts []part[any]
	var missing []Missing
	var work sync.WaitGroup
	if len(others) > 0 {
		work.Go(func() { parts, missing = askOthers(ctx, s, others, name, l, in, value) })
	}
	own, err := here()
	work.Wait()
	if err != nil {
		return nil, nil, err
	}
	parts = append(parts, part[any]{self, own})
	sort.Slice(parts, func(i, j int) bool { return parts[i].node < parts[j].node })
	return parts, missing, nil
}

// askOthers asks the nodes at the same time and waits askTimeout at most. missing are those
// that did not answer, sorted, with the reason in the caller's language; a node that has ended
// is not missed.
func askOthers(ctx context.Context, s *Services, nodes []string, name string, l language.Language, in any, value func() any) (parts []part[any], missing []Missing) {
	input, err := json.Marshal(in)
	var text []byte
	if err == nil {
		text, err = json.Marshal(nodeRequest{name, input})
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	var work sync.WaitGroup
	var mu sync.Mutex
	for _, node := range nodes {
		work.Go(func() {
			out := value()
			failed := err
			if failed == nil {
				failed = askOne(ctx, s, node, text, out)
			}
			mu.Lock()
			defer mu.Unlock()
			switch {
			case failed == nil:
				parts = append(parts, part[any]{node, out})
			case !errors.Is(failed, pasarela.ErrNodeGone):
				why := language.NodeSilent.Of(node, failed.Error())
				switch {
				case errors.Is(failed, context.DeadlineExceeded):
					why = language.NodeLate.Of(node, askTimeout.String())
				case errors.Is(failed, pasarela.ErrUnavailable):
					why = language.NodeAway.Of(node)
				}
				missing = append(missing, Missing{node, why.In(l), why})
			}
		})
	}
	work.Wait()
	sort.Slice(missing, func(i, j int) bool { return missing[i].Node < missing[j].Node })
	return parts, missing
}

// askOne reads the answer of a node to where out points.
func askOne(ctx context.Context, s *Services, node string, text []byte, out any) error {
	data, err := s.Nodes.Ask(ctx, node, text)
	if err != nil {
		return err
	}
	var got nodeResponse
	if err := json.Unmarshal(data, &got); err != nil {
		return err
	}
	if got.Code != "" {
		return pasarela.Errorf(got.Code, "%s", got.Message)
	}
	return json.Unmarshal(got.Value, out)
}

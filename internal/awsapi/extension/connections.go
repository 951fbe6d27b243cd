package extension

import (
	"context"
	"slices"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
)

// Connection is an open connection.
type Connection struct {
	APIID        string    `json:"apiId"`
	Stage        string    `json:"stage"`
	ConnectionID string    `json:"connectionId"`
	ConnectedAt  time.Time `json:"connectedAt"`
	LastActiveAt time.Time `json:"lastActiveAt"`
	SourceIP     string    `json:"sourceIp"`
	UserAgent    string    `json:"userAgent,omitempty"`
	Node         string    `json:"node"`                // that has it
	Resumable    bool      `json:"resumable,omitempty"` // it outlives its socket
	Away         bool      `json:"away,omitempty"`      // its client has no socket now
	AwayUntil    time.Time `json:"awayUntil,omitzero"`  // by then it may come back
	Waiting      int       `json:"waiting,omitempty"`   // messages that its client has not confirmed
	Tags         []string  `json:"tags,omitempty"`
}

// OpenOn is how many connections a node has.
type OpenOn struct {
	Node string `json:"node"`
	Open int64  `json:"open"`
}

// Connections are a page of the open connections of all nodes. Total counts all of them,
// those that are on other pages, that do not match and that are still at $connect too.
type Connections struct {
	Connections []Connection `json:"connections"`
	NextToken   string       `json:"nextToken,omitempty"` // of the next page; empty: there is none
	Matching    int          `json:"matching"`            // connections on all pages
	Total       int64        `json:"total"`
	Nodes       []OpenOn     `json:"nodes"`
	Missing     []Missing    `json:"missing,omitempty"`
}

// ofStage is what a question about a stage asks.
type ofStage struct{ APIID, Stage string }

// pageOfStage is what a question about connections asks: a page of those of a stage, or of
// all stages but some.
type pageOfStage struct {
	ofStage
	But  []ofStage
	Page connectionsPage
}

// openPart is what one node has open.
type openPart struct {
	Listed   []Connection
	Matching int
	Counts   map[string]map[string]int64 // by API and stage
}

var askConnections = question[pageOfStage, openPart]{"connections", func(_ context.Context, s *Services, in pageOfStage) (openPart, error) {
	out := openPart{Counts: map[string]map[string]int64{}}
	if !in.Page.known() {
		in.Page = everyConnection // a node of another version asks
	}
	found, node := selectedConnections{page: in.Page}, ""
	if s.Nodes != nil {
		node = s.Nodes.Self()
	}
	for c := range s.Live.Connections(in.APIID, in.Stage) {
		if slices.Contains(in.But, ofStage{c.APIID, c.Stage}) {
			continue
		}
		found.add(connectionOf(c, node))
	}
	out.Listed, out.Matching = found.rows(), found.matching
	s.Live.OpenConnections(func(apiID, stageName string, open int64) {
		if in.APIID != "" && (apiID != in.APIID || stageName != in.Stage) {
			return
		}
		if out.Counts[apiID] == nil {
			out.Counts[apiID] = map[string]int64{}
		}
		out.Counts[apiID][stageName] += open
	})
	return out, nil
}}

func connectionOf(c gateway.OpenConnection, node string) Connection {
	return Connection{c.APIID, c.Stage, c.ConnectionID, c.ConnectedAt, c.LastActiveAt, c.SourceIP, c.UserAgent, node, c.Resumable, c.Away, c.AwayUntil, c.Waiting, c.Tags}
}

type connectionsInput struct {
	stageInput
	pageInput
	nodeInput
	languageInput
}

func (s Services) connections(ctx context.Context, in connectionsInput) (Connections, error) {
	if s.Stage != nil {
		if err := s.Stage(ctx, in.APIID, in.Stage); err != nil {
			return Connections{}, err
		}
	}
	page, err := in.page()
	if err != nil {
		return Connections{}, err
	}
	return s.listed(ctx, pageOfStage{ofStage: ofStage{in.APIID, in.Stage}, Page: page}, in.nodeInput, in.languageInput, func(ofStage) bool { return true })
}

type allConnectionsInput struct {
	pageInput
	nodeInput
	languageInput
}

// allConnections lists the open connections of every stage whose connections the
// caller may list.
func (s Services) allConnections(ctx context.Context, in allConnectionsInput) (Connections, error) {
	page, err := in.page()
	if err != nil {
		return Connections{}, err
	}
	may := s.permissions(ctx)
	return s.listed(ctx, pageOfStage{Page: page}, in.nodeInput, in.languageInput, func(of ofStage) bool {
		return may.read("/pasarela/apis/" + of.APIID + "/stages/" + of.Stage + "/connections")
	})
}

// listed joins what the nodes list. Where there are stages that the caller may not see, the
// nodes are asked again, without them: a page has as many rows as it can have.
func (s *Services) listed(ctx context.Context, of pageOfStage, only nodeInput, l languageInput, may func(ofStage) bool) (Connections, error) {
	parts, missing, err := askConnections.ask(ctx, s, only.Node, l.language(), of)
	if of.But = hidden(parts, may); err == nil && len(of.But) > 0 {
		parts, missing, err = askConnections.ask(ctx, s, only.Node, l.language(), of)
	}
	if err != nil {
		return Connections{}, err
	}
	out := Connections{Connections: []Connection{}, Missing: missing}
	found := selectedConnections{page: of.Page}
	for _, p := range parts {
		on := OpenOn{Node: p.node}
		for apiID, stages := range p.value.Counts {
			for stageName, open := range stages {
				if may(ofStage{apiID, stageName}) {
					on.Open += open
				}
			}
		}
		out.Total += on.Open
		out.Nodes = append(out.Nodes, on)
		out.Matching += p.value.Matching
		for _, c := range p.value.Listed {
			if may(ofStage{c.APIID, c.Stage}) {
				c.Node = p.node
				found.add(c)
			}
		}
	}
	rows := found.rows()
	more := len(rows) > of.Page.Limit
	out.Connections = append(out.Connections, rows[:min(len(rows), of.Page.Limit)]...)
	if more {
		out.NextToken = of.Page.tokenAfter(out.Connections[of.Page.Limit-1])
	}
	return out, nil
}

// hidden are the stages among the counts that may not be seen.
func hidden(parts []part[openPart], may func(ofStage) bool) (but []ofStage) {
	for _, p := range parts {
		for apiID, stages := range p.value.Counts {
			for stageName := range stages {
				if of := (ofStage{apiID, stageName}); !may(of) && !slices.Contains(but, of) {
					but = append(but, of)
				}
			}
		}
	}
	return but
}

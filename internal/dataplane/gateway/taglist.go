package gateway

import (
	"context"
	"slices"
	"sort"
	"time"
)

// MaxTagged is how many connections a list by tag has at most.
const MaxTagged = 1000

// Tagged is a connection of a list by tag.
type Tagged struct {
	ConnectionID string    `json:"connectionId"`
	Tags         []string  `json:"tags"`
	ConnectedAt  time.Time `json:"connectedAt"`
	Away         bool      `json:"away,omitempty"` // its client has no socket now
}

// Tagged lists the connections of a stage that have a tag, on all nodes, by their ids: at
// most limit of those after an id, which is the last of the page before. missing are the
// nodes that refused or did not answer within [busTimeout]. Errors: LimitExceededException without a
// token of the account's throttle, BadRequestException for what is no tag.
func (g *Gateway) Tagged(ctx context.Context, apiID, stageName, tag, after string, limit int) (found []Tagged, missing []string, err error) {
	if err := g.throttleCall(); err != nil {
		return nil, nil, err
	}
	if err := CheckTag(tag); err != nil {
		return nil, nil, err
	}
	responses, missing := g.others.askAll(ctx, request{Verb: verbTagged, APIID: apiID, Stage: stageName, Tag: tag, After: after, Limit: limit}, func() {
		found = g.taggedHere(apiID, stageName, tag, after, limit)
	})
	for i := range responses {
		if responses[i].Error != "" {
			missing = append(missing, responses[i].node)
		}
		found = append(found, responses[i].Tagged...)
	}
	slices.Sort(missing)
	return firstByID(found, limit), missing, nil
}

func (g *Gateway) taggedHere(apiID, stageName, tag, after string, limit int) []Tagged {
	at := g.stageNamed(apiID, stageName)
	if at == nil {
		return nil
	}
	var found []Tagged
	for _, c := range at.tags.connections(tag) {
		if c.id <= after {
			continue
		}
		one := Tagged{ConnectionID: c.id, Tags: at.tags.tags(c), ConnectedAt: time.UnixMilli(c.connectedAt).UTC()}
		if c.resume != nil {
			until, _ := c.resume.state()
			one.Away = !until.IsZero()
		}
		found = append(found, one)
	}
	return firstByID(found, limit)
}

func firstByID(found []Tagged, limit int) []Tagged {
	sort.Slice(found, func(i, j int) bool { return found[i].ConnectionID < found[j].ConnectionID })
	return found[:min(len(found), limit)]
}

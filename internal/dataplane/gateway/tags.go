package gateway

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// TagsHeader of the integration's response to $connect has the connection's tags,
// separated by commas (A-GATEWAY-54).
const TagsHeader = "pasarela-tags"

// Bounds of the tags of a connection.
const (
	MaxTags      = 20
	MaxTagLength = 128
)

// tagIndex finds the connections of a stage on this node by tag. It is kept beside the
// connections: one without tags has no memory for them.
type tagIndex struct {
	used atomic.Bool // a connection has had a tag

	mu   sync.RWMutex
	of   map[*connection][]string
	with map[string]map[*connection]struct{}
}

// set replaces the tags of a connection.
func (x *tagIndex) set(c *connection, tags []string) {
	if len(tags) == 0 && !x.used.Load() {
		return
	}
	x.used.Store(true)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.removeTags(c)
	if len(tags) == 0 {
		return
	}
	if x.of == nil {
		x.of, x.with = map[*connection][]string{}, map[string]map[*connection]struct{}{}
	}
	x.of[c] = tags
	for _, tag := range tags {
		if x.with[tag] == nil {
			x.with[tag] = map[*connection]struct{}{}
		}
		x.with[tag][c] = struct{}{}
	}
}

// remove removes a connection from the index.
func (x *tagIndex) remove(c *connection) { x.set(c, nil) }

// removeTags removes c's tags. x.mu is held.
func (x *tagIndex) removeTags(c *connection) {
	for _, tag := range x.of[c] {
		delete(x.with[tag], c)
		if len(x.with[tag]) == 0 {
			delete(x.with, tag)
		}
	}
	delete(x.of, c)
}

// tags are those of a connection.
func (x *tagIndex) tags(c *connection) []string {
	if !x.used.Load() {
		return nil
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.of[c]
}

// connections are those with a tag.
func (x *tagIndex) connections(tag string) []*connection {
	x.mu.RLock()
	defer x.mu.RUnlock()
	found := make([]*connection, 0, len(x.with[tag]))
	for c := range x.with[tag] {
		found = append(found, c)
	}
	return found
}

// CheckTag says what is wrong with a tag, by a BadRequestException: a tag has 1 to
// [MaxTagLength] letters and digits of ASCII and _.:/=+-@ (A-GATEWAY-54).
func CheckTag(tag string) error {
	fine := len(tag) >= 1 && len(tag) <= MaxTagLength
	for i := range len(tag) {
		c := tag[i]
		letter, digit := c|0x20 >= 'a' && c|0x20 <= 'z', c >= '0' && c <= '9'
		fine = fine && (letter || digit || strings.IndexByte("_.:/=+-@", c) >= 0)
	}
	if !fine {
		return Refuse(pasarela.CodeBadRequest, language.CallTag, quoted(tag[:min(len(tag), MaxTagLength)]), strconv.Itoa(MaxTagLength))
	}
	return nil
}

// checkTags sorts tags and removes duplicates.
func checkTags(tags []string) ([]string, error) {
	for _, tag := range tags {
		if err := CheckTag(tag); err != nil {
			return nil, err
		}
	}
	tags = slices.Compact(slices.Sorted(slices.Values(tags)))
	if len(tags) > MaxTags {
		return nil, Refuse(pasarela.CodeBadRequest, language.CallTagsMany, strconv.Itoa(MaxTags), strconv.Itoa(len(tags)))
	}
	return tags, nil
}

// tag sets the tags that the integration of $connect returned.
func (h *connectRun) tag() *execution.GatewayError {
	if !h.deployed.Settings.ConnectionTags || h.g.options.Strict {
		return nil
	}
	text := h.x.Reply.HeaderValue(TagsHeader)
	if text == "" {
		return nil
	}
	list := strings.Split(text, ",")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	tags, err := checkTags(list)
	if err != nil {
		why, _ := errors.AsType[language.Message](err)
		return execution.Misconfigured("Invalid "+TagsHeader, language.HandshakeTags.Because(why, TagsHeader))
	}
	h.stage.tags.set(h.conn, tags)
	return nil
}

// Tag replaces the tags of a connection of the API, on whatever node it is (A-GATEWAY-54).
// Repeated tags count once; more than [MaxTags] are a BadRequestException. The tags of a
// connection that outlives its socket are in the journal, and so outlive the node; those
// of others end with it. Other errors are those of [Gateway.Push].
func (g *Gateway) Tag(ctx context.Context, apiID, connectionID string, tags []string) error {
	if err := g.throttleCall(); err != nil {
		return err
	}
	tags, err := checkTags(tags)
	if err != nil {
		return err
	}
	_, err = g.callHolder(ctx, request{Verb: verbTag, APIID: apiID, ConnectionID: connectionID, Tags: tags}, func() error {
		return g.tagHere(apiID, connectionID, tags)
	})
	return err
}

// tagHere replaces the tags of a connection of this node, and notes them in the journal if it
// outlives its socket. If the connection ends or moves meanwhile, the caller is told so and
// repeats the call elsewhere.
func (g *Gateway) tagHere(apiID, connectionID string, tags []string) error {
	c := g.find(apiID, connectionID)
	if c == nil {
		return g.connectionMissing(apiID, connectionID)
	}
	if err := c.resume.errIfMoved(); err != nil {
		return err
	}
	c.stage.tags.set(c, tags)
	if g.table.get(c.id) != c { // it ended meanwhile, perhaps before it had the tags
		c.stage.tags.remove(c)
		return g.notHere(connectionID)
	}
	if c.resume != nil && g.journal != nil {
		record := c.record()
		g.journal.Changed(&record)
		if g.local != nil {
			g.local.Changed(&record)
		}
	}
	return c.resume.errIfMoved() // the tags may have been set too late to move with it
}

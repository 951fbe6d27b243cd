package extension

import (
	"encoding/base64"
	"encoding/json"
	"sort"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// maxConnections bounds one answer, and is its length where no limit is given.
const maxConnections = 10_000

// pageInput is which connections are asked for.
type pageInput struct {
	Limit     int    `query:"limit"`
	NextToken string `query:"nextToken"`
	Find      string `query:"find"` // is part of a member, in any case of letters
	Sort      string `query:"sort"` // a member of a connection, "-" before it: from the last to the first
}

// connectionsPage is a page of a list of connections.
type connectionsPage struct {
	Limit int
	Find  string // in lower case
	Sort  string
	Down  bool   // from the last to the first
	After *place // where the page before ends; nil: this is the first
}

// everyConnection is the page of those that ask for none.
var everyConnection = connectionsPage{Limit: maxConnections, Sort: "connectionId"}

// known says whether this version can make the page.
func (p connectionsPage) known() bool {
	return sortable[p.Sort] != nil && p.Limit > 0 && p.Limit <= maxConnections
}

// place is where a page ends: the value of its last row that it is sorted by, and its id.
// It stays a place when the row is gone.
type place struct {
	Sort  string `json:"s"` // as asked for
	Value string `json:"v"`
	ID    string `json:"i"`
}

// sortable are the members that connections are sorted by, as texts of that order.
var sortable = map[string]func(*Connection) string{
	"apiId":        func(c *Connection) string { return c.APIID },
	"connectedAt":  func(c *Connection) string { return c.ConnectedAt.UTC().Format(sortableTime) },
	"connectionId": func(c *Connection) string { return c.ConnectionID },
	"lastActiveAt": func(c *Connection) string { return c.LastActiveAt.UTC().Format(sortableTime) },
	"node":         func(c *Connection) string { return c.Node },
	"sourceIp":     func(c *Connection) string { return c.SourceIP },
	"stage":        func(c *Connection) string { return c.Stage },
	"userAgent":    func(c *Connection) string { return c.UserAgent },
}

const sortableTime = "2006-01-02T15:04:05.000000000"

// page checks what a client asks of the list of connections, and sets the defaults.
func (in pageInput) page() (connectionsPage, error) {
	p := everyConnection
	p.Find = strings.ToLower(in.Find)
	if in.Limit < 0 || in.Limit > maxConnections {
		return p, pasarela.Errorf(pasarela.CodeBadRequest, "Invalid parameter 'limit': %d is not a number from 1 to %d.", in.Limit, maxConnections)
	}
	if in.Limit > 0 {
		p.Limit = in.Limit
	}
	if in.Sort != "" {
		p.Sort, p.Down = strings.CutPrefix(in.Sort, "-")
	}
	if sortable[p.Sort] == nil {
		names := make([]string, 0, len(sortable))
		for name := range sortable {
			names = append(names, name)
		}
		sort.Strings(names)
		return p, pasarela.Errorf(pasarela.CodeBadRequest, "Invalid parameter 'sort': %q is none of [%s], with or without \"-\" before it.", in.Sort, strings.Join(names, ", "))
	}
	if in.NextToken == "" {
		return p, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(in.NextToken)
	if err != nil || json.Unmarshal(text, &p.After) != nil || p.After == nil || p.After.Sort != p.order() {
		return p, pasarela.Errorf(pasarela.CodeBadRequest, "Invalid parameter 'nextToken': expected the 'nextToken' of an answer with the same 'sort'.")
	}
	return p, nil
}

func (p connectionsPage) order() string {
	if p.Down {
		return "-" + p.Sort
	}
	return p.Sort
}

// tokenAfter is the token of the page behind a row.
func (p connectionsPage) tokenAfter(c Connection) string {
	text, _ := json.Marshal(place{p.order(), sortable[p.Sort](&c), c.ConnectionID}) // three texts
	return base64.RawURLEncoding.EncodeToString(text)
}

// matches says whether what was to be found is in a text of the connection.
func (p connectionsPage) matches(c *Connection) bool {
	if p.Find == "" {
		return true
	}
	for _, text := range [...]string{c.ConnectionID, c.SourceIP, c.UserAgent, c.Node, c.APIID, c.Stage} {
		if strings.Contains(strings.ToLower(text), p.Find) {
			return true
		}
	}
	for _, tag := range c.Tags {
		if strings.Contains(strings.ToLower(tag), p.Find) {
			return true
		}
	}
	return false
}

// selectedConnections are those of a page, and one behind it, which says that there are
// more. It holds at most twice as many at a time, whatever is added.
type selectedConnections struct {
	page     connectionsPage
	matching int // on all pages
	kept     []sortedConnection
}

type sortedConnection struct {
	value string
	Connection
}

func (s *selectedConnections) add(c Connection) {
	if !s.page.matches(&c) {
		return
	}
	s.matching++
	one := sortedConnection{sortable[s.page.Sort](&c), c}
	if after := s.page.After; after != nil && !s.before(after.Value, after.ID, one.value, c.ConnectionID) {
		return
	}
	if s.kept = append(s.kept, one); len(s.kept) >= 2*(s.page.Limit+1) {
		s.cut()
	}
}

func (s *selectedConnections) before(value, id, otherValue, otherID string) bool {
	if value == otherValue {
		value, otherValue = id, otherID
	}
	if s.page.Down {
		value, otherValue = otherValue, value
	}
	return value < otherValue
}

func (s *selectedConnections) cut() {
	sort.Slice(s.kept, func(i, j int) bool {
		return s.before(s.kept[i].value, s.kept[i].ConnectionID, s.kept[j].value, s.kept[j].ConnectionID)
	})
	s.kept = s.kept[:min(len(s.kept), s.page.Limit+1)]
}

// rows are at most one more than the page has.
func (s *selectedConnections) rows() []Connection {
	s.cut()
	rows := make([]Connection, 0, len(s.kept))
	for _, one := range s.kept {
		rows = append(rows, one.Connection)
	}
	return rows
}

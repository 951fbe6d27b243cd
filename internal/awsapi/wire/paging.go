package wire

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// Paging is how one service asks for and returns pages.
type Paging struct {
	Limit   string // query parameter of the page size: maxResults
	Token   string // query parameter and member of the next page: nextToken
	Next    string // member of the next page where that is not Token: NextMarker
	Items   string // member that holds the items
	Default int    // page size when none is asked for
	Max     int    // greatest page size
}

// Pages of apigatewayv2. AWS does not document its page size; 100 lets naive
// clients see everything they have (A-WIRE-2).
var PagesV2 = &Paging{Limit: "maxResults", Token: "nextToken", Items: "items", Default: 100, Max: 500}

// Pages of the v1 operations (aws-controlplane §5).
var PagesV1 = &Paging{Limit: "limit", Token: "position", Items: "item", Default: 25, Max: 500}

// page is the requested page: what follows the item after, or, when that item is gone,
// what starts at index.
type page struct {
	size  int
	index int
	after string
}

// read takes size and token out of the query. A size over the greatest is cut to it, as AWS
// does.
func (p *Paging) read(r request) (page, error) {
	asked := page{size: p.Default}
	if text := r.query.Get(p.Limit); text != "" {
		size, err := strconv.Atoi(text)
		if err != nil || size < 1 {
			return page{}, pasarela.Errorf(pasarela.CodeBadRequest, "Invalid parameter '%s': expected a whole number from 1 to %d, got %q.", p.Limit, p.Max, text)
		}
		asked.size = min(size, p.Max)
	}
	if text := r.query.Get(p.Token); text != "" {
		if !asked.parse(text) {
			return page{}, pasarela.Errorf(pasarela.CodeBadRequest, "Invalid parameter '%s': not a token that an earlier page answered.", p.Token)
		}
	}
	return asked, nil
}

// parse reads a token: base64 of "{place of the next item}:{id of the last item}". Clients
// pass it back as they got it.
func (p *page) parse(token string) bool {
	text, err := base64.URLEncoding.DecodeString(token)
	if err != nil {
		return false
	}
	index, after, ok := strings.Cut(string(text), ":")
	p.index, err = strconv.Atoi(index)
	p.after = after
	return ok && err == nil && p.index > 0
}

// NextMember is the member of an answer that asks for the next page.
func (p *Paging) NextMember() string {
	if p.Next != "" {
		return p.Next
	}
	return p.Token
}

func token(index int, after string) string {
	return base64.URLEncoding.EncodeToString([]byte(strconv.Itoa(index) + ":" + after))
}

// bounds is the asked page among count items. Items that come or go between two pages do
// not shift the others out of sight, since the token names an item.
func (p page) bounds(count int, id func(i int) string) (start, end int) {
	start = min(p.index, count)
	if p.after != "" && (start == 0 || id(start-1) != p.after) {
		for i := range count {
			if id(i) == p.after {
				start = i + 1
				break
			}
		}
	}
	return start, min(start+p.size, count)
}

// answer is the output of a list: part is a page that ends at end of count items.
func (p *Paging) answer(part any, end, count int, id func(i int) string) map[string]any {
	out := map[string]any{p.Items: part}
	if end < count {
		out[p.NextMember()] = token(end, id(end-1))
	}
	return out
}

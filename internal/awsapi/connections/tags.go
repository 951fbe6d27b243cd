package connections

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// conditionTag is the condition key of calls about tags: the tag, and of a change of a
// connection's tags each of the new ones (A-GATEWAY-55).
const conditionTag = "pasarela:connectiontag"

// defaultListed is how many connections a list has where its limit is not given.
const defaultListed = 100

// tagged says whether connections of the stage have tags.
func (s *Service) tagged(at *stage.Stage) bool {
	d := at.Deployed()
	return d != nil && d.Settings.ConnectionTags && !s.Gateway.Strict()
}

// tagIn is the tag that a call for many connections names, once the caller may use it. The
// call takes further parameters of these names.
func (s *Service) tagIn(r *http.Request, c authenticated, further ...string) (tag string, query url.Values, err error) {
	if query, err = queryOf(r, append([]string{"tag"}, further...)...); err != nil {
		return "", nil, err
	}
	tag = query.Get("tag")
	if err := gateway.CheckTag(tag); err != nil {
		return "", nil, err
	}
	return tag, query, s.allowTag(r, c.who, c.target, tag)
}

// limitIn is how many connections a list is to have at most.
func limitIn(query url.Values) (int, error) {
	text := query.Get("limit")
	if text == "" {
		return defaultListed, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > gateway.MaxTagged {
		return 0, gateway.Refuse(pasarela.CodeBadRequest, language.CallLimit, strconv.Quote(text), strconv.Itoa(gateway.MaxTagged))
	}
	return n, nil
}

// untagged is why a stage takes no calls about tags.
func (s *Service) untagged(at *stage.Stage) language.Message {
	if s.Gateway.Strict() {
		return language.ConnectionsStrict.Of()
	}
	return language.ConnectionsNoTags.Of(at.Name, at.APIID)
}

// queryOf reads the parameters that a call takes, each at most once. One that is misspelt
// or given twice is refused, or a call would reach others than those who are meant.
func queryOf(r *http.Request, taken ...string) (url.Values, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, gateway.Refuse(pasarela.CodeBadRequest, language.CallQuery, err.Error())
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		switch {
		case strings.HasPrefix(name, "X-Amz-"): // of a signature in the URL
		case len(taken) == 0:
			return nil, gateway.Refuse(pasarela.CodeBadRequest, language.CallNoParameters, strconv.Quote(name))
		case !slices.Contains(taken, name):
			return nil, gateway.Refuse(pasarela.CodeBadRequest, language.CallParameter, strconv.Quote(name), strings.Join(taken, ", "))
		case len(query[name]) > 1:
			return nil, gateway.Refuse(pasarela.CodeBadRequest, language.CallParameterTwice, strconv.Itoa(len(query[name])), strconv.Quote(name))
		}
	}
	return query, nil
}

// allowTag evaluates the policies for a call with a tag, "" for none.
func (s *Service) allowTag(r *http.Request, who pasarela.Principal, about target, tag string) error {
	regionAccount, path := s.Guard.RegionAccount, r.Method+"/@connections"
	resource := regionAccount.ExecuteAPIARN(about.stage.APIID, about.stage.Name, path)
	alias := resource
	if about.kind == tagsOfConnection {
		resource = regionAccount.ExecuteAPIARN(about.stage.APIID, about.stage.Name, path+"/{connectionId}/tags")
		alias = regionAccount.ExecuteAPIARN(about.stage.APIID, about.stage.Name, path+"/"+about.connectionID+"/tags")
	}
	keys := s.Guard.ConditionKeys(r)
	return s.Authorizer.AuthorizeAlias(r.Context(), who, actionManage, resource, alias, func(name string) ([]string, bool) {
		if name == conditionTag && tag != "" {
			return []string{tag}, true
		}
		return keys(name)
	})
}

// tag replaces the tags of a connection. A caller whose policy allows certain tags only
// cannot set others.
func (s *Service) tag(w http.ResponseWriter, r *http.Request, c authenticated) error {
	if _, err := queryOf(r); err != nil {
		return err
	}
	tags, err := tagsIn(c.body)
	if err != nil {
		return err
	}
	asked := tags
	if len(asked) == 0 {
		asked = []string{""}
	}
	for _, tag := range asked {
		if err := s.allowTag(r, c.who, c.target, tag); err != nil {
			return err
		}
	}
	if err := s.Gateway.Tag(r.Context(), c.stage.APIID, c.connectionID, tags); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// tagsIn reads the tags of a body, which says that a connection is to have none by an empty
// list: what is left out or misspelt takes nothing away.
func tagsIn(body []byte) ([]string, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		return nil, tagsRefused(language.CallTagsUnread.Of(err.Error()))
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if name != "tags" {
			return nil, tagsRefused(language.CallTagsMember.Of(strconv.Quote(name)))
		}
	}
	if err := wire.CheckMembers[map[string][]string](body); err != nil { // twice
		return nil, tagsRefused(language.CallTagsUnread.Of(err.Error()))
	}
	if members["tags"] == nil {
		return nil, tagsRefused(language.Message{})
	}
	var tags []string
	if err := json.Unmarshal(members["tags"], &tags); err != nil {
		return nil, tagsRefused(language.CallTagsUnread.Of(err.Error()))
	}
	if tags == nil {
		return nil, tagsRefused(language.CallTagsNull.Of())
	}
	return tags, nil
}

// tagsRefused says what the body must be, and what is wrong with this one.
func tagsRefused(why language.Message) error {
	return gateway.RefuseBecause(pasarela.CodeBadRequest, language.CallTags.Because(why))
}

// list returns the connections that have a tag, a page at a time. It shows only those of
// their tags that the caller may list.
func (s *Service) list(w http.ResponseWriter, r *http.Request, c authenticated) error {
	tag, query, err := s.tagIn(r, c, "limit", "nextToken")
	if err != nil {
		return err
	}
	limit, err := limitIn(query)
	if err != nil {
		return err
	}
	found, missing, err := s.Gateway.Tagged(r.Context(), c.stage.APIID, c.stage.Name, tag, query.Get("nextToken"), limit)
	if err != nil {
		return err
	}
	shown := map[string]bool{tag: true}
	for i, one := range found {
		found[i].Tags = make([]string, 0, len(one.Tags)) // those of the connection are shared
		for _, other := range one.Tags {
			may, known := shown[other]
			if !known {
				may = s.allowTag(r, c.who, c.target, other) == nil
				shown[other] = may
			}
			if may {
				found[i].Tags = append(found[i].Tags, other)
			}
		}
	}
	response := struct {
		Connections []gateway.Tagged `json:"connections"`
		NextToken   string           `json:"nextToken,omitempty"`
		Missing     []string         `json:"missingNodes,omitempty"` // that did not answer
	}{append([]gateway.Tagged{}, found...), "", missing}
	if len(found) == limit {
		response.NextToken = found[limit-1].ConnectionID
	}
	return writeJSON(w, response)
}

// fanOut posts one body to all connections that have a tag.
func (s *Service) fanOut(w http.ResponseWriter, r *http.Request, c authenticated) error {
	tag, _, err := s.tagIn(r, c)
	if err != nil {
		return err
	}
	push, err := pushOf(r.Header)
	if err != nil {
		return err
	}
	if push.Key != "" || push.Wait != gateway.Accepted {
		return gateway.Refuse(pasarela.CodeBadRequest, language.CallOneConnection, idempotencyKey, waitHeader)
	}
	push.Body = c.body
	found, err := s.Gateway.FanOut(r.Context(), c.stage.APIID, c.stage.Name, tag, push)
	if err != nil {
		return err
	}
	return writeJSON(w, found)
}

func writeJSON(w http.ResponseWriter, response any) error {
	body, err := json.Marshal(response)
	if err != nil {
		return err
	}
	w.Header()["Content-Type"] = []string{"application/json"}
	w.Header()["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(body) // the caller is gone: nothing to tell it
	return nil
}

package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/intake"
	"github.com/pasarela-ws/pasarela/internal/traceparent"
)

// create responds 201 as soon as the job is on disk.
func (s *server) create(w http.ResponseWriter, r *http.Request) {
	request, err := readRequest(r)
	if err != nil {
		s.refuseBody(w, r, err)
		return
	}
	report, repeated, err := s.intake.Submit(r.Context(), request)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	if repeated {
		w.Header().Set("Idempotent-Replayed", "true")
	}
	w.Header().Set("Location", "/api/reports/"+report.ID)
	writeJSON(w, http.StatusCreated, report.ForClients())
}

func (s *server) refuseBody(w http.ResponseWriter, r *http.Request, err error) {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		fail(w, r, http.StatusRequestEntityTooLarge, problem{Code: "invalid_request", Field: "body"}, language.Errorf("reports_api.body_large", "most", large.Limit))
		return
	}
	s.refuse(w, r, err)
}

// readRequest reads {"connectionId", "type", ...}: every member that is not the
// request's own is a parameter of the report, as are those of "parameters".
// The error is a *definition.FieldError or the body's.
func readRequest(r *http.Request) (intake.Request, error) { return readRequestWith(r, nil) }

// readRequestWith reads members that other calls have besides.
func readRequestWith(r *http.Request, others map[string]func(json.RawMessage) error) (intake.Request, error) {
	members, err := readBody(r)
	if err != nil {
		return intake.Request{}, err
	}
	preferNamedLanguage(r, members)
	for name, read := range others {
		raw, given := members[name]
		if !given {
			continue
		}
		if err := read(raw); err != nil {
			return intake.Request{}, definition.NewFieldError(name, err)
		}
		delete(members, name)
	}
	request := intake.Request{Parameters: map[string]string{}, IdempotencyKey: r.Header.Get("Idempotency-Key")}
	if trace := r.Header.Get("Traceparent"); traceparent.Valid(trace) {
		request.Trace = trace
	}
	if raw, ok := members["attributes"]; ok {
		if request.Attributes, err = readAttributes(raw); err != nil {
			return intake.Request{}, err
		}
		delete(members, "attributes")
	}
	if nested, ok := members["parameters"]; ok {
		given, err := readNested(nested)
		if err != nil {
			return intake.Request{}, err
		}
		if err := fill(&request, given, map[string]*string{
			"language": &request.Language, "format": &request.Format,
			"reportType": nil, "type": nil, "caller": nil, "client": nil, "attributes": nil, // of a query string, which clients write
		}); err != nil {
			return intake.Request{}, err
		}
		delete(members, "parameters")
	}
	return request, fill(&request, members, map[string]*string{
		"connectionId": &request.ConnectionID, "type": &request.Type, "caller": &request.Caller, "client": &request.Client,
		"language": &request.Language, "format": &request.Format, "domainName": &request.DomainName, "stage": &request.Stage,
	})
}

// readBody reads the members of the body, which must be JSON.
func readBody(r *http.Request) (map[string]json.RawMessage, error) {
	if kind := r.Header.Get("Content-Type"); kind != "" {
		if media, _, err := mime.ParseMediaType(kind); err != nil || media != "application/json" {
			return nil, definition.NewFieldError("Content-Type", language.Errorf("reports_api.content_type", "value", strconv.Quote(kind)))
		}
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	return readObject("body", body)
}

const (
	maxAttributes = 32
	maxAttribute  = 1024 // bytes of a value
)

// readAttributes reads what the integration says of the caller: an object of texts, numbers
// and booleans, or "" or null where a template found none. Empty ones are left out.
func readAttributes(raw json.RawMessage) (map[string]string, error) {
	if text := string(raw); text == `""` || text == "null" {
		return nil, nil
	}
	members, err := readObject("attributes", raw)
	if err != nil {
		return nil, err
	}
	if len(members) > maxAttributes {
		return nil, definition.NewFieldError("attributes", language.Errorf("reports_api.attributes_many", "most", maxAttributes))
	}
	attributes := map[string]string{}
	for name, raw := range members {
		text, err := readExactText(raw)
		if err == nil && len(text) > maxAttribute {
			err = language.Errorf("reports_api.long", "most", maxAttribute)
		}
		if err != nil {
			return nil, definition.NewFieldError("attributes", language.Errorf("reports_api.attribute", "name", name, "why", err))
		}
		if text != "" {
			attributes[name] = text
		}
	}
	return attributes, nil
}

// readNested reads the member "parameters": an object, or "" or null where a
// template found none.
func readNested(raw json.RawMessage) (map[string]json.RawMessage, error) {
	if text := string(raw); text == `""` || text == "null" {
		return nil, nil
	}
	return readObject("parameters", raw)
}

// fill sets the request's own members from the members of a body; the others are
// parameters of the report. A member of own with a nil target is ignored: the caller and
// the client are never read from the nested members, which may be the query string that
// a client wrote (A-REPORT-20).
func fill(request *intake.Request, members map[string]json.RawMessage, own map[string]*string) error {
	for name, raw := range members {
		target, known := own[name]
		read := readText
		switch {
		case raw[0] == '[' && !known:
			read = readList
			request.Lists = append(request.Lists, name)
		case name == "caller":
			read = readExactText
		}
		text, err := read(raw)
		if err != nil {
			return definition.NewFieldError(name, err)
		}
		switch {
		case known && target != nil && strings.TrimSpace(text) != "":
			*target = text
		case !known:
			request.Parameters[name] = text
		}
	}
	return nil
}

// readObject reads an object whose members each come once: a template that pastes a
// client's text between quotes lets that client write members of its own, which must
// not take the place of the template's (A-REPORT-20).
func readObject(field string, content []byte) (map[string]json.RawMessage, error) {
	var members map[string]json.RawMessage
	decoder := json.NewDecoder(bytes.NewReader(content))
	err := decoder.Decode(&members)
	if err == nil && members == nil {
		err = language.Errorf("reports_api.is_null")
	}
	if err == nil && field == "body" {
		if _, more := decoder.Token(); more != io.EOF {
			err = language.Errorf("reports_api.more_follows")
		}
	}
	if err != nil {
		return nil, definition.NewFieldError(field, language.Errorf("reports_api.object", "why", jsonReason(err, content)))
	}
	if twice := repeatedMember(content); twice != "" {
		return nil, definition.NewFieldError(twice, language.Errorf("reports_api.twice"))
	}
	return members, nil
}

// repeatedMember is a member that comes twice in an object that is known to be
// valid, or "".
func repeatedMember(content []byte) string {
	decoder := json.NewDecoder(bytes.NewReader(content))
	_, _ = decoder.Token() // the opening brace
	seen := map[string]bool{}
	for decoder.More() {
		name, err := decoder.Token()
		text, isText := name.(string)
		var skipped json.RawMessage
		if err != nil || !isText || decoder.Decode(&skipped) != nil {
			return ""
		}
		if seen[text] {
			return text
		}
		seen[text] = true
	}
	return ""
}

// jsonReason says of an error of encoding/json where the content is wrong.
func jsonReason(err error, content []byte) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.EOF):
		return language.Errorf("reports_api.is_empty")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return language.Errorf("reports_api.ends_early")
	case errors.As(err, &syntax):
		line := 1 + bytes.Count(content[:min(int(syntax.Offset), len(content))], []byte("\n"))
		return language.Errorf("reports_api.at_line", "line", line, "why", syntax)
	case errors.As(err, &kind):
		return language.Errorf("reports_api.is_a", "kind", kind.Value)
	}
	return err
}

// readList takes an array of texts, numbers and booleans as the text of a list.
func readList(raw json.RawMessage) (string, error) {
	var members []json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return "", err
	}
	texts := make([]string, len(members))
	for i, member := range members {
		text, err := readText(member)
		if err != nil {
			return "", language.Errorf("reports_api.value", "n", i+1, "why", err)
		}
		texts[i] = text
	}
	return definition.ListText(texts)
}

// readText is readExactText without the white space at both ends.
func readText(raw json.RawMessage) (string, error) {
	text, err := readExactText(raw)
	return strings.TrimSpace(text), err
}

// readExactText takes a text, number or boolean as text and null as nothing. Names of callers
// and their attributes are read so: "ana " is not ana.
func readExactText(raw json.RawMessage) (string, error) {
	switch first := raw[0]; {
	case first == '"':
		var text string
		err := json.Unmarshal(raw, &text)
		return text, err
	case first == '{' || first == '[':
		return "", language.Errorf("reports_api.scalar")
	case string(raw) == "null":
		return "", nil
	}
	return string(raw), nil
}

package awsuri

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// URI is where a call goes. Exactly one of URL, Action and Path is set.
type URI struct {
	// URL is an http(s) address that answers as a Lambda function does.
	URL string

	Region    string
	Subdomain string // of the service's host name, "" or "name" or "a.b"
	Service   string
	Action    string // action/{Action}&{Query}
	Query     string
	Path      string // path/{Path}, with its leading slash
	// Function is set when Path invokes a Lambda function.
	Function Function
}

// Function is a Lambda function as an Invoke call names it.
type Function struct {
	ARN       string // as it was written: an ARN, or what Lambda takes in its place
	Name      string // without account and qualifier
	Qualifier string // version or alias; empty for none
}

// IsFunction says whether the call invokes a Lambda function.
func (u *URI) IsFunction() bool { return u.Function.ARN != "" }

// Shapes of addresses, for those who wrote another one.
const (
	functionShape = "arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{function ARN}/invocations"
	serviceShape  = "arn:aws:apigateway:{region}:{service}:action/{Action} or …:path/{path}"
)

var (
	partitionForm = regexp.MustCompile(`^aws(-[a-z]+)*$`)
	labelForm     = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)
	actionForm    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*$`)
	// functionForm is FunctionName of Lambda's Invoke: an ARN, a partial ARN or a name.
	functionForm = regexp.MustCompile(`^(?:arn:aws(?:-[a-z]+)*:lambda:[a-z0-9-]+:)?(?:\d{1,12}:)?(?:function:)?([A-Za-z0-9_-]+)(?::(\$LATEST|[A-Za-z0-9_-]+))?$`)
)

// ParseService reads the address of an AWS integration. The error says what is
// wrong with the text and what to write.
func ParseService(text string) (URI, error) {
	if isHTTP(text) {
		return parseURL(text)
	}
	if function, ok := bareFunction(text); ok {
		return URI{}, itself(text, function)
	}
	parts := strings.SplitN(text, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || !partitionForm.MatchString(parts[1]) || parts[2] != "apigateway" {
		return URI{}, language.URIForm.Of(strconv.Quote(text), serviceShape)
	}
	if err := checkHost(text, parts[3], parts[4]); err != nil {
		return URI{}, err
	}
	u := URI{Region: parts[3], Service: parts[4]}
	if i := strings.LastIndexByte(u.Service, '.'); i >= 0 {
		u.Subdomain, u.Service = u.Service[:i], u.Service[i+1:]
	}
	kind, rest, _ := strings.Cut(parts[5], "/")
	switch kind {
	case "action":
		return u.withAction(text, rest)
	case "path":
		return u.withPath(text, rest)
	}
	return URI{}, language.URIForm.Of(strconv.Quote(text), serviceShape)
}

// ParseFunction reads the address of an AWS_PROXY integration or of an authorizer:
// a Lambda function's invocation or an http(s) address.
func ParseFunction(text string) (URI, error) {
	if isHTTP(text) {
		return parseURL(text)
	}
	if function, ok := bareFunction(text); ok {
		return URI{}, itself(text, function)
	}
	u, err := ParseService(text)
	if err != nil && !strings.HasPrefix(text, "arn:") || err == nil && !u.IsFunction() {
		return URI{}, language.URINeither.Of(strconv.Quote(text), functionShape)
	}
	return u, err
}

func isHTTP(text string) bool {
	return strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://")
}

func parseURL(text string) (URI, error) {
	if parsed, err := url.Parse(text); err != nil || parsed.Hostname() == "" || parsed.User != nil || !printable(text) {
		return URI{}, language.URIHost.Of(strconv.Quote(text))
	}
	return URI{URL: text}, nil
}

// bareFunction recognizes the ARN of a function itself, which tools also offer.
func bareFunction(text string) (function string, ok bool) {
	if !strings.HasPrefix(text, "arn:") || !strings.Contains(text, ":lambda:") || !functionForm.MatchString(text) {
		return "", false
	}
	return text, true
}

func itself(text, function string) error {
	arn, _ := pasarela.ParseARN(function) // functionForm has let it through
	return language.URIFunction.Of(strconv.Quote(text), arn.Region, function)
}

func checkHost(text, region, service string) error {
	if !labelForm.MatchString(region) {
		return language.URIRegion.Of(strconv.Quote(text), strconv.Quote(region))
	}
	for label := range strings.SplitSeq(service, ".") {
		if !labelForm.MatchString(label) {
			return language.URIService.Of(strconv.Quote(text), strconv.Quote(service))
		}
	}
	return nil
}

func (u URI) withAction(text, rest string) (URI, error) {
	u.Action, u.Query, _ = strings.Cut(rest, "&")
	if !actionForm.MatchString(u.Action) {
		return URI{}, language.URIAction.Of(strconv.Quote(text), strconv.Quote(u.Action))
	}
	if !printable(u.Query) || strings.IndexByte(u.Query, '#') >= 0 {
		return URI{}, language.URIQuery.Of(strconv.Quote(text))
	}
	return u, nil
}

func (u URI) withPath(text, rest string) (URI, error) {
	u.Path = "/" + strings.TrimPrefix(rest, "/")
	if !printable(u.Path) || strings.IndexByte(u.Path, '#') >= 0 || HasDotSegment(u.Path) {
		return URI{}, language.URIPath.Of(strconv.Quote(text), strconv.Quote(u.Path))
	}
	if u.Service != "lambda" {
		return u, nil
	}
	name, ok := strings.CutPrefix(u.Path, "/2015-03-31/functions/")
	name, whole := strings.CutSuffix(name, "/invocations")
	match := functionForm.FindStringSubmatch(name)
	if !ok || !whole || match == nil || u.Subdomain != "" {
		return URI{}, language.URINoFunction.Of(strconv.Quote(text), functionShape)
	}
	u.Function = Function{ARN: name, Name: match[1], Qualifier: match[2]}
	return u, nil
}

// HasDotSegment says whether a path, up to its query, has a segment "." or "..",
// also an escaped one: servers and proxies take them out before they look.
func HasDotSegment(path string) bool {
	path, _, _ = strings.Cut(path, "?")
	for segment := range strings.FieldsFuncSeq(path, func(r rune) bool { return r == '/' || r == '\\' }) {
		switch strings.ReplaceAll(strings.ToLower(segment), "%2e", ".") {
		case ".", "..":
			return true
		}
	}
	return false
}

func printable(text string) bool {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] == 0x7f {
			return false
		}
	}
	return true
}

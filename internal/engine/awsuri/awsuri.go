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
	// URL is an http(s) address that responds as a Lambda function does.
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

// Shapes of addresses, shown in errors.
const (
	functionShape = "arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{function ARN}/invocations"
	serviceShape  = "arn:aws:apigateway:{region}:{service}:action/{Action} or …:path/{path}"
)

var (
	labelForm    = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)
	actionForm   = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*$`)
	functionForm = regexp.MustCompile(`^(?:function:)?([A-Za-z0-9_-]+)(?::(\$LATEST|[A-Za-z0-9_-]+))?$`)
	accountForm  = regexp.MustCompile(`^[0-9]{1,12}$`)
)

// ParseService reads the address of an AWS integration. The error says what is
// wrong with the text and what to write.
func ParseService(text string) (URI, error) {
	if isHTTP(text) {
		return parseURL(text)
	}
	if err := functionItself(text); err != nil {
		return URI{}, err
	}
	arn, ok := pasarela.ParseARN(text)
	if !ok || !pasarela.IsPartition(arn.Partition) || arn.Service != "apigateway" {
		return URI{}, language.URIForm.Of(strconv.Quote(text), serviceShape)
	}
	if err := checkHost(text, arn.Region, arn.AccountID); err != nil {
		return URI{}, err
	}
	u := URI{Region: arn.Region, Service: arn.AccountID} // where other ARNs have the account
	if i := strings.LastIndexByte(u.Service, '.'); i >= 0 {
		u.Subdomain, u.Service = u.Service[:i], u.Service[i+1:]
	}
	kind, rest, _ := strings.Cut(arn.Resource, "/")
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
	if err := functionItself(text); err != nil {
		return URI{}, err
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

// functionItself refuses the plain ARN of a function, a common mistake; the error gives
// the address that invokes the function.
func functionItself(text string) error {
	arn, ok := pasarela.ParseARN(text)
	if _, _, named := functionName(text); !ok || !named {
		return nil
	}
	return language.URIFunction.Of(strconv.Quote(text), arn.Region, text)
}

// functionName reads FunctionName of Lambda's Invoke: an ARN, an account and a name, or a
// name alone, each with or without a version or alias (Lambda's API reference, Invoke).
func functionName(text string) (name, qualifier string, ok bool) {
	if arn, isARN := pasarela.ParseARN(text); isARN {
		if !pasarela.IsPartition(arn.Partition) || arn.Service != "lambda" || !pasarela.IsRegion(arn.Region) || !accountForm.MatchString(arn.AccountID) {
			return "", "", false
		}
		text = arn.Resource
	} else if account, rest, cut := strings.Cut(text, ":"); cut && accountForm.MatchString(account) {
		text = rest
	}
	match := functionForm.FindStringSubmatch(text)
	if match == nil {
		return "", "", false
	}
	return match[1], match[2], true
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
	function, qualifier, named := functionName(name)
	if !ok || !whole || !named || u.Subdomain != "" {
		return URI{}, language.URINoFunction.Of(strconv.Quote(text), functionShape)
	}
	u.Function = Function{ARN: name, Name: function, Qualifier: qualifier}
	return u, nil
}

// HasDotSegment says whether a path, up to its query, has a segment "." or "..",
// also an escaped one. Servers and proxies remove such segments before they
// choose what serves the path.
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

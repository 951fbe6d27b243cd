package wire

import (
	"bytes"
	"cmp"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/sigv4"
)

// Router decides which service a request is for, since one listener serves them
// all. A nil handler is a service that is not there.
type Router struct {
	APIGatewayV2   http.Handler // paths under /v2/
	APIGateway     http.Handler // v1: /apikeys, /usageplans, /account, /tags ...
	Connections    http.Handler // .../@connections/{id}
	IAM            http.Handler
	STS            http.Handler
	Lambda         http.Handler // paths that begin with a date: /2015-03-31/functions
	CloudFormation http.Handler
	SSM            http.Handler // Systems Manager: X-Amz-Target AmazonSSM.*
	S3             http.Handler // what is signed for it: its paths are names that people choose
	Extension      http.Handler // /pasarela/: what AWS never offered
	// Gateway serves what no AWS client sent: handshakes, and paths of no service.
	// Health, metrics and the console are matched before the Router.
	Gateway http.Handler
	// IsCustomHost says whether a host is a custom domain or names an API: all of its paths
	// are those of stages and mappings, and none is a service's. nil: there are no such hosts.
	IsCustomHost func(host string) bool
}

// ServeHTTP passes the request to the service that it is for, or responds with 403 when there is
// none. The steps of a call are its service's: [RESTService] and [QueryService] stamp, match,
// admit, read, authenticate, decode, authorise, act and encode.
func (rt *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	handler, service, err := rt.handler(w, r)
	if err != nil {
		writeUnserved(w, r, service, err)
		return
	}
	handler.ServeHTTP(w, r)
}

// handler chooses the service in the order of aws-controlplane §1: a WebSocket handshake
// goes to the gateway even when it is signed for another service (AWS_IAM authorization
// signs it for execute-api); then the signature's scope decides, X-Amz-Target, the host,
// the form's Version, the path. After an error service is the one that was meant, if that
// can be told.
func (rt *Router) handler(w http.ResponseWriter, r *http.Request) (handler http.Handler, service string, err error) {
	if isHandshake(r) {
		return rt.Gateway, "", nil
	}
	if service, signed := signedFor(r); signed {
		if h := rt.byService(service, r); h != nil {
			return h, service, nil
		}
		if err := imagesUnserved(r, service); err != nil {
			return nil, service, err
		}
		return nil, service, rt.unserved(service)
	}
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		if rt.SSM != nil && strings.HasPrefix(target, "AmazonSSM.") {
			return rt.SSM, "ssm", nil // which refuses what is not signed
		}
		return nil, "", rt.unserved(target)
	}
	if rt.IsCustomHost != nil && rt.IsCustomHost(r.Host) {
		return rt.executeAPI(r), "", nil
	}
	if r.URL.Path == "/" {
		service, err := serviceOfForm(w, r)
		if err != nil {
			return nil, service, err
		}
		if h := rt.byService(service, r); h != nil {
			return h, service, nil
		}
	}
	return rt.byPath(r), "", nil
}

func isHandshake(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// signedFor is the service in the credential scope. A signature that does not
// parse is left to the service that the path names, which will refuse it.
func signedFor(r *http.Request) (service string, signed bool) {
	if isConnections(r) && strings.Contains(r.Header.Get("Authorization"), "/execute-api/aws4_request") {
		return "execute-api", true // a push; it is parsed where it is checked
	}
	signature, err := sigv4.Parse(r)
	return signature.Scope.Service, err == nil
}

// byService is the handler of a signing name; nil for a service that is not here. API
// Gateway's two APIs have one signing name and differ in their paths.
func (rt *Router) byService(service string, r *http.Request) http.Handler {
	switch service {
	case "apigateway":
		if strings.HasPrefix(r.URL.EscapedPath(), "/v2/") {
			return rt.APIGatewayV2
		}
		return rt.APIGateway
	case "execute-api":
		return rt.executeAPI(r)
	case "iam":
		return rt.IAM
	case "sts":
		return rt.STS
	case "lambda":
		return rt.Lambda
	case "cloudformation":
		return rt.CloudFormation
	case "ssm":
		return rt.SSM
	case "s3":
		return rt.S3
	case "pasarela":
		return rt.Extension
	}
	return nil
}

// Services are the services of AWS that are here, in order, under the names of the AWS SDKs and
// CLI, which LocalStack's health page uses too; the Management API has its signing name.
func (rt *Router) Services() []string {
	var names []string
	for _, s := range rt.services() {
		names = append(names, cmp.Or(s.signedAs, s.name))
	}
	slices.Sort(names)
	return names
}

// service is a service of AWS under its name in the AWS SDKs and CLI. signedAs is its signing
// name where errors give both.
type service struct {
	name, signedAs string
	handler        http.Handler
}

// services are those that are here.
func (rt *Router) services() []service {
	return slices.DeleteFunc([]service{
		{"apigateway", "", rt.APIGateway},
		{"apigatewayv2", "", rt.APIGatewayV2},
		{"apigatewaymanagementapi", "execute-api", rt.Connections},
		{"cloudformation", "", rt.CloudFormation},
		{"iam", "", rt.IAM},
		{"lambda", "", rt.Lambda},
		{"s3", "", rt.S3},
		{"ssm", "", rt.SSM},
		{"sts", "", rt.STS},
	}, func(s service) bool { return s.handler == nil })
}

func (rt *Router) executeAPI(r *http.Request) http.Handler {
	if isConnections(r) {
		return rt.Connections
	}
	return rt.Gateway
}

// isConnections looks at the decoded path: hand-made clients send %40connections.
func isConnections(r *http.Request) bool {
	return strings.Contains(r.URL.Path, "/@connections/") || strings.HasSuffix(r.URL.Path, "/@connections")
}

// byPath serves what carries no readable signature: to the service that will
// refuse it in its own words, or to the gateway.
func (rt *Router) byPath(r *http.Request) http.Handler {
	path := r.URL.EscapedPath()
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch {
	case isConnections(r):
		return rt.Connections
	case first == "v2" && rt.APIGatewayV2 != nil:
		return rt.APIGatewayV2
	case isV1(first) && rt.APIGateway != nil:
		return rt.APIGateway
	case dated.MatchString(first) && rt.Lambda != nil:
		return rt.Lambda
	case first == "pasarela" && rt.Extension != nil:
		return rt.Extension
	}
	return rt.Gateway
}

// dated is how the paths of Lambda's operations begin; no API's id has dashes.
var dated = regexp.MustCompile(`^20\d\d-\d\d-\d\d$`)

func isV1(first string) bool {
	switch first {
	case "account", "apikeys", "clientcertificates", "tags", "usageplans":
		return true
	}
	return false
}

// maxForm bounds the form of a query request; the largest legal one is a policy
// document or a CloudFormation template.
const maxForm = 1 << 20

// maxUnsignedForm bounds an unsigned form, in bytes; it is read only to refuse it in
// the words of its service.
const maxUnsignedForm = 16 << 10

// serviceOfForm reads Version out of a query request's form or query and puts
// the body back. The versions do not overlap between services.
func serviceOfForm(w http.ResponseWriter, r *http.Request) (string, error) {
	version := r.URL.Query().Get("Version")
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if version == "" && r.Method == http.MethodPost && media == "application/x-www-form-urlencoded" {
		body, err := (*Bodies)(nil).Read(w, r, "", maxUnsignedForm)
		if err != nil {
			return "", err
		}
		r.Body = io.NopCloser(bytes.NewReader(body.Bytes))
		form, err := url.ParseQuery(string(body.Bytes))
		if err != nil {
			return "", pasarela.Errorf(pasarela.CodeBadRequest, "The form in the request body does not parse.")
		}
		version = form.Get("Version")
	}
	switch version {
	case "2010-05-08":
		return "iam", nil
	case "2011-06-15":
		return "sts", nil
	case "2010-05-15":
		return "cloudformation", nil
	}
	return "", nil
}

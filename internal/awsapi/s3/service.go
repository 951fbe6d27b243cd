package s3

import (
	"context"
	"encoding/xml"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/s3"
	"github.com/pasarela-ws/pasarela/sigv4"
)

const signingName = "s3"

// codeNotImplemented is what S3 says of operations that a server does not have.
const codeNotImplemented pasarela.ErrorCode = "NotImplemented"

// Service serves S3. Make one with [New].
type Service struct {
	objects *s3.Service
	guard   *wire.Guard
	log     *slog.Logger
}

// New makes the handler. guard's verifier must take bodies without a signature where that
// is safe, since S3's presigned URLs have none.
func New(objects *s3.Service, guard *wire.Guard, log *slog.Logger) *Service {
	return &Service{objects: objects, guard: guard, log: log}
}

// call is one request that is authenticated.
type call struct {
	w           http.ResponseWriter
	r           *http.Request
	who         pasarela.Principal
	bucket, key string
	body        []byte
	trailer     http.Header
}

// ServeHTTP serves one call.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	requestID := wire.StampRequestID(w)
	w.Header().Set("X-Amz-Request-Id", requestID)
	name, err := s.serve(w, r)
	if err == nil {
		s.log.DebugContext(r.Context(), "api call", "operation", name, "requestId", requestID, "duration", time.Since(start))
		return
	}
	a := errorOf(err)
	w.Header().Del("ETag")
	if r.Method == http.MethodHead {
		w.WriteHeader(a.Status)
	} else {
		writeXML(w, a.Status, errorResponse{Code: a.Code, Message: a.Message, Resource: r.URL.Path, RequestID: requestID})
	}
	if a.Status == http.StatusInternalServerError {
		s.log.ErrorContext(r.Context(), "api call failed", "operation", name, "requestId", requestID, "error", err)
		return
	}
	s.log.DebugContext(r.Context(), "api call refused", "operation", name, "requestId", requestID, "code", a.Code, "error", err)
}

// serve serves one call; name is that of the operation, for the log, once it is known.
func (s *Service) serve(w http.ResponseWriter, r *http.Request) (name string, err error) {
	caller, err := s.guard.Admit(r, signingName)
	if err != nil {
		return "", err
	}
	body, err := s.guard.Bodies.Read(w, r, caller.AccessKeyID(), s3.MaxBody+s3.MaxBody/64) // and the framing
	if err != nil {
		return "", err
	}
	defer body.Release()
	c := &call{w: w, r: r}
	if c.who, c.body, c.trailer, err = caller.Payload(body.Bytes); err != nil {
		return "", err
	}
	c.bucket, c.key = named(r)
	op := find(c)
	if op == nil || asksForMore(r) {
		return "", notServed(r)
	}
	resource := "arn:aws:s3:::" + c.bucket
	switch {
	case c.bucket == "":
		resource = "*"
	case c.key != "":
		resource += "/" + c.key
	}
	if op.action != "" {
		if err := s.guard.Authorize(r.Context(), c.who, op.action, []string{resource}, s.conditionKeys(c)); err != nil {
			return op.name, err
		}
	}
	if owner := r.Header.Get("X-Amz-Expected-Bucket-Owner"); owner != "" && owner != s.guard.RegionAccount.AccountID {
		return op.name, pasarela.Errorf(pasarela.CodeAccessDenied, "The bucket belongs to account %s, and the call expects %.20q.", s.guard.RegionAccount.AccountID, owner)
	}
	return op.name, op.do(s, r.Context(), c)
}

// conditionKeys are the values of a call's condition keys, those of S3 included that a list
// has (service authorization reference of Amazon S3).
func (s *Service) conditionKeys(c *call) pasarela.RequestContext {
	keys, query := s.guard.RequestContext(c.r), c.r.URL.Query()
	if c.key != "" || c.r.Method != http.MethodGet {
		return keys
	}
	for _, name := range []string{"prefix", "delimiter", "max-keys"} {
		if query.Has(name) {
			keys["s3:"+name] = []string{query.Get(name)}
		}
	}
	return keys
}

// asksForMore says whether a write uses features that objects here do not have; without
// an error the client would rely on them. Settings of buckets, such as encryption, have
// no effect (A-S3-3), so the same settings of an object are accepted too.
func asksForMore(r *http.Request) bool {
	for _, name := range []string{"X-Amz-Object-Lock-Mode", "X-Amz-Object-Lock-Legal-Hold", "X-Amz-Tagging", "X-Amz-Website-Redirect-Location", "X-Amz-Write-Offset-Bytes"} {
		if r.Header.Get(name) != "" {
			return true
		}
	}
	return r.Method == http.MethodDelete && r.Header.Get("If-Match") != ""
}

func notServed(r *http.Request) error {
	asked := r.Method + " " + r.URL.Path
	if r.URL.RawQuery != "" {
		asked += "?" + r.URL.RawQuery
	}
	return pasarela.Errorf(codeNotImplemented, "A header or operation you asked for is not served here: %.200s. S3 here is for templates and the code of functions.", asked)
}

// named is the bucket and the key of a request. In host style the bucket is the first
// label of a host such as bucket.s3.eu-west-1.amazonaws.com or bucket.localhost.
func named(r *http.Request) (bucket, key string) {
	path := strings.TrimPrefix(r.URL.Path, "/")
	host, _, _ := strings.Cut(r.Host, ":")
	for _, mark := range []string{".s3.", ".s3-"} {
		if bucket, _, hosted := strings.Cut(host, mark); hosted {
			return bucket, path
		}
	}
	if bucket, local := strings.CutSuffix(host, ".localhost"); local && !strings.HasPrefix(bucket, "s3.") && bucket != "s3" {
		return bucket, path
	}
	bucket, key, _ = strings.Cut(path, "/")
	return bucket, key
}

// errorOf spells err as S3 does.
func errorOf(err error) wire.ErrorResponse {
	a := wire.QueryErrorResponse(err)
	var signature *sigv4.Error
	var known *pasarela.Error
	switch {
	case errors.As(err, &signature) && signature.Fault == sigv4.FaultUnknownKey:
		a.Code, a.Message = "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."
	case errors.As(err, &signature) && signature.Fault == sigv4.FaultMissing:
		a.Code, a.Message = "AccessDenied", "Access Denied: the request is not signed."
	case errors.As(err, &signature) && signature.Fault == sigv4.FaultPayload:
		a.Status, a.Code = http.StatusBadRequest, "XAmzContentSHA256Mismatch"
	case errors.As(err, &known):
		a.Status = status(known.Code, a.Status)
	}
	return a
}

func status(code pasarela.ErrorCode, otherwise int) int {
	switch code {
	case s3.CodeNoBucket, s3.CodeNoKey, s3.CodeNoUpload:
		return http.StatusNotFound
	case s3.CodeOwned, s3.CodeNotEmpty:
		return http.StatusConflict
	case s3.CodePrecondition:
		return http.StatusPreconditionFailed
	case codeNotImplemented:
		return http.StatusNotImplemented
	}
	if slices.ContainsFunc(s3.Settings(), func(s s3.Setting) bool { return s.Missing != "" && s.Missing == code }) {
		return http.StatusNotFound
	}
	return otherwise
}

const namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

type errorResponse struct {
	XMLName   xml.Name `xml:"Error"`
	Code      string
	Message   string
	Resource  string `xml:",omitempty"`
	RequestID string `xml:"RequestId"`
}

func writeXML(w http.ResponseWriter, status int, value any) {
	body, _ := xml.Marshal(value) // what is answered always encodes
	writeText(w, status, "application/xml", xml.Header+string(body))
}

func writeText(w http.ResponseWriter, status int, contentType, text string) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // the client is gone: nothing to tell it
}

// done responds without a body.
func done(w http.ResponseWriter, status int) error {
	w.WriteHeader(status)
	return nil
}

// readXML reads the body of a call.
func readXML(c *call, into any) error {
	if err := xml.Unmarshal(c.body, into); err != nil {
		return pasarela.Errorf(s3.CodeXML, "The XML you provided was not well-formed or did not validate against our published schema")
	}
	return nil
}

// Invoke is [wire.Invoker], for stacks.
func (s *Service) Invoke(ctx context.Context, by wire.Call, operation string, members map[string]any) (map[string]any, error) {
	text := func(name string) string { value, _ := members[name].(string); return value }
	bucket, key := text("Bucket"), text("Key")
	action, resource := "s3:"+operation, "arn:aws:s3:::"+bucket
	if key != "" {
		resource += "/" + key
	}
	setting, isSetting := settingOf(strings.TrimPrefix(operation, "Put"))
	if isSetting {
		action = "s3:Put" + actionOf(setting)
	}
	if operation == "HeadBucket" {
		action = "s3:ListBucket"
	}
	if err := s.guard.Authorize(ctx, by.Principal, action, []string{resource}, by.Context); err != nil {
		return nil, err
	}
	switch {
	case isSetting:
		return map[string]any{}, s.objects.PutSetting(ctx, bucket, setting, []byte(text("Document")))
	case operation == "DeleteBucketPolicy":
		setting, _ = settingOf("BucketPolicy")
		return map[string]any{}, s.objects.DeleteSetting(ctx, bucket, setting)
	case operation == "CreateBucket":
		return map[string]any{}, s.objects.CreateBucket(ctx, bucket)
	case operation == "HeadBucket":
		found, err := s.objects.Find(ctx, bucket)
		if err != nil {
			return nil, err
		}
		return map[string]any{"Creation": found.Creation}, nil
	case operation == "DeleteBucket":
		return map[string]any{}, s.objects.DeleteBucket(ctx, bucket)
	case operation == "GetObject":
		data, err := s.objects.Get(ctx, bucket, key, s3.MaxBody)
		return map[string]any{"Body": string(data)}, err
	}
	return nil, pasarela.Errorf(wire.CodeUnknownOperation, "s3 has no operation %s here.", operation)
}

package s3_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc64"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	signer "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/s3"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	control "github.com/pasarela-ws/pasarela/internal/controlplane/s3"
	"github.com/pasarela-ws/pasarela/internal/testkit/account"
	"github.com/pasarela-ws/pasarela/sigv4"
)

type server struct {
	*testing.T
	handler   *s3.Service
	bucket    pasarela.Bucket
	who       *identity.Service
	root, ana aws.Credentials
}

// start makes the service with a user ana, who may do all in the bucket ana.
func start(t *testing.T) *server {
	t.Helper()
	a := account.Open(t, "eu-west-1")
	guard := a.GuardWith(sigv4.Options{
		Unsigned: func(service string) bool { return service == "s3" },
		Secure:   func(r *http.Request) bool { return r.Header.Get("X-Secure") != "" },
	})
	service := control.New(control.Options{Bucket: a.Bucket, RegionAccount: a.RegionAccount, MakesStagingBuckets: true})
	ana := a.User("ana", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::ana","arn:aws:s3:::ana/*"]}]}`)
	return &server{T: t, handler: s3.New(service, guard, slog.New(slog.DiscardHandler)), bucket: a.Bucket, who: a.Identity, root: a.Root, ana: ana}
}

// limit lets ana do what a policy says, and nothing else.
func (s *server) limit(policy string) {
	s.Helper()
	if err := s.who.Policies.PutPolicy(s.Context(), identity.UserNamed("ana"), identity.PutPolicyInput{PolicyName: "p", PolicyDocument: policy}); err != nil {
		s.Fatal(err)
	}
}

func (s *server) answer(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

// sign signs a request whose body is declared to have that hash; "" computes
// it.
func (s *server) sign(by aws.Credentials, method, target string, body []byte, hash string, headers ...string) *http.Request {
	s.Helper()
	r := httptest.NewRequest(method, "http://127.0.0.1"+target, bytes.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if hash == "" {
		sum := sha256.Sum256(body)
		hash = hex.EncodeToString(sum[:])
	}
	r.Header.Set("X-Amz-Content-Sha256", hash)
	if err := signer.NewSigner(func(o *signer.SignerOptions) { o.DisableURIPathEscaping = true }).SignHTTP(s.Context(), by, r, hash, "s3", "eu-west-1", time.Now()); err != nil {
		s.Fatal(err)
	}
	return r
}

func (s *server) call(by aws.Credentials, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	s.Helper()
	return s.answer(s.sign(by, method, target, []byte(body), "", headers...))
}

// step is a call, the status of its answer, and a text that the answer
// contains.
type step struct {
	method, target, body string
	status               int
	want                 string
}

func (s *server) run(by aws.Credentials, steps []step) {
	s.Helper()
	for _, each := range steps {
		if w := s.call(by, each.method, each.target, each.body); w.Code != each.status || !strings.Contains(w.Body.String(), each.want) {
			s.Errorf("%s %s: %d %s\nwant %d %s", each.method, each.target, w.Code, w.Body, each.status, each.want)
		}
	}
}

func TestObjects(t *testing.T) {
	s := start(t)
	s.run(s.root, []step{
		{"PUT", "/b-1/k", "x", 404, "<Code>NoSuchBucket</Code>"},
		{"PUT", "/B_1", "", 400, "<Code>InvalidBucketName</Code>"},
		{"PUT", "/b-1", "", 200, ""},
		{"PUT", "/b-1", "", 409, "<Code>BucketAlreadyOwnedByYou</Code>"},
		{"GET", "/", "", 200, "<Name>b-1</Name>"},
		{"HEAD", "/b-1", "", 200, ""},
		{"GET", "/b-1?location", "", 200, ">eu-west-1</LocationConstraint>"},
		{"PUT", "/b-1/p/a", "one", 200, ""},
		{"PUT", "/b-1/p/a", "two", 200, ""},
		{"PUT", "/b-1/p/b%20%2B%C3%BC", "three", 200, ""},
		{"PUT", "/b-1/q", "", 200, ""},
		{"GET", "/b-1/p/a", "", 200, "two"},
		{"GET", "/b-1/p/b%20%2B%C3%BC", "", 200, "three"},
		{"GET", "/b-1/none", "", 404, "<Code>NoSuchKey</Code>"},
		{"GET", "/b-1?list-type=2&delimiter=%2F", "", 200, "<Key>q</Key>"},
		{"GET", "/b-1?list-type=2&delimiter=%2F", "", 200, "<CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes>"},
		{"GET", "/b-1?list-type=2&max-keys=1", "", 200, "<NextContinuationToken>cC9h</NextContinuationToken>"},
		{"GET", "/b-1?list-type=2&continuation-token=cC9h&prefix=p%2F", "", 200, "<KeyCount>1</KeyCount><IsTruncated>false</IsTruncated>"},
		{"GET", "/b-1?versions", "", 200, "<VersionId>null</VersionId><IsLatest>true</IsLatest>"},
		{"DELETE", "/b-1", "", 409, "<Code>BucketNotEmpty</Code>"},
		{"DELETE", "/b-1/q", "", 204, ""},
		{"DELETE", "/b-1/q", "", 204, ""},
		{"POST", "/b-1?delete", "<Delete><Object><Key>p/a</Key></Object><Object><Key>p/b +ü</Key></Object></Delete>", 200, "<Deleted><Key>p/a</Key></Deleted>"},
		{"DELETE", "/b-1", "", 204, ""},
		{"GET", "/b-1?website", "", 501, "<Code>NotImplemented</Code>"},
	})
	if left, err := s.bucket.List(t.Context(), "s3"); err != nil || len(left) > 0 {
		t.Errorf("left in the store: %v %v", left, err)
	}
}

func TestRangesAndConditions(t *testing.T) {
	s := start(t)
	s.call(s.root, "PUT", "/b-1", "")
	etag := s.call(s.root, "PUT", "/b-1/k", "0123456789", "X-Amz-Meta-Colour", "red", "Content-Type", "text/plain").Header().Get("ETag")
	for _, c := range []struct {
		method, header, value string
		status                int
		body                  string
	}{
		{"GET", "Range", "bytes=2-4", 206, "234"},
		{"GET", "Range", "bytes=20-", 416, ""},
		{"GET", "If-None-Match", etag, 304, ""},
		{"GET", "If-Match", `"other"`, 412, ""},
		{"HEAD", "X-Nothing", "", 200, ""},
		{"PUT", "If-None-Match", "*", 412, "<Code>PreconditionFailed</Code>"},
	} {
		w := s.call(s.root, c.method, "/b-1/k", "", c.header, c.value)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.body) {
			t.Errorf("%s with %s %s: %d %s, want %d %s", c.method, c.header, c.value, w.Code, w.Body, c.status, c.body)
		}
		if c.method == "HEAD" && (w.Header().Get("X-Amz-Meta-Colour") != "red" || w.Header().Get("Content-Length") != "10" || w.Header().Get("Content-Type") != "text/plain") {
			t.Errorf("HEAD: %v", w.Header())
		}
	}
}

func TestPartsMakeAnObject(t *testing.T) {
	s := start(t)
	s.call(s.root, "PUT", "/b-1", "")
	_, rest, _ := strings.Cut(s.call(s.root, "POST", "/b-1/k?uploads", "", "X-Amz-Meta-Colour", "red").Body.String(), "<UploadId>")
	id, _, _ := strings.Cut(rest, "<")
	parts := []string{strings.Repeat("a", 9<<20), "b"} // the first in two pieces
	var list strings.Builder
	for i, part := range parts {
		w := s.call(s.root, "PUT", fmt.Sprintf("/b-1/k?partNumber=%d&uploadId=%s", i+1, id), part)
		fmt.Fprintf(&list, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>", i+1, strings.ReplaceAll(w.Header().Get("ETag"), `"`, "&quot;"))
	}
	s.run(s.root, []step{
		{"GET", "/b-1/k", "", 404, "NoSuchKey"},
		{"GET", "/b-1/k?uploadId=" + id, "", 200, "<PartNumber>2</PartNumber>"},
		{"POST", "/b-1/k?uploadId=" + id, "<CompleteMultipartUpload><Part><PartNumber>3</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>", 400, "<Code>InvalidPart</Code>"},
		{"POST", "/b-1/k?uploadId=" + id, "<CompleteMultipartUpload>" + list.String() + "</CompleteMultipartUpload>", 200, "-2&#34;</ETag>"},
		{"GET", "/b-1/k?uploadId=" + id, "", 404, "NoSuchUpload"},
	})
	if got := s.call(s.root, "GET", "/b-1/k", ""); got.Body.String() != parts[0]+parts[1] || got.Header().Get("X-Amz-Meta-Colour") != "red" {
		t.Errorf("%d bytes with %v", got.Body.Len(), got.Header())
	}
	if got := s.call(s.root, "GET", "/b-1/k", "", "Range", "bytes=8388606-9437184"); got.Body.String() != strings.Repeat("a", 1<<20+2)+"b" {
		t.Errorf("a range over two pieces has %d bytes", got.Body.Len())
	}
	s.call(s.root, "DELETE", "/b-1/k", "")
	if left, err := s.bucket.List(t.Context(), "s3piece/"); err != nil || len(left) > 0 {
		t.Errorf("pieces left in the store: %d %v", len(left), err)
	}
}

func TestChecksums(t *testing.T) {
	s := start(t)
	s.call(s.root, "PUT", "/b-1", "")
	nvme := base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, crc64.Checksum([]byte("hello"), crc64.MakeTable(0x9a6c9329ac4bc9b5))))
	for _, c := range []struct {
		name, value string
		status      int
	}{
		{"X-Amz-Checksum-Crc32", "NhCmhg==", 200}, // of "hello", by any tool
		{"X-Amz-Checksum-Crc32", "NhCmhw==", 400},
		{"X-Amz-Checksum-Crc32c", "mnG7TA==", 200},
		{"X-Amz-Checksum-Crc64nvme", nvme, 200},
		{"X-Amz-Checksum-Sha1", "qvTGHdzF6KLavt4PO0gs2a6pQ00=", 200},
		{"X-Amz-Checksum-Sha256", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=", 200},
		{"Content-Md5", "XUFAKrxLKna5cZ2REBfFkg==", 200},
		{"Content-Md5", "XUFAKrxLKna5cZ2REBfFkw==", 400},
		{"X-Amz-Checksum-Crc7", "x", 501},
	} {
		if w := s.call(s.root, "PUT", "/b-1/k", "hello", c.name, c.value); w.Code != c.status {
			t.Errorf("%s %s: %d %s, want %d", c.name, c.value, w.Code, w.Body, c.status)
		}
	}
}

func TestSettingsAreShownAsTheyWerePut(t *testing.T) {
	s := start(t)
	on := `<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>`
	s.run(s.root, []step{
		{"PUT", "/b-1", "", 200, ""},
		{"GET", "/b-1?versioning", "", 200, "<VersioningConfiguration"},
		{"GET", "/b-1?encryption", "", 404, "<Code>ServerSideEncryptionConfigurationNotFoundError</Code>"},
		{"GET", "/b-1?policy", "", 404, "<Code>NoSuchBucketPolicy</Code>"},
		{"PUT", "/b-1?versioning", on, 200, ""},
		{"GET", "/b-1?versioning", "", 200, on},
		{"PUT", "/b-1?encryption", on, 400, "<Code>MalformedXML</Code>"},
		{"PUT", "/b-1?lifecycle", "<LifecycleConfiguration>", 400, "<Code>MalformedXML</Code>"},
		{"PUT", "/b-1?policy", `{"Statement":[]}`, 204, ""},
		{"GET", "/b-1?policy", "", 200, `{"Statement":[]}`},
		{"DELETE", "/b-1?policy", "", 204, ""},
		{"GET", "/b-1?policy", "", 404, ""},
	})
}

func TestPermissionsOnBuckets(t *testing.T) {
	s := start(t)
	denied := "<Code>AccessDenied</Code>"
	s.run(s.root, []step{{"PUT", "/other", "", 200, ""}, {"PUT", "/other/k", "v", 200, ""}})
	s.run(s.ana, []step{
		{"PUT", "/ana", "", 200, ""},
		{"PUT", "/ana/k", "v", 200, ""},
		{"GET", "/", "", 403, denied},
		{"GET", "/other/k", "", 403, denied},
		{"PUT", "/other/k", "w", 403, denied},
		{"DELETE", "/other/k", "", 403, denied},
		{"POST", "/other/k?uploads", "", 403, denied},
		{"GET", "/other?list-type=2", "", 403, denied},
		{"PUT", "/other?policy", "{}", 403, denied},
		{"POST", "/other?delete", "<Delete><Object><Key>k</Key></Object></Delete>", 200, "<Error><Key>k</Key><Code>AccessDenied</Code>"},
	})
	s.run(s.root, []step{{"GET", "/other/k", "", 200, "v"}})
	wrong := s.ana
	wrong.SecretAccessKey = "wrong"
	s.run(wrong, []step{{"GET", "/ana/k", "", 403, "<Code>SignatureDoesNotMatch</Code>"}})
	if w := s.answer(httptest.NewRequest("GET", "http://127.0.0.1/ana/k", nil)); w.Code != 403 {
		t.Errorf("without a signature: %d", w.Code)
	}
}

// What a policy says of a prefix holds for lists, in each spelling of the query.
func TestPrefixesOfListsAreConditionKeys(t *testing.T) {
	s := start(t)
	s.run(s.root, []step{{"PUT", "/ana", "", 200, ""}, {"PUT", "/ana/secret/a", "x", 200, ""}, {"PUT", "/ana/open/a", "x", 200, ""}})
	s.limit(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListBucket*","Resource":"*","Condition":{"StringLike":{"s3:prefix":"open/*"},"NumericLessThanEquals":{"s3:max-keys":"10"}}}]}`)
	s.run(s.ana, []step{
		{"GET", "/ana?list-type=2&prefix=open%2F&max-keys=10", "", 200, "<Key>open/a</Key>"},
		{"GET", "/ana?max-keys=10&prefix=open/", "", 200, "<Key>open/a</Key>"},
		{"GET", "/ana?versions&prefix=open/&max-keys=1", "", 200, "<Key>open/a</Key>"},
		{"GET", "/ana?list-type=2&prefix=open%2F&max-keys=11", "", 403, "AccessDenied"},
		{"GET", "/ana?list-type=2&prefix=open%2F", "", 403, "AccessDenied"},
		{"GET", "/ana?list-type=2&prefix=secret%2F&max-keys=1", "", 403, "AccessDenied"},
		{"GET", "/ana?list-type=2&prefix=secret%2F&prefix=open%2F&max-keys=1", "", 200, "<Prefix>open/</Prefix>"}, // the first, in the order in which it is signed
		{"GET", "/ana?list-type=2&max-keys=1", "", 403, "AccessDenied"},
		{"GET", "//ana/open", "", 501, "NotImplemented"},
	})
}

// A write applies all conditions and options of its request, or is refused.
func TestWritesWithConditions(t *testing.T) {
	s := start(t)
	s.run(s.root, []step{{"PUT", "/ana", "", 200, ""}, {"PUT", "/ana/k", "one", 200, ""}})
	const one = `"f97c5d29941bfb1b2fdab0874906ab82"`
	for _, c := range []struct {
		method, target, name, value string
		status                      int
	}{
		{"PUT", "/ana/k", "If-None-Match", "*", 412},
		{"PUT", "/ana/k", "If-Match", `"other"`, 412},
		{"PUT", "/ana/none", "If-Match", "*", 404},
		{"PUT", "/ana/k", "X-Amz-Expected-Bucket-Owner", "111122223333", 403},
		{"GET", "/ana/k", "X-Amz-Expected-Bucket-Owner", "111122223333", 403},
		{"DELETE", "/ana/k", "X-Amz-Expected-Bucket-Owner", "111122223333", 403},
		{"PUT", "/ana/k", "X-Amz-Object-Lock-Mode", "COMPLIANCE", 501},
		{"PUT", "/ana/k", "X-Amz-Tagging", "a=b", 501},
		{"DELETE", "/ana/k", "If-Match", one, 501},
	} {
		if w := s.call(s.root, c.method, c.target, "two", c.name, c.value); w.Code != c.status {
			t.Errorf("%s %s with %s: %d, want %d: %s", c.method, c.target, c.name, w.Code, c.status, w.Body)
		}
	}
	s.run(s.root, []step{{"GET", "/ana/k", "", 200, "one"}})
	for _, c := range [][2]string{{"If-Match", one}, {"If-Match", "*"}, {"X-Amz-Expected-Bucket-Owner", "123456789012"}} {
		if w := s.call(s.root, "PUT", "/ana/k", "three", c[0], c[1]); w.Code != 200 {
			t.Errorf("%v: %d %s", c, w.Code, w.Body)
		}
	}
	s.run(s.root, []step{{"GET", "/ana/k", "", 200, "three"}})
}

// TestBodiesWithoutSignature holds where a body may go unsigned: over a connection that
// cannot be changed on its way, or where there is none.
func TestBodiesWithoutSignature(t *testing.T) {
	s := start(t)
	s.call(s.root, "PUT", "/b-1", "")
	chunked := "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n"
	for _, c := range []struct {
		method, hash, body, secure string
		status                     int
	}{
		{"PUT", "UNSIGNED-PAYLOAD", "hello", "yes", 200},
		{"PUT", "UNSIGNED-PAYLOAD", "hello", "", 400},
		{"GET", "UNSIGNED-PAYLOAD", "", "", 200},
		{"PUT", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", chunked, "yes", 200},
		{"PUT", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", chunked, "", 400},
		{"PUT", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", strings.Replace(chunked, "NhC", "NhD", 1), "yes", 400},
		{"PUT", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "9\r\nhello\r\n", "yes", 400},
		{"PUT", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", chunked, "yes", 403}, // its chunks have no signatures
	} {
		r := s.sign(s.root, c.method, "/b-1/k", []byte(c.body), c.hash)
		if c.secure != "" {
			r.Header.Set("X-Secure", c.secure)
		}
		if w := s.answer(r); w.Code != c.status || c.status == 200 && c.method == "GET" && w.Body.String() != "hello" {
			t.Errorf("%s %s secure %q: %d %s, want %d", c.method, c.hash, c.secure, w.Code, w.Body, c.status)
		}
	}
}

// TestTheStagingBucketIsThere is what `cdk deploy` needs without `cdk bootstrap`, and what
// `cdk bootstrap` needs afterwards (A-S3-4).
func TestTheStagingBucketIsThere(t *testing.T) {
	s := start(t)
	s.run(s.root, []step{
		{"HEAD", "/cdk-hnb659fds-assets-123456789012-eu-west-1", "", 200, ""},
		{"HEAD", "/cdk-hnb659fds-assets-123456789012-eu-west-2", "", 404, ""},
		{"PUT", "/cdk-hnb659fds-assets-123456789012-eu-west-1/a.json", "{}", 200, ""},
		{"PUT", "/cdk-hnb659fds-assets-123456789012-eu-west-1", "", 200, ""},
		{"GET", "/cdk-hnb659fds-assets-123456789012-eu-west-1/a.json", "", 200, "{}"},
		{"PUT", "/cdk-hnb659fds-assets-123456789012-eu-west-1", "", 409, ""},
	})
}

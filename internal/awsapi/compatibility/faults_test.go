package compatibility_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/apigateway"
	"github.com/pasarela-ws/pasarela/internal/awsapi/apigatewayv2"
	"github.com/pasarela-ws/pasarela/internal/awsapi/iam"
	"github.com/pasarela-ws/pasarela/internal/awsapi/lambda"
	"github.com/pasarela-ws/pasarela/internal/awsapi/ssm"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	controllambda "github.com/pasarela-ws/pasarela/internal/controlplane/lambda"
	controlssm "github.com/pasarela-ws/pasarela/internal/controlplane/ssm"
	"github.com/pasarela-ws/pasarela/internal/state/document"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/state/statetest"
	ownaccount "github.com/pasarela-ws/pasarela/internal/testkit/account"
)

// faultyNode is every service on one faulty bucket.
type faultyNode struct {
	*ownaccount.Account
	apis      *apis.Service
	functions *controllambda.Service
	handlers  map[string]http.Handler // by the names in [inputs]
}

func openFaulty(t *testing.T, bucket *statetest.Faulty) *faultyNode {
	t.Helper()
	a, log := ownaccount.OpenIn(t, region, bucket), slog.New(slog.DiscardHandler)
	n := &faultyNode{
		Account:   a,
		apis:      apis.New(apis.Options{Bucket: bucket, RegionAccount: a.RegionAccount, Log: log, Checker: apis.EngineChecker{}, Endpoint: func(id string) string { return "wss://" + id }}),
		functions: controllambda.New(controllambda.Options{Bucket: bucket, RegionAccount: a.RegionAccount, Log: log}),
	}
	parameters := controlssm.New(controlssm.Options{Bucket: bucket, RegionAccount: a.RegionAccount})
	guard := a.Guard()
	n.handlers = map[string]http.Handler{
		"apigatewayv2": apigatewayv2.New(n.apis, guard, log), "apigateway": apigateway.New(n.apis, guard, log),
		"iam": iam.New(a.Identity, guard, log), "lambda": lambda.New(n.functions, guard, log), "ssm": ssm.New(parameters, guard, log),
	}
	return n
}

// clean runs what cleans up behind interrupted calls of a service, for as long as it needs.
func (n *faultyNode) clean(t *testing.T, service string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	switch service {
	case "apigatewayv2", "apigateway":
		go func() { _ = n.apis.Deployments.Run(ctx) }()
		time.Sleep(80 * time.Minute)
	case "lambda":
		go func() { _ = n.functions.Run(ctx) }()
		time.Sleep(15 * time.Minute)
	}
	stop()
	synctest.Wait()
}

// write is one mutating operation of a table, ready to be called.
type write struct {
	service, name string // apigatewayv2, CreateApi
	method, path  string
	body          string
}

// call signs a call and returns its status and its body.
func (n *faultyNode) call(t *testing.T, w write) (status int, body string) {
	t.Helper()
	r := httptest.NewRequest(w.method, "http://127.0.0.1"+w.path, strings.NewReader(w.body))
	r.RequestURI = w.path
	signedFor := w.service
	switch w.service {
	case "apigatewayv2":
		signedFor = "apigateway"
	case "ssm":
		r.Header.Set("Content-Type", "application/x-amz-json-1.1")
		r.Header.Set("X-Amz-Target", "AmazonSSM."+w.name)
	case "iam":
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	ownaccount.Sign(t, n.Root, r, w.body, signedFor, region)
	recorder := httptest.NewRecorder()
	n.handlers[w.service].ServeHTTP(recorder, r)
	return recorder.Code, recorder.Body.String()
}

// seed is a store with a resource of each kind, and their ids by the labels of paths.
type seed struct {
	entries []pasarela.Entry
	labels  map[string]string
	words   map[string]bool
}

// bucket is a faulty bucket with the seed's contents.
func (s *seed) bucket(t *testing.T) *statetest.Faulty {
	t.Helper()
	bucket := memory.NewBucket()
	for _, entry := range s.entries {
		if _, err := bucket.Put(t.Context(), entry.Key, entry.Value, 0); err != nil {
			t.Fatal(err)
		}
	}
	return statetest.NewFaulty(bucket, nil)
}

var (
	longWord  = regexp.MustCompile(`[A-Za-z0-9_+/=]{6,}`)
	keyWord   = regexp.MustCompile(`[A-Za-z0-9_=]{6,}`)
	generated = regexp.MustCompile(`-----BEGIN[^-]*-----[^-]*-----END[^-]*-----|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+Z?`)
)

// text is a value as JSON, or the checksum of one that is none.
func text(t *testing.T, bucket pasarela.Bucket, entry pasarela.Entry) string {
	t.Helper()
	if doc, err := document.NewStore[json.RawMessage](bucket).Get(t.Context(), entry.Key); err == nil {
		return string(*doc.Value)
	}
	sum := sha256.Sum256(entry.Value)
	return hex.EncodeToString(sum[:])
}

// differences are the keys that have another value than in the seed, a line each. What is
// generated, such as ids and times, is a star: words that are neither in the seed nor in
// the call.
func (s *seed) differences(t *testing.T, bucket *statetest.Faulty, w write) string {
	t.Helper()
	entries, err := bucket.Bucket.List(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	known := func(word string) string {
		if s.words[word] || strings.Contains(w.body, word) || strings.Contains(w.path, word) {
			return word
		}
		return "*"
	}
	was := map[string][]byte{}
	for _, entry := range s.entries {
		was[entry.Key] = entry.Value
	}
	var lines []string
	for _, entry := range entries {
		old, there := was[entry.Key]
		delete(was, entry.Key)
		if there && bytes.Equal(old, entry.Value) {
			continue
		}
		value := generated.ReplaceAllString(text(t, bucket.Bucket, entry), "*")
		// Members are sorted: the order of maps is that of generated ids.
		members := strings.FieldsFunc(longWord.ReplaceAllStringFunc(value, known), func(r rune) bool { return strings.ContainsRune("{}[],", r) })
		slices.Sort(members)
		lines = append(lines, keyWord.ReplaceAllStringFunc(entry.Key, known)+" "+strings.Join(members, " "))
	}
	for key := range was {
		lines = append(lines, keyWord.ReplaceAllStringFunc(key, known)+" is gone")
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// reading says of an operation's name that it only reads.
var reading = regexp.MustCompile(`^(Get|List|Describe|Simulate|Export)`)

// writes are the calls of all operations of the tables that write, by their names. One
// without an input fails the test.
func (s *seed) writes(t *testing.T) []write {
	t.Helper()
	var values []string
	for label, value := range s.labels {
		values = append(values, "{"+label+"}", value)
	}
	fill := strings.NewReplacer(values...)
	var all []write
	add := func(service, name, method, path string) {
		if reading.MatchString(name) || writesNothing[name] {
			return
		}
		found := 0
		for key, given := range inputs[service] {
			if operation, _, _ := strings.Cut(key, ","); operation != name {
				continue
			}
			found++
			query, body, _ := strings.Cut(given, " ")
			if !strings.HasPrefix(query, "?") {
				query, body = "", given
			}
			escaped := regexp.MustCompile(`\{[^}]*\}`).ReplaceAllStringFunc(path, func(label string) string {
				value, ok := s.labels[strings.Trim(label, "{+}")]
				if !ok {
					t.Errorf("%s: the seed has no %s", name, label)
				}
				return url.PathEscape(value)
			})
			if query != "" && strings.Contains(escaped, "?") {
				query = "&" + query[1:]
			}
			all = append(all, write{service, name, method, escaped + fill.Replace(query), fill.Replace(body)})
		}
		if found == 0 {
			t.Errorf("%s %s has no input: every operation that writes is tried with every fault of its writes", service, name)
		}
	}
	rest := func(service string, table []wire.Operation) {
		for _, op := range table {
			add(service, op.Name, op.Method, op.Path)
		}
	}
	rest("apigatewayv2", apigatewayv2.Operations(new(apis.Service)))
	rest("apigateway", apigateway.Operations(new(apis.Service)))
	rest("lambda", lambda.Operations(new(controllambda.Service)))
	for _, op := range ssm.Operations(new(controlssm.Service)) {
		add("ssm", op.Name, http.MethodPost, "/")
	}
	for _, op := range iam.Operations(new(identity.Service)) {
		add("iam", op.Name, http.MethodPost, "/")
	}
	for i := range all {
		if all[i].service == "iam" {
			all[i].body = "Action=" + all[i].name + "&Version=" + iam.Version + "&" + all[i].body
		}
	}
	return all
}

// trial is what one try of a call needs.
type trial struct {
	*testing.T
	seed   *seed
	bucket *statetest.Faulty
	node   *faultyNode
	write  write
}

// try runs one try in a time of its own.
func (s *seed) try(t *testing.T, w write, run func(*trial)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		bucket := s.bucket(t)
		node := openFaulty(t, bucket)
		synctest.Wait()
		run(&trial{t, s, bucket, node, w})
		node.Identity.Close()
	})
}

// call makes the call, with a fault of its n-th read or write, and says whether there was
// such a read or write, and whether it can have this fault. A status of 500 is a fault of
// ours whatever the store did.
func (tr *trial) call(n int, fault statetest.Fault) (status int, reached, made bool) {
	tr.Helper()
	if fault != statetest.None {
		at := 0
		tr.bucket.SetPlan(func(verb, _ string) statetest.Fault {
			defer func() { at++ }()
			if at != n {
				return statetest.None
			}
			isWrite := verb == "put" || verb == "delete"
			if fault == statetest.Stale && verb != "get" || fault != statetest.Stale && fault != statetest.RequestLost && !isWrite {
				reached = true
				return statetest.None
			}
			reached, made = true, true
			return fault
		})
	}
	status, body := tr.node.call(tr.T, tr.write)
	tr.bucket.SetPlan(nil)
	synctest.Wait()
	if status >= http.StatusInternalServerError && status != http.StatusServiceUnavailable {
		tr.Errorf("call %d with fault %d: %d %s", n, fault, status, body)
	}
	return status, reached, made
}

// settle lets late writes be made, restarts the node, and lets it clean up.
func (tr *trial) settle() string {
	tr.Helper()
	tr.bucket.RunDelayed()
	synctest.Wait()
	tr.node.Identity.Close()
	tr.node = openFaulty(tr.T, tr.bucket)
	tr.node.clean(tr.T, tr.write.service)
	return tr.seed.differences(tr.T, tr.bucket, tr.write)
}

func isHarmless(w write, left string) bool {
	return harmless[w.name] != nil && harmless[w.name].MatchString(left)
}

// Whatever the store does with any one read or write of any operation, what was
// acknowledged stays; an answer of 503 means that the operation was made or was not, and no
// half of it stays; and a client that tries again gets what AWS would have made. Calls that
// never reach the store are tried when PASARELA_EVERY_STEP is set.
func TestNoFaultUndoesWhatMayHaveBeenWritten(t *testing.T) {
	var s *seed
	synctest.Test(t, func(t *testing.T) { s = plant(t) })
	for _, w := range s.writes(t) {
		t.Run(w.service+" "+w.name+" "+strings.TrimPrefix(w.path, "/"), func(t *testing.T) {
			t.Parallel()
			var once, twice string
			s.try(t, w, func(tr *trial) {
				if status, body := tr.node.call(tr.T, w); status >= 300 {
					tr.Fatalf("without a fault: %d %s", status, body)
				}
				if once = tr.settle(); once == "" {
					tr.Fatal("it writes nothing")
				}
			})
			s.try(t, w, func(tr *trial) {
				tr.node.call(tr.T, w)
				tr.node.call(tr.T, w)
				twice = tr.settle()
			})
			faults := []statetest.Fault{statetest.ResponseLost, statetest.Delayed}
			if os.Getenv("PASARELA_EVERY_STEP") != "" {
				faults = append(faults, statetest.RequestLost)
			}
			for _, fault := range faults {
				for n, more := 0, true; more && !t.Failed(); n++ {
					what, made := fmt.Sprintf("fault %d of access %d", fault, n), false
					s.try(t, w, func(tr *trial) {
						var status int
						if status, more, made = tr.call(n, fault); !made {
							return
						}
						got := tr.settle()
						switch {
						case status < 300 && got != once:
							tr.Errorf("%s: it was acknowledged, and left\n%s\nwant\n%s", what, got, once)
						case status >= 400 && status != http.StatusServiceUnavailable:
							tr.Errorf("%s: answered %d", what, status)
						case got != "" && got != once && !isHarmless(w, got):
							tr.Errorf("%s: half of it is left:\n%s\nwant nothing or\n%s", what, got, once)
						}
					})
					if !made {
						continue
					}
					s.try(t, w, func(tr *trial) {
						if status, _, _ := tr.call(n, fault); status < 300 {
							return
						}
						status, _, _ := tr.call(0, statetest.None)
						got := tr.settle()
						if status == http.StatusServiceUnavailable || got != once && (got != twice || status >= 400) && !isHarmless(w, got) {
							tr.Errorf("%s, and again: %d, and left\n%s\nwant\n%s", what, status, got, once)
						}
					})
				}
			}
			for n, more := 0, true; more && !t.Failed(); n++ {
				s.try(t, w, func(tr *trial) {
					tr.call(0, statetest.None)
					var made bool
					if _, more, made = tr.call(n, statetest.Stale); !made {
						return
					}
					if got := tr.settle(); got != once && got != twice {
						tr.Errorf("a second call whose access %d was stale left\n%s\nwant\n%s", n, got, twice)
					}
				})
			}
		})
	}
}

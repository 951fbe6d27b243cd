package functions_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/functions"
	"github.com/pasarela-ws/pasarela/internal/state/document"
	"github.com/pasarela-ws/pasarela/internal/state/functioncode"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// memorySize is what functions of these tests have, in MB: under the race detector this
// program takes more than a small function may.
const memorySize = 10240

var place = pasarela.RegionAccount{Region: "us-east-1", AccountID: "123456789012"}

// TestMain is also the function of these tests: the program starts itself as the
// bootstrap of provided runtimes, with AWS's own runtime client for Go.
func TestMain(m *testing.M) {
	if os.Getenv(victimVariable) != "" {
		beKilled()
		return
	}
	if os.Getenv(echoVariable) != "" {
		serveEcho()
		return
	}
	if api := os.Getenv("AWS_LAMBDA_RUNTIME_API"); api != "" {
		switch handler := os.Getenv("_HANDLER"); {
		case handler == "cut":
			respondInHalf(api)
		case strings.HasPrefix(handler, "slow:"):
			pause, _ := time.ParseDuration(strings.TrimPrefix(handler, "slow:"))
			time.Sleep(pause)
			lambda.Start(handle)
		case strings.HasPrefix(handler, "late:"):
			askLate(api, strings.TrimPrefix(handler, "late:"))
		case strings.HasPrefix(handler, "impatient:"):
			askAgain(api, strings.TrimPrefix(handler, "impatient:"))
		default:
			lambda.Start(handle)
		}
		return
	}
	os.Exit(m.Run())
}

type order struct {
	Do   string `json:"do"`
	Text string `json:"text"`
}

type output struct {
	PID         int      `json:"pid"`
	Text        string   `json:"text"`
	Environment []string `json:"environment"`
	ARN         string   `json:"arn"`
	RequestID   string   `json:"requestId"`
}

func handle(ctx context.Context, o order) (output, error) {
	about, _ := lambdacontext.FromContext(ctx)
	switch o.Do {
	case "fail":
		return output{}, errors.New(o.Text)
	case "exit":
		os.Exit(3)
	case "sleep":
		time.Sleep(time.Minute)
	case "wait": // until the file is there
		awaitFile(o.Text)
	case "print":
		fmt.Println(o.Text)
	case "child": // a process of the function's own, which it leaves behind
		child := exec.CommandContext(context.Background(), "sleep", "600")
		if err := child.Start(); err != nil {
			return output{}, err
		}
		return output{PID: child.Process.Pid}, nil
	case "daemon": // a process that has left the function's process group and session
		child := exec.CommandContext(context.Background(), "setsid", "sleep", "600")
		if err := child.Start(); err != nil {
			return output{}, err
		}
		return output{PID: child.Process.Pid}, nil
	}
	return output{PID: os.Getpid(), Text: o.Text, Environment: os.Environ(), ARN: about.InvokedFunctionArn, RequestID: about.AwsRequestID}, nil
}

// respondInHalf is a runtime that ends in the middle of its answer.
func respondInHalf(api string) {
	event, err := http.Get("http://" + api + "/2018-06-01/runtime/invocation/next")
	if err != nil {
		return
	}
	host, token, _ := strings.Cut(api, "/")
	conn, err := net.Dial("tcp", host)
	if err != nil {
		return
	}
	fmt.Fprintf(conn, "POST /%s/2018-06-01/runtime/invocation/%s/response HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n\"half", token, event.Header.Get("Lambda-Runtime-Aws-Request-Id"))
	_ = conn.(*net.TCPConn).CloseWrite()
	_, _ = conn.Read(make([]byte, 1)) // the other side knows by now
	os.Exit(3)
}

// askLate is a runtime that answers with its process's id, and then does other work: for the
// time that until says, or until the file of that name is there.
func askLate(api, until string) {
	pause, notTime := time.ParseDuration(until)
	for {
		event, err := http.Get("http://" + api + "/2018-06-01/runtime/invocation/next")
		if err != nil || event.StatusCode != http.StatusOK {
			return
		}
		url := "http://" + api + "/2018-06-01/runtime/invocation/" + event.Header.Get("Lambda-Runtime-Aws-Request-Id") + "/response"
		if _, err = http.Post(url, "application/json", strings.NewReader(fmt.Sprintf(`{"pid":%d}`, os.Getpid()))); err != nil {
			return
		}
		time.Sleep(pause)
		if notTime != nil {
			awaitFile(until)
		}
	}
}

// awaitFile returns when there is such a file.
func awaitFile(name string) {
	for {
		if _, err := os.Stat(name); err == nil {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// askAgain is a runtime whose requests for the second event break off a few times; it
// makes file before its last.
func askAgain(api, file string) {
	for events := 0; ; {
		for i := 0; events == 1 && i < 3; i++ {
			host, token, _ := strings.Cut(api, "/")
			conn, err := net.Dial("tcp", host)
			if err != nil {
				return
			}
			fmt.Fprintf(conn, "GET /%s/2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n", token)
			_ = conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
			_, _ = conn.Read(make([]byte, 1)) // there is no event yet
			_ = conn.Close()
		}
		if events == 1 {
			_ = os.WriteFile(file, nil, 0o600)
		}
		event, err := http.Get("http://" + api + "/2018-06-01/runtime/invocation/next")
		if err != nil || event.StatusCode != http.StatusOK {
			return
		}
		_, err = http.Post("http://"+api+"/2018-06-01/runtime/invocation/"+event.Header.Get("Lambda-Runtime-Aws-Request-Id")+"/response", "application/json", event.Body)
		if err != nil {
			return
		}
		events++
	}
}

// fixture is a runner over a store of its own.
type fixture struct {
	*functions.Runner
	bucket pasarela.Bucket
	log    *testkit.Lines
	t      testing.TB
	closed bool
}

func start(t testing.TB, change func(*functions.Options)) *fixture {
	t.Helper()
	f := &fixture{bucket: memory.NewBucket(), log: new(testkit.Lines), t: t}
	o := functions.Options{
		Bucket: f.bucket, RegionAccount: place, Endpoint: "http://127.0.0.1:1",
		Lines: func(string) functions.Lines { return f.log },
	}
	if change != nil {
		change(&o)
	}
	var err error
	if f.Runner, err = functions.New(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if f.closed {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := f.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return f
}

// zipped is a zip file of executable files by name.
func zipped(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, text := range files {
		header := &zip.FileHeader{Name: name, Method: zip.Deflate}
		header.SetMode(0o755)
		to, err := w.CreateHeader(header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := to.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// self is the code that runs this program.
func self(t testing.TB) []byte {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return zipped(t, map[string]string{"bootstrap": "#!/bin/sh\nexec '" + path + "'\n"})
}

// put stores a function and waits until the runner follows it.
func (f *fixture) put(fn pasarela.Function, code []byte) {
	f.t.Helper()
	sum := sha256.Sum256(code)
	v := &fn.Latest
	v.CodeSHA256 = base64.StdEncoding.EncodeToString(sum[:])
	v.Version, v.RevisionID = pasarela.LatestVersion, pasarela.NewUUID()
	if v.Runtime == "" {
		v.Runtime = "provided.al2023"
	}
	if v.Timeout == 0 {
		v.Timeout = 30
	}
	if v.MemorySize == 0 {
		v.MemorySize = memorySize
	}
	if err := functioncode.Put(f.t.Context(), f.bucket, v.CodeSHA256, code); err != nil {
		f.t.Fatal(err)
	}
	written, err := document.NewStore[pasarela.Function](f.bucket).Upsert(f.t.Context(), pasarela.FunctionKey(fn.Name), func(old *pasarela.Function) error {
		*old = fn
		return nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
	if err := f.Await(f.t.Context(), written.Revision); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) call(o order) functions.Result {
	f.t.Helper()
	payload, err := json.Marshal(o)
	if err != nil {
		f.t.Fatal(err)
	}
	result, err := f.Invoke(f.t.Context(), functions.Call{Name: "f", Payload: payload})
	if err != nil {
		f.t.Fatal(err)
	}
	return result
}

func (f *fixture) ask(o order) (a output) {
	f.t.Helper()
	result := f.call(o)
	if result.FunctionError != "" {
		f.t.Fatalf("the function failed: %s", result.Payload)
	}
	if err := json.Unmarshal(result.Payload, &a); err != nil {
		f.t.Fatalf("%s: %v", result.Payload, err)
	}
	return a
}

// oneProcess has the next call wait for the process that answered the last, however long that
// takes on a loaded machine to ask for another event.
func oneProcess(o *functions.Options) { o.ProcessesPerFunction = 1 }

func TestAProcessStaysWarmAndKnowsNothingOfTheNode(t *testing.T) {
	t.Setenv("NODE_SECRET", "42")
	f := start(t, oneProcess)
	f.put(pasarela.Function{Name: "f", Latest: pasarela.FunctionVersion{Environment: map[string]string{"OWN": "yes"}}}, self(t))
	first, second := f.ask(order{Text: "a"}), f.ask(order{Text: "b"})
	if first.PID != second.PID || first.Text != "a" || second.Text != "b" || first.RequestID == second.RequestID {
		t.Errorf("%+v, then %+v", first, second)
	}
	if first.ARN != place.FunctionARN("f", "") {
		t.Errorf("it was invoked as %s", first.ARN)
	}
	names := map[string]bool{}
	for _, line := range first.Environment {
		name, value, _ := strings.Cut(line, "=")
		names[name] = true
		if name == "OWN" && value != "yes" {
			t.Errorf("its own variable is %q", value)
		}
	}
	for _, name := range []string{"OWN", "AWS_REGION", "LAMBDA_TASK_ROOT", "AWS_LAMBDA_FUNCTION_NAME", "_HANDLER", "AWS_ENDPOINT_URL"} {
		if !names[name] {
			t.Errorf("there is no %s", name)
		}
	}
	if names["NODE_SECRET"] {
		t.Error("a variable of the node's environment reached the function")
	}
}

func TestErrorsHaveLambdasForm(t *testing.T) {
	f := start(t, nil)
	f.put(pasarela.Function{Name: "f"}, self(t))
	for name, c := range map[string]struct {
		order order
		want  string
	}{
		"an error": {order{"fail", "no such room"}, `^\{"errorMessage":"no such room","errorType":"errorString"`},
		"an exit":  {order{"exit", ""}, `^\{"errorType":"Runtime.ExitError","errorMessage":"RequestId: [0-9a-f-]{36} Error: Runtime exited with error: exit status 3"\}$`},
	} {
		if result := f.call(c.order); result.FunctionError != functions.Unhandled || !regexp.MustCompile(c.want).Match(result.Payload) {
			t.Errorf("%s: %s %s", name, result.FunctionError, result.Payload)
		}
	}
	if a := f.ask(order{Text: "again"}); a.Text != "again" {
		t.Errorf("after a crash: %+v", a)
	}
}

func TestATimeoutEndsTheProcess(t *testing.T) {
	f := start(t, oneProcess)
	f.put(pasarela.Function{Name: "f", Latest: pasarela.FunctionVersion{Timeout: 1}}, self(t))
	before := f.ask(order{})
	result := f.call(order{Do: "sleep"})
	if !strings.Contains(string(result.Payload), "Task timed out after 1.00 seconds") || result.FunctionError == "" {
		t.Errorf("%+v: %s", result, result.Payload)
	}
	if after := f.ask(order{}); after.PID == before.PID {
		t.Error("the process that took too long goes on")
	}
}

// A start that takes longer than the limit is begun again within the function's timeout, as
// on AWS, and counts as part of the invocation.
func TestASlowStartIsBegunAgain(t *testing.T) {
	f := start(t, func(o *functions.Options) { o.InitLimit, o.ProcessesPerFunction = 200*time.Millisecond, 1 })
	f.put(pasarela.Function{Name: "f", Latest: pasarela.FunctionVersion{Handler: "slow:600ms", Timeout: 120}}, self(t))
	first := f.ask(order{Text: "a"})
	if second := f.ask(order{Text: "b"}); first.Text != "a" || second.PID != first.PID {
		t.Errorf("%+v, then %+v", first, second)
	}
	log := f.log.String()
	if n := strings.Count(log, "\tPhase: init\tStatus: timeout\n"); n != 1 {
		t.Errorf("%d starts took too long:\n%s", n, log)
	}
	report := regexp.MustCompile(`REPORT RequestId: ` + first.RequestID + `\tDuration: ([0-9.]+) ms[^\n]*`).FindStringSubmatch(log)
	if report == nil || strings.Contains(report[0], "Init Duration") {
		t.Fatalf("the report: %q in\n%s", report, log)
	}
	if took, err := strconv.ParseFloat(report[1], 64); err != nil || took < 600 {
		t.Errorf("the invocation took %s ms, and its start alone 600", report[1])
	}
}

// The function's timeout ends the second start.
func TestASlowStartTimesOut(t *testing.T) {
	f := start(t, func(o *functions.Options) { o.InitLimit = 50 * time.Millisecond })
	f.put(pasarela.Function{Name: "f", Latest: pasarela.FunctionVersion{Handler: "slow:1h", Timeout: 1}}, self(t))
	result := f.call(order{})
	if result.FunctionError != functions.Unhandled || !regexp.MustCompile(`^\{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: [0-9a-f-]{36} Error: Task timed out after 1.00 seconds"\}$`).Match(result.Payload) {
		t.Errorf("%s %s", result.FunctionError, result.Payload)
	}
	if log := f.log.String(); !strings.Contains(log, "\tPhase: invoke\tStatus: timeout\n") {
		t.Errorf("the log is\n%s", log)
	}
}

func TestWhatDoesNotStartIsToldTheCaller(t *testing.T) {
	f := start(t, nil)
	for name, c := range map[string]struct {
		runtime string
		files   map[string]string
		want    string
	}{
		"no bootstrap":     {"provided.al2023", map[string]string{"x": ""}, "needs the program"},
		"an exit at start": {"provided.al2023", map[string]string{"bootstrap": "#!/bin/sh\nexit 7\n"}, "exit status 7"},
		"a runtime":        {"ruby3.4", map[string]string{"x": ""}, "does not run here"},
		"a path":           {"provided.al2023", map[string]string{"../x": ""}, "leads out"},
	} {
		t.Run(name, func(t *testing.T) {
			f.put(pasarela.Function{Name: "f", Latest: pasarela.FunctionVersion{Runtime: c.runtime}}, zipped(t, c.files))
			if result := f.call(order{}); result.FunctionError == "" || !strings.Contains(string(result.Payload), c.want) {
				t.Errorf("%s", result.Payload)
			}
		})
	}
}

func TestAChangeReplacesTheProcesses(t *testing.T) {
	f := start(t, nil)
	f.put(pasarela.Function{Name: "f"}, self(t))
	before := f.ask(order{})
	f.put(pasarela.Function{Name: "f", Latest: pasarela.FunctionVersion{Environment: map[string]string{"NEW": "1"}}}, self(t))
	after := f.ask(order{})
	if after.PID == before.PID || !slices.Contains(after.Environment, "NEW=1") {
		t.Error("the old configuration answers")
	}
	testkit.Eventually(t, "the end of the old process", func() bool { return !alive(before.PID) })
}

func TestIdleProcessesEnd(t *testing.T) {
	f := start(t, func(o *functions.Options) { o.Idle = 50 * time.Millisecond })
	f.put(pasarela.Function{Name: "f"}, self(t))
	pid := f.ask(order{}).PID
	testkit.Eventually(t, "the end of an idle process", func() bool { return !alive(pid) })
}

func TestNothingOutlivesTheRunner(t *testing.T) {
	f := start(t, nil)
	f.put(pasarela.Function{Name: "f"}, self(t))
	child, pid := f.ask(order{Do: "child"}).PID, f.ask(order{}).PID
	if err := f.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.closed = true
	testkit.Eventually(t, "the end of a function and of what it started", func() bool { return !alive(pid) && !alive(child) })
	if _, err := f.Invoke(t.Context(), functions.Call{Name: "f"}); err == nil {
		t.Error("a runner that is closed takes invocations")
	}
}

// alive says whether there is a process that has not ended.
func alive(pid int) bool {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	return err == nil && !strings.Contains(string(status), "State:\tZ")
}

func TestConcurrencyIsBounded(t *testing.T) {
	f := start(t, func(o *functions.Options) { o.ProcessesPerFunction, o.Waiting = 2, 1 })
	f.put(pasarela.Function{Name: "f"}, self(t))
	gate := filepath.Join(t.TempDir(), "gate")
	payload := fmt.Sprintf(`{"do":"wait","text":%q}`, gate)
	responses := make(chan output, 8)
	refused := make(chan error, 8)
	for range 8 {
		go func() {
			result, err := f.Invoke(t.Context(), functions.Call{Name: "f", Payload: []byte(payload)})
			if err != nil {
				refused <- err
				return
			}
			var a output
			_ = json.Unmarshal(result.Payload, &a) // a failure has no pid
			responses <- a
		}()
	}
	for range 5 { // two run, and where one of them waits for its start, one waits
		var e *pasarela.Error
		select {
		case err := <-refused:
			if !errors.As(err, &e) || e.Code != functions.CodeTooManyRequests {
				t.Errorf("refused with %v", err)
			}
		case a := <-responses:
			t.Fatalf("answered too early: %+v", a)
		}
	}
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "all invocations", func() bool { return len(responses)+len(refused) == 3 })
	pids := map[int]bool{}
	for len(responses) > 0 {
		pids[(<-responses).PID] = true
	}
	if len(pids) > 2 || pids[0] || len(pids) == 0 {
		t.Errorf("processes %v", pids)
	}
}

func TestReservedConcurrencyThrottles(t *testing.T) {
	f := start(t, nil)
	none := 0
	f.put(pasarela.Function{Name: "f", Concurrency: &none}, self(t))
	_, err := f.Invoke(t.Context(), functions.Call{Name: "f"})
	var e *pasarela.Error
	if !errors.As(err, &e) || e.Code != functions.CodeTooManyRequests || !strings.Contains(e.Message, "Reserved") {
		t.Errorf("%v", err)
	}
}

func TestLogLines(t *testing.T) {
	f := start(t, nil)
	f.put(pasarela.Function{Name: "f"}, self(t))
	result, err := f.Invoke(t.Context(), functions.Call{Name: "f", Payload: []byte(`{"do":"print","text":"hello"}`), Tail: true})
	if err != nil {
		t.Fatal(err)
	}
	id := result.RequestID
	want := `^START RequestId: ` + id + ` Version: \$LATEST\nhello\nEND RequestId: ` + id +
		`\nREPORT RequestId: ` + id + "\tDuration: [0-9.]+ ms\tBilled Duration: [0-9]+ ms\tMemory Size: " + strconv.Itoa(memorySize) + " MB\tInit Duration: [0-9.]+ ms\n$"
	if !regexp.MustCompile(want).Match(result.Log) {
		t.Errorf("the tail is\n%s", result.Log)
	}
	if log := f.log.String(); !regexp.MustCompile(`(?m)^20\S+Z /aws/lambda/f hello$`).MatchString(log) {
		t.Errorf("the log is\n%s", log)
	}
}

func TestHalfAnAnswerIsNone(t *testing.T) {
	f := start(t, nil)
	f.put(pasarela.Function{Name: "f", Latest: pasarela.FunctionVersion{Handler: "cut"}}, self(t))
	result := f.call(order{})
	if result.FunctionError != functions.Unhandled || !strings.Contains(string(result.Payload), "Runtime.ExitError") {
		t.Errorf("got %q %s", result.FunctionError, result.Payload)
	}
}

// TestARuntimeMayAskAgain: a runtime whose request for the next event broke off asks again,
// as one of curl does after its time limit, and has one place among those that are idle.
func TestARuntimeMayAskAgain(t *testing.T) {
	f := start(t, func(o *functions.Options) { o.ProcessesPerFunction = 1 })
	file := filepath.Join(t.TempDir(), "asked")
	f.put(pasarela.Function{Name: "f", Latest: pasarela.FunctionVersion{Handler: "impatient:" + file}}, self(t))
	f.call(order{Text: "first"})
	testkit.Eventually(t, "the runtime to ask again", func() bool { _, err := os.Stat(file); return err == nil })
	ctx, cancel := context.WithTimeout(t.Context(), testkit.WaitLimit)
	defer cancel()
	var calls sync.WaitGroup
	for i := range 4 {
		calls.Go(func() {
			payload := fmt.Sprintf(`{"n":%d}`, i)
			result, err := f.Invoke(ctx, functions.Call{Name: "f", Payload: []byte(payload)})
			if err != nil || string(result.Payload) != payload {
				t.Errorf("got %q %s, %v", result.FunctionError, result.Payload, err)
			}
		})
	}
	calls.Wait()
}

func TestEventsAreDelivered(t *testing.T) {
	f := start(t, nil)
	f.put(pasarela.Function{Name: "f"}, self(t))
	if err := f.InvokeEvent(functions.Call{Name: "f", Payload: []byte(`{"do":"print","text":"later"}`)}); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "the event", func() bool { return strings.Contains(f.log.String(), "/aws/lambda/f later\n") })
	if err := f.InvokeEvent(functions.Call{Name: "g"}); err == nil {
		t.Error("a function that is not there took an event")
	}
}

func TestResourcePolicies(t *testing.T) {
	f := start(t, nil)
	statement := `{"Sid":"g","Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"lambda:InvokeFunction",` +
		`"Resource":"` + place.FunctionARN("f", "") + `","Condition":{"ArnLike":{"AWS:SourceArn":"` + place.ExecuteAPIARN("abc", "*", "$connect") + `"}}}`
	f.put(pasarela.Function{Name: "f", Policies: map[string]pasarela.FunctionPolicy{"": {Statements: []pasarela.FunctionStatement{{ID: "g", Text: statement}}}}}, self(t))
	for source, want := range map[string]bool{
		place.ExecuteAPIARN("abc", "prod", "$connect"):    true,
		place.ExecuteAPIARN("abc", "prod", "$disconnect"): false,
		place.ExecuteAPIARN("xyz", "prod", "$connect"):    false,
	} {
		if got := f.MayInvoke("f", "", pasarela.ServiceAPIGateway, source); got != want {
			t.Errorf("%s: %v", source, got)
		}
	}
	if f.MayInvoke("f", "", "s3.amazonaws.com", place.ExecuteAPIARN("abc", "prod", "$connect")) || f.MayInvoke("f", "live", pasarela.ServiceAPIGateway, "") {
		t.Error("more than the policy says is allowed")
	}
}

package functions_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/functions"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

const nodeHandler = `
import https from 'node:https';
let calls = 0;
export const handler = async (event, context) => {
  if (event.do === 'fail') throw new TypeError('no such room');
  if (event.do === 'crash') { setTimeout(() => { throw new Error('later') }, 1); await new Promise(() => {}); }
  if (event.do === 'call') {
    return await new Promise((done, failed) => https.get(event.url, (r) => { r.resume(); done({ status: r.statusCode }); }).on('error', failed));
  }
  console.log('saw', event.text);
  return { text: event.text, calls: ++calls, name: context.functionName, left: context.getRemainingTimeInMillis() > 0 };
};
export const old = (event, context, callback) => callback(null, { text: event.text });
`

const pythonHandler = `
import logging
calls = 0
def handler(event, context):
    global calls
    if event["do"] == "fail":
        raise TypeError("no such room")
    if event["do"] == "crash":
        import os
        os._exit(1)
    if event["do"] == "call":
        import botocore.httpsession, botocore.awsrequest
        request = botocore.awsrequest.AWSRequest("GET", event["url"]).prepare()
        return {"status": botocore.httpsession.URLLib3Session().send(request).status_code}
    calls += 1
    print("saw", event["text"])
    logging.getLogger().warning("warned")
    return {"text": event["text"], "calls": calls, "name": context.function_name, "left": context.get_remaining_time_in_millis() > 0}
`

func TestNodeAndPythonHandlers(t *testing.T) {
	var home *httptest.Server
	for name, c := range map[string]struct {
		program, runtime, handler string
		files                     map[string]string
		failure, calls            string
	}{
		"node":   {"node", "nodejs22.x", "app.handler", map[string]string{"app.mjs": nodeHandler}, `{"errorType":"TypeError","errorMessage":"no such room","trace":["TypeError: no such room"`, "true"},
		"python": {"python3", "python3.13", "app.handler", map[string]string{"app.py": pythonHandler}, `{"errorMessage": "no such room", "errorType": "TypeError", "requestId": "`, "botocore"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := exec.LookPath(c.program); err != nil {
				testkit.MissingClient(t, c.program)
			}
			home = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				status := http.StatusTeapot
				if r.Host == "abc.execute-api.us-east-1.amazonaws.com" && r.URL.Path == "/prod/@connections/x=" {
					status = http.StatusAccepted
				}
				w.WriteHeader(status)
			}))
			defer home.Close()
			f := start(t, func(o *functions.Options) { o.Endpoint, o.ProcessesPerFunction = home.URL, 1 })
			f.put(pasarela.Function{Name: "f", Latest: pasarela.FunctionVersion{Runtime: c.runtime, Handler: c.handler}}, zipped(t, c.files))
			for calls := 1; calls <= 2; calls++ {
				var got struct {
					Text, Name string
					Calls      int
					Left       bool
				}
				result := f.call(order{Text: "héllo"})
				if err := json.Unmarshal(result.Payload, &got); err != nil || got.Text != "héllo" || got.Calls != calls || got.Name != "f" || !got.Left {
					t.Fatalf("%s: %v\n%s", result.Payload, err, f.log)
				}
			}
			if result := f.call(order{Do: "fail"}); result.FunctionError == "" || !strings.HasPrefix(string(result.Payload), c.failure) {
				t.Errorf("%s", result.Payload)
			}
			if result := f.call(order{Do: "crash"}); result.FunctionError == "" {
				t.Errorf("a crash answered %s", result.Payload)
			}
			if log := f.log.String(); !strings.Contains(log, "saw héllo") {
				t.Errorf("the log is\n%s", log)
			}
			if c.calls == "botocore" && exec.CommandContext(t.Context(), "python3", "-c", "import botocore").Run() != nil {
				return
			}
			for url, want := range map[string]string{
				strings.Replace(home.URL, "http:", "https:", 1) + "/api/prod":                  "418",
				"https://abc.execute-api.us-east-1.amazonaws.com/prod/@connections/x%3D":       "202",
				"https://abc.execute-api.us-east-1.amazonaws.com:443/prod/%40connections/x%3D": "202",
			} {
				payload, err := json.Marshal(map[string]string{"do": "call", "url": url})
				if err != nil {
					t.Fatal(err)
				}
				if result, err := f.Invoke(t.Context(), functions.Call{Name: "f", Payload: payload}); err != nil || !strings.Contains(string(result.Payload), want) {
					t.Errorf("a call of %s: %s, %v\n%s", url, result.Payload, err, f.log)
				}
			}
		})
	}
}

func TestNodeCallbacksAndMissingHandlers(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		testkit.MissingClient(t, "node")
	}
	f := start(t, nil)
	files := map[string]string{
		"app.mjs": nodeHandler,
		"src/common.js": `
module.exports.default = (event, context, callback) => callback(null, "the default");
module.exports.rooms = { join: async () => "joined" };`,
	}
	for handler, want := range map[string]string{
		"app.old": `{"text":"x"}`, "app.none": "Runtime.HandlerNotFound", "other.handler": "Runtime.ImportModuleError",
		"src/common.default": `"the default"`, "src/common.rooms.join": `"joined"`, "src/common.rooms": "Runtime.HandlerNotFound", "app": "Runtime.ImportModuleError",
	} {
		f.put(pasarela.Function{Name: "f", Latest: pasarela.FunctionVersion{Runtime: "nodejs22.x", Handler: handler}}, zipped(t, files))
		if result := f.call(order{Text: "x"}); !strings.Contains(string(result.Payload), want) {
			t.Errorf("%s: %s", handler, result.Payload)
		}
	}
}

// BenchmarkWarm compares a warm invocation of a function that returns its event with the
// same process asked over HTTP on a kept connection: what the runner adds is the difference.
func BenchmarkWarm(b *testing.B) {
	for name, c := range map[string]struct {
		function pasarela.FunctionVersion
		code     []byte
		server   []string // a program that serves HTTP and prints its address
	}{
		"Go":   {pasarela.FunctionVersion{}, self(b), []string{os.Args[0]}},
		"node": {pasarela.FunctionVersion{Runtime: "nodejs22.x", Handler: "app.handler"}, zipped(b, map[string]string{"app.mjs": nodeEcho}), []string{"node", "-e", nodeEchoServer}},
	} {
		b.Run(name+"/invoke", func(b *testing.B) {
			f := start(b, nil)
			f.put(pasarela.Function{Name: "f", Latest: c.function}, c.code)
			f.call(order{})
			for b.Loop() {
				if _, err := f.Invoke(b.Context(), functions.Call{Name: "f", Payload: []byte(`{}`)}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/HTTP", func(b *testing.B) {
			url := testkit.Start(b, []string{echoVariable + "=1"}, c.server[0], c.server[1:]...).WaitFor(b, `http://\S+`)
			for b.Loop() {
				r, err := http.Post(url, "application/json", strings.NewReader(`{}`)) // a benchmark
				if err != nil {
					b.Fatal(err)
				}
				_, _ = io.Copy(io.Discard, r.Body)
				_ = r.Body.Close()
			}
		})
	}
}

const (
	nodeEcho       = "export const handler = async (event) => event;\n"
	nodeEchoServer = `
const server = require("http").createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part)).on("end", () => response.end(JSON.stringify(JSON.parse(Buffer.concat(parts).toString()))));
}).listen(0, "127.0.0.1", () => console.log("http://127.0.0.1:" + server.address().port));`
)

// echoVariable makes this program a server that returns what it is sent.
const echoVariable = "FUNCTIONS_TEST_ECHO"

func serveEcho() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return
	}
	fmt.Println("http://" + listener.Addr().String())
	server := http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })}
	_ = server.Serve(listener)
}

func TestProcessesOfAnotherUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root may start processes as another user")
	}
	if _, err := exec.LookPath("python3"); err != nil {
		testkit.MissingClient(t, "python3")
	}
	f := start(t, func(o *functions.Options) { o.User = "nobody" })
	f.put(pasarela.Function{Name: "f", Latest: pasarela.FunctionVersion{Runtime: "provided.al2023"}}, zipped(t, map[string]string{
		"bootstrap": "#!/bin/sh\nid -un\nexit 1\n",
	}))
	f.call(order{})
	if log := f.log.String(); !strings.Contains(log, "/aws/lambda/f nobody\n") {
		t.Errorf("the log is\n%s", log)
	}
	if _, err := functions.New(t.Context(), functions.Options{Bucket: f.bucket, User: "nobody-at-all"}); err == nil || !strings.Contains(err.Error(), "no such user") {
		t.Errorf("%v", err)
	}
}

// Of each program that the machine has, its runtimes are named; of Python the one whose name
// the program has, and a newer one where only python3 is there.
func TestRuntimes(t *testing.T) {
	for _, c := range []struct{ programs, want []string }{
		{nil, []string{"provided.al2023"}},
		{[]string{"node", "java"}, []string{"nodejs24.x", "nodejs22.x", "java25", "java21", "provided.al2023"}},
		{[]string{"python3"}, []string{"python3.13", "provided.al2023"}},
		{[]string{"python3", "python3.11", "python3.12"}, []string{"python3.12", "python3.11", "provided.al2023"}},
	} {
		folder := t.TempDir()
		for _, program := range c.programs {
			if runtime.GOOS == "windows" {
				program += ".exe"
			}
			if err := os.WriteFile(filepath.Join(folder, program), nil, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		t.Setenv("PATH", folder)
		if got := functions.Runtimes(); !slices.Equal(got, c.want) {
			t.Errorf("with %v: %v, want %v", c.programs, got, c.want)
		}
	}
}

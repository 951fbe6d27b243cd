package console

import (
	"context"
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// What the page says after a deployment runs as it is copied: each client that it names hears
// what is pushed to it, and each way of pushing that it names reaches a client.
func TestWhatIsCopiedAfterDeployingRuns(t *testing.T) {
	t.Parallel()
	backend := newBackend(t)
	server := serve(t)
	o := operator{t, server}
	stock := o.stock(backend.URL)
	backend.Next(t) // the stock's own client
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.openAPI()
	p.opens(p.deployAPI)
	p.sees(p.noFault)
	p.settles()
	p.click("button", p.words.deploy)
	p.sees(p.deployedTo+" prod", p.socketURL)
	p.do(chromedp.Evaluate(`navigator.clipboard.writeText = async (text) => { window.__copied = text }`, nil)) // the browser's own is shared by all tests
	connections := "/" + stock.apiID + "/prod/@connections/"
	known := map[string]bool{}
	newConnection := func(t *testing.T) string {
		for {
			// Some clients send a message first, which the backend gets as well.
			if id := connectionOf(t, backend.Next(t)); !known[id] {
				known[id] = true
				return id
			}
		}
	}
	for tab, run := range map[string]func(t *testing.T, text string) *exec.Cmd{
		"wscat":            func(t *testing.T, text string) *exec.Cmd { return inClients(t, "sh", "-c", text) },
		"pasarela connect": func(t *testing.T, text string) *exec.Cmd { return inClients(t, "sh", "-c", text) },
		"Python": func(t *testing.T, text string) *exec.Cmd {
			return exec.CommandContext(bounded(t), pythonWith(t, "websockets"), "-u", "-c", text)
		},
		"Node.js": func(t *testing.T, text string) *exec.Cmd {
			return inClients(t, "node", "--input-type=module", "-e", text)
		},
		"Java": func(t *testing.T, text string) *exec.Cmd {
			if _, err := exec.LookPath("java"); err != nil {
				testkit.MissingClient(t, "apt install default-jdk-headless")
			}
			source := filepath.Join(t.TempDir(), "Connect.java")
			if err := os.WriteFile(source, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			return exec.CommandContext(bounded(t), "java", source)
		},
	} {
		t.Run(tab, func(t *testing.T) {
			client := run(t, p.in(t).copies(tab))
			var heard testkit.Log
			client.Stdout, client.Stderr = &heard, &heard
			stdin, err := client.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := client.Start(); err != nil {
				t.Fatal(err)
			}
			id := url.PathEscape(newConnection(t))
			o.send("execute-api", "POST", connections+id, "application/json", []byte(`{"hello":"you"}`))
			// The backend hears of it before it is open: until then a post waits, and a DELETE is 410.
			testkit.Eventually(t, "the push in what the client prints", func() bool { return strings.Contains(heard.String(), `{"hello":"you"}`) })
			o.send("execute-api", "DELETE", connections+id, "application/json", nil)
			_ = stdin.Close()
			_ = client.Wait() // some end with an error when the server closes
		})
	}
	t.Run("Browser", func(t *testing.T) {
		p := p.in(t)
		said := p.logged()
		p.do(chromedp.Evaluate(p.copies("Browser"), nil))
		o.send("execute-api", "POST", connections+url.PathEscape(newConnection(t)), "application/json", []byte(`{"hello":"you"}`))
		testkit.Eventually(t, "the push in the page's console", func() bool { return strings.Contains(said(), `{\"hello\":\"you\"}`) })
	})
	for tab, run := range map[string]func(t *testing.T, text, id string) *exec.Cmd{
		"AWS CLI": func(t *testing.T, text, id string) *exec.Cmd {
			if _, err := exec.LookPath("aws"); err != nil {
				testkit.MissingClient(t, "apt install awscli")
			}
			cmd := inClients(t, "sh", "-c", text)
			cmd.Env = append(cmd.Env, "CONNECTION_ID="+id)
			return cmd
		},
		"Python (boto3)": func(t *testing.T, text, id string) *exec.Cmd {
			return exec.CommandContext(bounded(t), pythonWith(t, "boto3"), "-c", `connection_id = "`+id+"\"\n"+text)
		},
		"Node.js (AWS SDK)": func(t *testing.T, text, id string) *exec.Cmd {
			cmd := inClients(t, "node", "--input-type=module", "-")
			cmd.Stdin = strings.NewReader(`const connectionId = "` + id + "\";\n" + text)
			return cmd
		},
	} {
		t.Run(tab, func(t *testing.T) {
			client := dial(t, server, stock.apiID+"/prod", "waits/1.0")
			push := run(t, p.in(t).copies(tab), newConnection(t))
			push.Env = append(push.Environ(), "AWS_ACCESS_KEY_ID="+server.accessKeyID, "AWS_SECRET_ACCESS_KEY="+server.secretAccessKey, "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1")
			if out, err := push.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			if _, text, err := client.Read(t.Context()); err != nil || string(text) != `{"hello":"client"}` {
				t.Errorf("the client got %q, %v", text, err)
			}
		})
	}
}

// copies presses the button of a tab that copies, and returns what it copied. The tab is chosen
// by its own click: one that has been scrolled out of the row is behind the row's arrow.
func (p page) copies(tab string) (text string) {
	p.t.Helper()
	p.do(chromedp.Evaluate(`window.__copied = ''`, nil))
	p.shows("the copy of "+tab, `(() => {
		const tab = [...document.querySelectorAll('[role=tab]')].find((one) => one.innerText.trim() === '`+tab+`');
		if (tab?.getAttribute('aria-selected') !== 'true') { tab?.click(); return false; }
		document.getElementById(tab.getAttribute('aria-controls'))?.querySelector('button')?.click();
		return window.__copied !== '';
	})()`)
	p.do(chromedp.Evaluate(`window.__copied`, &text))
	return text
}

// logged is what the page has written to its console since the call.
func (p page) logged() func() string {
	var mu sync.Mutex
	var said strings.Builder
	chromedp.ListenTarget(p.ctx, func(event any) {
		if event, ok := event.(*runtime.EventConsoleAPICalled); ok {
			mu.Lock()
			defer mu.Unlock()
			for _, value := range event.Args {
				said.Write(value.Value)
			}
		}
	})
	return func() string {
		mu.Lock()
		defer mu.Unlock()
		return said.String()
	}
}

// connectionOf is the connection id in what the integration sent.
func connectionOf(t *testing.T, request testkit.Request) string {
	t.Helper()
	var body struct{ ConnectionID string }
	if err := json.Unmarshal([]byte(request.Body), &body); err != nil || body.ConnectionID == "" {
		t.Fatalf("the backend got %s: %v", request.Body, err)
	}
	return body.ConnectionID
}

// inClients is a command where the JavaScript clients are installed, with the program
// pasarela on its path.
func inClients(t *testing.T, program string, args ...string) *exec.Cmd {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join(root, "test", "clients"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "wscat")); err != nil {
		testkit.MissingClient(t, "npm ci --prefix test/clients has not been run")
	}
	cmd := exec.CommandContext(bounded(t), program, args...)
	cmd.Dir, cmd.WaitDelay = dir, testkit.WaitLimit
	cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(pasarelaProgram)+string(os.PathListSeparator)+os.Getenv("PATH"))
	return cmd
}

// pythonWith is Debian's Python, which has the module as a package of its own.
func pythonWith(t *testing.T, module string) string {
	t.Helper()
	const python = "/usr/bin/python3"
	if out, err := exec.Command(python, "-c", "import "+module).CombinedOutput(); err != nil {
		testkit.MissingClient(t, "apt install python3-"+module+": "+string(out))
	}
	return python
}

// bounded ends a program that does not end by itself.
func bounded(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), testkit.WaitLimit)
	t.Cleanup(cancel)
	return ctx
}

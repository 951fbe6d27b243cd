package acceptance

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi/types"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

const sessionOfTheTest = "?pasarela-session=secret-of-a-client-of-the-test"

// poster posts numbered messages to the one connection there is.
type poster struct {
	client *apigatewaymanagementapi.Client
	id     string
	posted int
}

// post posts the next message until it is accepted; a full mailbox is waited for.
func (p *poster) post(ctx context.Context, body string) error {
	for {
		_, err := p.client.PostToConnection(ctx, &apigatewaymanagementapi.PostToConnectionInput{ConnectionId: &p.id, Data: []byte(body)})
		var full *types.LimitExceededException
		if !errors.As(err, &full) {
			return err
		}
	}
}

// A client of each library whose network breaks repeatedly, in several ways, gets
// every message, in order; a message that it gets twice had been read shortly before a
// break (A-GATEWAY-51). PASARELA_BREAKS says how often, else 9 times.
func TestClientLibrariesMissNothing(t *testing.T) {
	t.Parallel()
	breaks := 9
	if text := os.Getenv("PASARELA_BREAKS"); text != "" {
		var err error
		if breaks, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	for name, command := range map[string]func(t *testing.T, s *server, url string) *exec.Cmd{
		"ws of Node.js": func(t *testing.T, s *server, url string) *exec.Cmd {
			cmd := s.client("node", "-", url)
			cmd.Dir, cmd.Stdin = nodeModules(t), script(t, "client.cjs")
			return cmd
		},
		"python websockets": func(t *testing.T, s *server, url string) *exec.Cmd {
			if out, err := exec.Command("/usr/bin/python3", "-c", "import websockets").CombinedOutput(); err != nil {
				testkit.MissingClient(t, fmt.Sprintf("apt install python3-websockets: %s", out))
			}
			return s.client("/usr/bin/python3", "testdata/cuts/client.py", url)
		},
		"the JDK's HttpClient": func(t *testing.T, s *server, url string) *exec.Cmd {
			if out, err := exec.Command("java", "--version").CombinedOutput(); err != nil {
				testkit.MissingClient(t, fmt.Sprintf("no java: %v %s", err, out))
			}
			return s.client("java", "testdata/cuts/Client.java", url)
		},
		"OkHttp": func(t *testing.T, s *server, url string) *exec.Cmd {
			const jars = "/usr/share/java/okhttp.jar:/usr/share/java/okio.jar"
			if _, err := os.Stat("/usr/share/java/okhttp.jar"); err != nil {
				testkit.MissingClient(t, fmt.Sprintf("apt install libokhttp-java: %v", err))
			}
			return s.client("java", "-cp", jars, "testdata/cuts/OkHttp.java", url)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			missNothing(t, breaks, command)
		})
	}
}

func script(t *testing.T, name string) io.Reader {
	t.Helper()
	file, err := os.Open("testdata/cuts/" + name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}

func missNothing(t *testing.T, breaks int, command func(t *testing.T, s *server, url string) *exec.Cmd) {
	s := serve(t, t.TempDir(), "127.0.0.1:0")
	b := testkit.NewBackend(t)
	socket := s.deployRoutes(t, b.URL, `$context.connectionId`, map[string]string{"pasarela:resumeSeconds": "60"}, "$connect", "$disconnect")
	host, rest, _ := strings.Cut(strings.TrimPrefix(socket, "ws://"), "/")
	relay := testkit.NewRelay(t, host)
	cmd := command(t, s, "ws://"+relay.Address()+"/"+rest+sessionOfTheTest)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan received, 1)
	go func() { ended <- listen(t, out) }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })

	p := &poster{client: s.managementAPI(socket), id: b.Next(t).Body}
	ctx, cancel := context.WithTimeout(t.Context(), testkit.WaitLimit+time.Duration(breaks)*3*time.Second)
	defer cancel()
	random := rand.New(rand.NewPCG(1, 2))
	for broken := 0; broken < breaks; {
		for range 1 + random.IntN(40) {
			p.posted++
			if err := p.post(ctx, strconv.Itoa(p.posted)); err != nil {
				t.Fatalf("message %d: %v", p.posted, err)
			}
		}
		if relay.Break(testkit.Break(random.IntN(int(testkit.Breaks)))) {
			broken++
		}
	}
	if err := p.post(ctx, "end"); err != nil {
		t.Fatal(err)
	}
	got := received{}
	select {
	case got = <-ended:
	case <-ctx.Done():
		t.Fatal("the client has not got the last message")
	}
	t.Logf("%d messages, %d breaks, %d sockets, %d messages came again", p.posted, breaks, got.sockets, got.again)
	if got.last != p.posted || got.sockets < 2 {
		t.Errorf("the last of %d messages was %d, on %d sockets", p.posted, got.last, got.sockets)
	}
	b.Untouched(t) // no second $connect, and no $disconnect
}

// received is what a client printed as received.
type received struct{ last, sockets, again int }

// listen reads what the client prints: a line for each socket and each message. Messages
// count up, from one that came before or from the one behind it.
func listen(t *testing.T, out io.Reader) (got received) {
	before := 0 // on this socket
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if lines.Text() == "open" {
			got.sockets++
			before = 0
			continue
		}
		if lines.Text() == "end" {
			break
		}
		n, err := strconv.Atoi(lines.Text())
		if err != nil || n > got.last+1 || before != 0 && n != before+1 {
			t.Errorf("%q came after %d, and on its socket after %d", lines.Text(), got.last, before)
		}
		if before = n; n <= got.last {
			got.again++
		}
		got.last = max(got.last, n)
	}
	return got
}

// managementAPI is the SDK's client of @connections of the stage.
func (s *server) managementAPI(socket string) *apigatewaymanagementapi.Client {
	endpoint := "http" + strings.TrimPrefix(socket, "ws")
	return apigatewaymanagementapi.New(apigatewaymanagementapi.Options{BaseEndpoint: &endpoint, Region: s.env["AWS_REGION"], Credentials: s.credentials()})
}

// Of a durable stage every push that was acknowledged arrives, in order, though the server is
// killed while they come (A-GATEWAY-56).
func TestDurablePushesOutliveAKilledServer(t *testing.T) {
	t.Parallel()
	dir, address := t.TempDir(), testkit.FreeAddress(t)
	s := serve(t, dir, address)
	b := testkit.NewBackend(t)
	socket := s.deployRoutes(t, b.URL, `$context.connectionId`,
		map[string]string{"pasarela:resumeSeconds": "60", "pasarela:delivery": "durable"}, "$connect", "$disconnect")
	c := testkit.Connect(t, socket+sessionOfTheTest)
	p := &poster{client: s.managementAPI(socket), id: b.Next(t).Body}
	acknowledged := make(chan string, 1000)
	var posting sync.WaitGroup
	posting.Go(func() {
		defer close(acknowledged)
		for i := 1; i < cap(acknowledged); i++ {
			if p.post(t.Context(), strconv.Itoa(i)) != nil {
				return // it was killed
			}
			acknowledged <- strconv.Itoa(i)
		}
	})
	for _, want := range []string{"1", "2", "3", "4", "5"} { // and it reads no more
		if got := c.Read(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	testkit.Eventually(t, "pushes", func() bool { return len(acknowledged) > 50 })
	s.process.Kill()
	_ = c.Conn.CloseNow()
	posting.Wait()
	serve(t, dir, address)
	testkit.Eventually(t, "the server to take connections", func() bool {
		found, answer := testkit.Dial(t, socket+sessionOfTheTest)
		if found == nil && answer.StatusCode != http.StatusServiceUnavailable {
			t.Fatalf("refused with %d", answer.StatusCode)
		}
		c = found
		return c != nil
	})
	last := 0
	for want := range acknowledged {
		number, _ := strconv.Atoi(want)
		for last < number {
			got, err := strconv.Atoi(c.Read())
			if err != nil || last != 0 && got != last+1 || last == 0 && got > 6 {
				t.Fatalf("message %d came after %d: %v", got, last, err)
			}
			last = got
		}
	}
	t.Logf("%d messages came", last)
	b.Untouched(t)
}

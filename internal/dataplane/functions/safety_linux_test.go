package functions_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/functions"
	"github.com/pasarela-ws/pasarela/internal/state/document"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// victimVariable makes the program of these tests a server that is killed. It holds the code
// of a function: a zip archive in base64.
const victimVariable = "PASARELA_TEST_VICTIM"

// beKilled is that server. It prints the id of the process that its function left running,
// and waits.
func beKilled() {
	bucket, code, ctx := memory.NewBucket(), []byte(os.Getenv(victimVariable)), context.Background()
	sum := sha256.Sum256(code)
	version := pasarela.FunctionVersion{
		CodeSHA256: base64.StdEncoding.EncodeToString(sum[:]), Version: pasarela.LatestVersion, RevisionID: pasarela.NewUUID(),
		Runtime: "provided.al2023", Timeout: 30, MemorySize: memorySize,
	}
	code, err := base64.StdEncoding.DecodeString(string(code))
	if err == nil {
		_, err = bucket.Put(ctx, pasarela.FunctionCodeKey(version.CodeSHA256), code, 0)
	}
	if err == nil {
		_, err = document.NewStore[pasarela.Function](bucket).Upsert(ctx, pasarela.FunctionKey("f"), func(f *pasarela.Function) error {
			*f = pasarela.Function{Name: "f", Latest: version}
			return nil
		})
	}
	var runner *functions.Runner
	if err == nil {
		runner, err = functions.New(ctx, functions.Options{Bucket: bucket, RegionAccount: place})
	}
	var result functions.Result
	if err == nil {
		result, err = runner.Invoke(ctx, functions.Call{Name: "f", Payload: []byte(`{"do":"daemon"}`)})
	}
	fmt.Println(string(result.Payload), err)
	select {}
}

// TestWhatAKilledServerLeftGoesAtTheNextStart: its folder, and what its functions started in
// sessions of their own. A folder whose server is there stays.
func TestWhatAKilledServerLeftGoesAtTheNextStart(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	folders := func() []string {
		found, err := filepath.Glob(filepath.Join(os.TempDir(), "pasarela-functions-*"))
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	victim := exec.CommandContext(t.Context(), path)
	victim.Env = append(os.Environ(), victimVariable+"="+base64.StdEncoding.EncodeToString(self(t)))
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var left output
	if err := json.NewDecoder(strings.NewReader(line)).Decode(&left); err != nil || left.PID == 0 {
		t.Fatalf("the function says %q: %v", line, err)
	}
	start(t, nil)
	if len(folders()) != 2 || !alive(left.PID) {
		t.Fatalf("a server that runs lost its folder or a process: %v", folders())
	}
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = victim.Wait() // killed
	if !alive(left.PID) {
		t.Skip("this system ends what a killed server left by itself")
	}
	start(t, nil)
	testkit.Eventually(t, "the end of what was left", func() bool { return !alive(left.PID) })
	if found := folders(); len(found) != 2 {
		t.Errorf("folders %v", found)
	}
}

func TestWhatLeavesTheProcessGroupEndsWithTheFunction(t *testing.T) {
	f := start(t, oneProcess)
	f.put(pasarela.Function{Name: "f"}, self(t))
	daemon := f.ask(order{Do: "daemon"}).PID
	if !alive(daemon) {
		t.Fatal("it did not start")
	}
	f.call(order{Do: "exit"})
	testkit.Eventually(t, "the end of what the function started", func() bool { return !alive(daemon) })
}

func TestMemoryIsBounded(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		testkit.MissingClient(t, "python3")
	}
	f := start(t, nil)
	handler := "def handler(event, context):\n    return len(bytearray(int(event['text']) << 20))\n"
	f.put(pasarela.Function{Name: "f", Latest: pasarela.FunctionVersion{Runtime: "python3.13", Handler: "app.handler", MemorySize: 128}},
		zipped(t, map[string]string{"app.py": handler}))
	for _, c := range []struct{ order, failure, want string }{
		{"256", "", "268435456"},
		{"2048", functions.Unhandled, "MemoryError"}, // above 2*128 MiB and 1 GiB
		{"1", "", "1048576"},
	} {
		if result := f.call(order{Text: c.order}); result.FunctionError != c.failure || !strings.Contains(string(result.Payload), c.want) {
			t.Errorf("%s MiB: %s %s", c.order, result.FunctionError, result.Payload)
		}
	}
}

func TestTheServerIsHiddenFromItsFunctions(t *testing.T) {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	start(t, func(o *functions.Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	if shown, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0); err != nil || shown != 0 {
		t.Errorf("dumpable %d, %v", shown, err)
	}
	if warned := strings.Contains(log.String(), "--functions-user"); warned != (os.Geteuid() == 0) {
		t.Errorf("the log says %q", log.String())
	}
}

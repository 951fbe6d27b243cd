package acceptance

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// TestAScheduledReportReachesMailboxAndBucket: the report of a schedule is put into a bucket
// of pasarela's own S3, and its frames into the mailbox of a client that is away; when the
// client comes back it reads them and downloads the file.
func TestAScheduledReportReachesMailboxAndBucket(t *testing.T) {
	t.Parallel()
	dir, listen := t.TempDir(), testkit.FreeAddress(t)
	gateway := testkit.Start(t, nil, pasarelaProgram, "dev", "--data", dir, "--listen", listen, "--reports-listen", "127.0.0.1:0")
	socket := gateway.WaitFor(t, `connect '(ws://\S+)'`) + "&pasarela-session=" + strings.Repeat("s", 22)
	keys := testkit.Credentials(t, pasarelaProgram, dir)
	bucket := "http://" + listen + "/archive"
	if status, body := signed(t, keys, http.MethodPut, bucket); status != http.StatusOK {
		t.Fatalf("making the bucket answered %d %s", status, body)
	}

	reports := testkit.FreeAddress(t)
	stage := strings.Replace(regexp.MustCompile(`^[^?]+`).FindString(socket), "ws", "http", 1)
	place := url.URL{Scheme: "s3", User: url.UserPassword(keys["AWS_ACCESS_KEY_ID"], keys["AWS_SECRET_ACCESS_KEY"]), Host: listen, Path: "/archive/weekly", RawQuery: "tls=false&region=" + keys["AWS_REGION"]}
	environment := []string{"AWS_ACCESS_KEY_ID=" + keys["AWS_ACCESS_KEY_ID"], "AWS_SECRET_ACCESS_KEY=" + keys["AWS_SECRET_ACCESS_KEY"], "REPORTS_FOLDER_ARCHIVE=" + place.String()}
	serving := testkit.Start(t, environment, reportsProgram, "serve", "--data", t.TempDir(), "--listen", reports, "--endpoint", stage, "--region", keys["AWS_REGION"])
	serving.WaitFor(t, `reports: (http\S+)`)

	client := testkit.Connect(t, socket)
	var heard frame
	for heard.Event != "ready" { // of the report that dev's $connect asks for
		heard = read(t, client)
	}
	first := heard.ReportID
	list := (&server{dir: dir}).pasarela(t, "connections")
	id := strings.Fields(strings.Split(strings.TrimSpace(list), "\n")[1])[0]
	if err := client.Conn.CloseNow(); err != nil {
		t.Fatal(err)
	}

	wish := `{"type":"existencias","format":"csv","when":"every monday at 7:00","timezone":"Europe/Madrid","deliver":[{"connection":"` + id + `"},{"folder":"archive"}]}`
	var made struct{ ID string }
	if err := json.Unmarshal(send(t, "http://"+reports+"/api/schedules", wish), &made); err != nil || made.ID == "" {
		t.Fatalf("made is %+v, %v", made, err)
	}
	send(t, "http://"+reports+"/api/schedules/"+made.ID+"/run", "")
	var key string
	testkit.Eventually(t, "a file in the bucket", func() bool {
		_, body := signed(t, keys, http.MethodGet, bucket+"?list-type=2&prefix=weekly%2F")
		found := regexp.MustCompile(`<Key>([^<]+)</Key>`).FindStringSubmatch(body)
		if found != nil {
			key = found[1]
		}
		return found != nil
	})
	status, kept := signed(t, keys, http.MethodGet, bucket+"/"+strings.ReplaceAll(key, " ", "%20"))
	if status != http.StatusOK || !strings.HasPrefix(key, "weekly/existencias ") || !strings.HasSuffix(key, ".csv") {
		t.Errorf("%s answered %d", key, status)
	}

	back := testkit.Connect(t, socket) // the mailbox was filled before the bucket: the connection comes first
	var events []string
	for heard = (frame{}); heard.Event != "ready"; {
		if heard = read(t, back); heard.ReportID == first {
			heard = frame{} // read before, and not confirmed
			continue
		}
		events = append(events, heard.Event)
	}
	if events[0] != "accepted" {
		t.Errorf("the mailbox held %v", events)
	}
	if file, _ := fetch(t, heard.Link); string(file) != kept {
		t.Errorf("the link leads to %d bytes, the bucket has %d", len(file), len(kept))
	}
}

func read(t *testing.T, client *testkit.Client) (heard frame) {
	t.Helper()
	text := client.Read()
	if err := json.Unmarshal([]byte(text), &heard); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return heard
}

// send posts JSON and returns the response of a call that succeeds.
func send(t *testing.T, address, body string) []byte {
	t.Helper()
	response, err := http.Post(address, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= 300 {
		t.Fatalf("%s answered %s %s, %v", address, response.Status, content, err)
	}
	return content
}

// signed calls S3 without a body.
func signed(t *testing.T, keys map[string]string, method, address string) (status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	empty := sha256.Sum256(nil)
	digest := hex.EncodeToString(empty[:])
	request.Header.Set("X-Amz-Content-Sha256", digest)
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	key := aws.Credentials{AccessKeyID: keys["AWS_ACCESS_KEY_ID"], SecretAccessKey: keys["AWS_SECRET_ACCESS_KEY"]}
	if err := signer.SignHTTP(t.Context(), key, request, digest, "s3", keys["AWS_REGION"], time.Now()); err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, testkit.Body(response)
}

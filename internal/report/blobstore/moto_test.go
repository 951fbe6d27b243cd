package blobstore_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/pasarela-ws/pasarela/internal/report/blobstore"
)

// setup is how many calls moto accepts without a check: those that create the
// user. From then on it checks every signature and the user's policy.
const setup = 3

// moto starts a real S3 of another project, or skips loudly where there is
// none. It returns where it is and a user's key and secret.
func moto(t *testing.T) (host, key, secret string) {
	t.Helper()
	program, err := exec.LookPath("moto_server")
	if err != nil {
		t.Skip("SKIPPED: moto_server is missing; pip install 'moto[server,s3,iam]'")
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host = free.Addr().String()
	free.Close()
	_, port, _ := net.SplitHostPort(host)
	server := exec.Command(program, "-H", "127.0.0.1", "-p", port)
	server.Env = append(os.Environ(), "INITIAL_NO_AUTH_ACTION_COUNT="+strconv.Itoa(setup))
	server.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // the program may be a script around the server
	var said bytes.Buffer
	server.Stdout, server.Stderr = &said, &said
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-server.Process.Pid, syscall.SIGKILL)
		_ = server.Wait()
	})
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var dialer net.Dialer
	for look := time.NewTicker(50 * time.Millisecond); ; {
		if conn, err := dialer.DialContext(ctx, "tcp", host); err == nil {
			conn.Close()
			break
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			t.Skipf("SKIPPED: moto_server does not start: %s", said.String())
		}
	}
	key, secret = motoUser(ctx, t, host)
	return host, key, secret
}

func motoUser(ctx context.Context, t *testing.T, host string) (key, secret string) {
	t.Helper()
	api := iam.New(iam.Options{
		BaseEndpoint: aws.String("http://" + host), Region: "us-east-1",
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "x", SecretAccessKey: "x"}, nil
		}),
	})
	name := aws.String("reports")
	policy := aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`)
	_, err := api.CreateUser(ctx, &iam.CreateUserInput{UserName: name})
	if err == nil {
		_, err = api.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: name, PolicyName: name, PolicyDocument: policy})
	}
	if err != nil {
		t.Fatal(err)
	}
	made, err := api.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: name})
	if err != nil {
		t.Fatal(err)
	}
	return *made.AccessKey.AccessKeyId, *made.AccessKey.SecretAccessKey
}

// TestAnS3OfSomebodyElse keeps reports in moto's S3, which checks every signature.
func TestAnS3OfSomebodyElse(t *testing.T) {
	host, key, secret := moto(t)
	at := func(secret, bucket string) string {
		return "s3://" + key + ":" + strings.ReplaceAll(secret, "/", "%2F") + "@" + host + "/" + bucket + "?tls=false"
	}
	store := open(t, t.TempDir(), at(secret, "reports/prefix"), blobstore.Limits{})
	if err := tryKeep(t, store, "early"); err == nil || !strings.Contains(err.Error(), "NoSuchBucket") {
		t.Errorf("without a bucket: %v", err)
	}
	makeBucket(t, at(secret, "reports"))
	if err := tryKeep(t, open(t, t.TempDir(), at("wrong", "reports"), blobstore.Limits{}), "forged"); err == nil || !strings.Contains(err.Error(), "SignatureDoesNotMatch") || strings.Contains(err.Error(), "wrong") {
		t.Errorf("with a wrong secret: %v", err)
	}
	if _, err := serve(t, store, "one", ""); !errors.Is(err, blobstore.ErrMissing) {
		t.Errorf("before: %v", err)
	}
	for range 2 { // made again, it takes the place of what was there
		if err := tryKeep(t, store, "one"); err != nil {
			t.Fatal(err)
		}
	}
	// moto cannot check the signature of a link, so here it accepts every request again.
	if response, err := http.Post("http://"+host+"/moto-api/reset-auth", "text/plain", strings.NewReader("1000")); err != nil || response.Body.Close() != nil {
		t.Fatal(err)
	}
	motoDownload(t, store)
	if preview, err := store.Preview(t.Context(), "one"); err != nil || string(preview) != `{"preview":true}` {
		t.Errorf("preview %q %v", preview, err)
	}
	for range 2 {
		if err := store.Remove(t.Context(), "one", "xlsx"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := serve(t, store, "one", ""); !errors.Is(err, blobstore.ErrMissing) {
		t.Errorf("after: %v", err)
	}
}

func tryKeep(t *testing.T, store *blobstore.Store, id string) error {
	t.Helper()
	draft, err := store.Draft(id)
	if err != nil {
		t.Fatal(err)
	}
	defer draft.Discard()
	if _, err := io.WriteString(draft, "whole report"); err != nil {
		t.Fatal(err)
	}
	return draft.Keep(t.Context(), "xlsx", []byte(`{"preview":true}`))
}

// makeBucket makes the bucket as the store makes objects: by a signed PUT.
func makeBucket(t *testing.T, address string) {
	t.Helper()
	if err := blobstore.PutEmpty(t.Context(), address); err != nil {
		t.Fatal(err)
	}
}

// motoDownload follows the link. moto ignores the name that the link gives the file;
// TestABucket holds that.
func motoDownload(t *testing.T, store *blobstore.Store) {
	t.Helper()
	response, err := serve(t, store, "one", "")
	if err != nil || response.StatusCode != http.StatusTemporaryRedirect {
		t.Fatal(response, err)
	}
	link := response.Header.Get("Location")
	for span, want := range map[string]string{"": "whole report", "bytes=6-": "report"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)
		if err != nil {
			t.Fatal(err)
		}
		if span != "" {
			request.Header.Set("Range", span)
		}
		got, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		content, _ := io.ReadAll(got.Body)
		got.Body.Close()
		if string(content) != want {
			t.Errorf("%q: %s %q %s", span, got.Status, content, got.Header)
		}
	}
}

package acceptance

import (
	"archive/zip"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTemplatesAndCodeByS3: the AWS CLI uploads a function's code, in several parts, and a
// template into a bucket, and a stack is made of them.
func TestTemplatesAndCodeByS3(t *testing.T) {
	t.Parallel()
	aws := anyAWSCLI(t)
	aws.server = serve(t, t.TempDir(), "127.0.0.1:0")
	code := longZip(t)
	aws.run(t, "s3", "mb", "s3://deployments")
	aws.run(t, "s3", "cp", "--only-show-errors", code, "s3://deployments/code/answer.zip")
	aws.run(t, "s3", "cp", "--only-show-errors", "testdata/coded.yaml", "s3://deployments/coded.yaml")
	back := filepath.Join(t.TempDir(), "back.zip")
	aws.run(t, "s3", "cp", "--only-show-errors", "s3://deployments/code/answer.zip", back)
	sent, err := os.ReadFile(code)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(back); err != nil || string(got) != string(sent) {
		t.Errorf("%d bytes came back of %d, %v", len(got), len(sent), err)
	}
	aws.run(t, "cloudformation", "create-stack", "--stack-name", "coded", "--template-url", aws.server.endpoint+"/deployments/coded.yaml", "--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")
	if size := aws.run(t, "lambda", "get-function-configuration", "--function-name", "answer", "--query", "CodeSize"); len(size) != len("9437184") {
		t.Errorf("the function's code has %s bytes", size)
	}
	aws.run(t, "s3", "cp", "--only-show-errors", "testdata/coded.yaml", "s3://made-by-the-stack/k")
	aws.run(t, "cloudformation", "delete-stack", "--stack-name", "coded")
	if events := aws.run(t, "cloudformation", "describe-stack-events", "--stack-name", "coded", "--query", "StackEvents[].ResourceStatusReason", "--output", "text"); !strings.Contains(events, "not empty") {
		t.Errorf("a bucket with an object was deleted, or the events do not say why not: %s", events)
	}
	aws.run(t, "s3", "rm", "--only-show-errors", "--recursive", "s3://made-by-the-stack")
	aws.run(t, "cloudformation", "delete-stack", "--stack-name", "coded")
	if said := aws.fails(t, "s3api", "head-bucket", "--bucket", "made-by-the-stack"); !strings.Contains(said, "404") {
		t.Errorf("after the end of the stack: %s", said)
	}
}

// longZip is a zip file with a function of Python's and 9 MB of noise: the AWS CLI splits
// what has more than 8 MB.
func longZip(t *testing.T) string {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "code.zip"))
	if err != nil {
		t.Fatal(err)
	}
	noise := make([]byte, 9<<20)
	_, _ = rand.Read(noise) // which never fails
	archive := zip.NewWriter(file)
	for name, content := range map[string][]byte{"index.py": []byte("def handler(event, context):\n    return 1\n"), "noise": noise} {
		w, err := archive.Create(name)
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Name()
}

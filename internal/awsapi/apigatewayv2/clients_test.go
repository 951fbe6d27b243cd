package apigatewayv2_test

import (
	"context"
	"os/exec"
	"testing"
	"time"
)

// TestBoto3 lets Python's SDK go through the life of every resource; the script
// holds what it must be answered.
func TestBoto3(t *testing.T) {
	python, err := exec.LookPath("python")
	if err != nil || exec.Command(python, "-c", "import boto3").Run() != nil {
		t.Skip("NOT TESTED: there is no python with boto3 on this machine")
	}
	url, _ := serve(t, root{})
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, python, "testdata/life.py", url)
	cmd.Env = append(cmd.Environ(), "AWS_ACCESS_KEY_ID="+accessKeyID, "AWS_SECRET_ACCESS_KEY="+secretKey, "AWS_DEFAULT_REGION="+region)
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
}

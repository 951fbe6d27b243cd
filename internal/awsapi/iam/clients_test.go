package iam_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
)

// TestGoSDK is a short life of everything through the SDK that Terraform is built on.
func TestGoSDK(t *testing.T) {
	s := serve(t)
	ctx := t.Context()
	client := sdk.New(sdk.Options{
		BaseEndpoint: aws.String(s.URL), Region: "eu-west-1",
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return s.root, nil
		}),
	})
	fatal := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	role, err := client.CreateRole(ctx, &sdk.CreateRoleInput{RoleName: aws.String("r"), AssumeRolePolicyDocument: aws.String(guideTrust), MaxSessionDuration: aws.Int32(7200)})
	fatal(err)
	if got, _ := url.QueryUnescape(aws.ToString(role.Role.AssumeRolePolicyDocument)); got != guideTrust {
		t.Errorf("trust policy came back as %s", got)
	}
	policy, err := client.CreatePolicy(ctx, &sdk.CreatePolicyInput{PolicyName: aws.String("p"), PolicyDocument: aws.String(guidePolicy)})
	fatal(err)
	_, err = client.AttachRolePolicy(ctx, &sdk.AttachRolePolicyInput{RoleName: aws.String("r"), PolicyArn: policy.Policy.Arn})
	fatal(err)
	version, err := client.GetPolicyVersion(ctx, &sdk.GetPolicyVersionInput{PolicyArn: policy.Policy.Arn, VersionId: aws.String("v1")})
	fatal(err)
	if got, _ := url.QueryUnescape(aws.ToString(version.PolicyVersion.Document)); got != guidePolicy {
		t.Errorf("policy came back as %s", got)
	}
	for range 3 {
		_, err = client.CreateUser(ctx, &sdk.CreateUserInput{UserName: aws.String("u")})
	}
	var exists *types.EntityAlreadyExistsException
	if !errors.As(err, &exists) {
		t.Errorf("a second user of the name: %v", err)
	}
	var gone *types.NoSuchEntityException
	if _, err := client.GetUser(ctx, &sdk.GetUserInput{UserName: aws.String("nobody")}); !errors.As(err, &gone) {
		t.Errorf("nobody: %v", err)
	}
	var conflict *types.DeleteConflictException
	if _, err := client.DeleteRole(ctx, &sdk.DeleteRoleInput{RoleName: aws.String("r")}); !errors.As(err, &conflict) {
		t.Errorf("deleting a role with a policy: %v", err)
	}
	var malformed *types.MalformedPolicyDocumentException
	if _, err := client.CreatePolicy(ctx, &sdk.CreatePolicyInput{PolicyName: aws.String("q"), PolicyDocument: aws.String("{")}); !errors.As(err, &malformed) {
		t.Errorf("half a document: %v", err)
	}
	whole, err := client.GetUser(ctx, &sdk.GetUserInput{})
	fatal(err)
	if aws.ToString(whole.User.Arn) != "arn:aws:iam::123456789012:root" {
		t.Errorf("the caller is %s", aws.ToString(whole.User.Arn))
	}
}

// BenchmarkGetRole is a signed read through the whole wire, without the network.
func BenchmarkGetRole(b *testing.B) {
	s := serve(b)
	if _, err := s.identities.Roles.CreateRole(b.Context(), identity.CreateRoleInput{RoleName: "r", AssumeRolePolicyDocument: guideTrust}); err != nil {
		b.Fatal(err)
	}
	const body = "Action=GetRole&Version=2010-05-08&RoleName=r"
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	sum := sha256.Sum256([]byte(body))
	credentials := s.root
	if err := v4.NewSigner().SignHTTP(b.Context(), credentials, r, hex.EncodeToString(sum[:]), "iam", "us-east-1", time.Now()); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		r.Body = io.NopCloser(strings.NewReader(body))
		w := httptest.NewRecorder()
		s.Config.Handler.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
}

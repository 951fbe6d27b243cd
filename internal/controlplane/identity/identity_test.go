package identity_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

const (
	accountID  = "123456789012"
	trustAPIGW = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	trustAll   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}]}`
)

var regionAccount = pasarela.RegionAccount{Region: "us-east-1", AccountID: accountID}

func allow(action, resource string) string {
	return `{"Version":"2012-10-17","Statement":[{"Sid":"one","Effect":"Allow","Action":"` + action + `","Resource":"` + resource + `"}]}`
}

func deny(action, resource string) string {
	return `{"Version":"2012-10-17","Statement":[{"Sid":"no","Effect":"Deny","Action":"` + action + `","Resource":"` + resource + `"}]}`
}

func open(t testing.TB, bucket pasarela.Bucket, now func() time.Time) *identity.Service {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), testkit.WaitLimit)
	defer cancel()
	s, err := identity.Open(ctx, identity.Options{Bucket: bucket, RegionAccount: regionAccount, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func start(t testing.TB) *identity.Service {
	t.Helper()
	return open(t, memory.NewBucket(), nil)
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// message is the code and text of a pasarela.Error, or "".
func message(t testing.TB, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var e *pasarela.Error
	if !errors.As(err, &e) {
		t.Fatalf("%T is no error of ours: %v", err, err)
	}
	return string(e.Code) + ": " + e.Message
}

// newUser makes a user with an inline policy and a key, and returns who it is.
func newUser(t testing.TB, s *identity.Service, name, document string) pasarela.Principal {
	t.Helper()
	must[*identity.User](t)(s.Users.CreateUser(t.Context(), identity.CreateUserInput{UserName: name}))
	if document != "" {
		if err := s.Policies.PutPolicy(t.Context(), identity.UserNamed(name), identity.PutPolicyInput{PolicyName: "own", PolicyDocument: document}); err != nil {
			t.Fatal(err)
		}
	}
	key := must[identity.AccessKey](t)(s.AccessKeys.CreateAccessKey(t.Context(), name))
	_, who, err := s.Key(t.Context(), key.AccessKeyID, "")
	if err != nil {
		t.Fatal(err)
	}
	return who
}

func newRole(t testing.TB, s *identity.Service, name, trust string) *identity.Role {
	t.Helper()
	return must[*identity.Role](t)(s.Roles.CreateRole(t.Context(), identity.CreateRoleInput{RoleName: name, AssumeRolePolicyDocument: trust}))
}

func root(t testing.TB, s *identity.Service) pasarela.Principal {
	t.Helper()
	key, ok := s.Administrator()
	if !ok {
		t.Fatal("no administrator")
	}
	secret, who, err := s.Key(t.Context(), key.AccessKeyID, "")
	if err != nil || secret != key.SecretAccessKey {
		t.Fatalf("the administrator's key: %v", err)
	}
	return who
}

func TestFirstStart(t *testing.T) {
	bucket := memory.NewBucket()
	s := open(t, bucket, nil)
	who := root(t, s)
	if who.ARN != "arn:aws:iam::123456789012:root" || who.UserID != accountID || who.Type != pasarela.PrincipalRoot {
		t.Errorf("the root is %+v", who)
	}
	if err := s.Authorize(t.Context(), who, "iam:CreateUser", "*", nil); err != nil {
		t.Errorf("the root may do everything: %v", err)
	}
	if err := s.ServiceRoles.ServiceLinkedRole(); err != nil {
		t.Error(err)
	}
	if _, err := s.Roles.DeleteServiceLinkedRole(t.Context(), identity.ServiceLinkedRoleName, "u"); err != nil {
		t.Fatal(err)
	}
	if err := s.ServiceRoles.ServiceLinkedRole(); err == nil {
		t.Error("the role is still there after its deletion")
	}
	s.Close()

	again := open(t, bucket, nil)
	if root(t, again) != who {
		t.Error("a second start made another root key")
	}
	if again.ServiceRoles.ServiceLinkedRole() == nil {
		t.Error("a second start brought the deleted service-linked role back")
	}
}

// Package account is an AWS account in memory, for tests of services on the wire: its
// identities, the guard with which services check calls, and signed calls.
package account

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	signer "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/sigv4"
)

// ID is the account's number.
const ID = "123456789012"

// Account is an account with its identities.
type Account struct {
	Identity      *identity.Service
	Bucket        pasarela.Bucket
	RegionAccount pasarela.RegionAccount
	Root          aws.Credentials

	t testing.TB
}

// Open makes an account in a region. It ends with the test.
func Open(t testing.TB, region string) *Account {
	t.Helper()
	return OpenIn(t, region, memory.NewBucket())
}

// OpenIn is [Open] with a bucket that the test gives.
func OpenIn(t testing.TB, region string, bucket pasarela.Bucket) *Account {
	t.Helper()
	place := pasarela.RegionAccount{Region: region, AccountID: ID}
	who, err := identity.Open(t.Context(), identity.Options{Bucket: bucket, RegionAccount: place})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(who.Close)
	key, found := who.Administrator()
	if !found {
		t.Fatal("the account has no administrator")
	}
	return &Account{who, bucket, place, credentials(key), t}
}

func credentials(key identity.AccessKey) aws.Credentials {
	return aws.Credentials{AccessKeyID: key.AccessKeyID, SecretAccessKey: key.SecretAccessKey}
}

// Guard checks calls by the account's keys and policies, for every region.
func (a *Account) Guard() *wire.Guard { return a.GuardWith(sigv4.Options{}) }

// GuardWith is [Account.Guard] with options of the signatures.
func (a *Account) GuardWith(options sigv4.Options) *wire.Guard {
	return &wire.Guard{RegionAccount: a.RegionAccount, Verifier: sigv4.New(options), Keys: a.Identity, Authorizer: a.Identity, AnyRegion: true}
}

// User makes a user with an inline policy, and a key for it.
func (a *Account) User(name, policy string) aws.Credentials {
	a.t.Helper()
	ctx := a.t.Context()
	if _, err := a.Identity.Users.CreateUser(ctx, identity.CreateUserInput{UserName: name}); err != nil {
		a.t.Fatal(err)
	}
	if err := a.Identity.Policies.PutPolicy(ctx, identity.UserNamed(name), identity.PutPolicyInput{PolicyName: "p", PolicyDocument: policy}); err != nil {
		a.t.Fatal(err)
	}
	key, err := a.Identity.AccessKeys.CreateAccessKey(ctx, name)
	if err != nil {
		a.t.Fatal(err)
	}
	return credentials(key)
}

// Sign signs a request with that body for a service.
func Sign(t testing.TB, by aws.Credentials, r *http.Request, body, service, region string) {
	t.Helper()
	sum := sha256.Sum256([]byte(body))
	if err := signer.NewSigner().SignHTTP(t.Context(), by, r, hex.EncodeToString(sum[:]), service, region, time.Now()); err != nil {
		t.Fatal(err)
	}
}

package acceptance

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

const (
	stores      = 5  // data directories, one after the other: what each kill costs grows with the store
	kills       = 20 // of the server of one data directory
	writers     = 4
	killsBudget = 4 * time.Minute // a machine too slow for all of them does what it can, and says so
)

// TestKilledAtAnyMoment kills the server again and again while clients write.
// After each restart every acknowledged write is there, and each other one is
// there completely or not at all.
func TestKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	listen, began := testkit.FreeAddress(t), time.Now()
	for store := range stores {
		dir, ledger := t.TempDir(), &ledger{made: map[string]string{}}
		s := serve(t, dir, listen)
		for round := range kills {
			if time.Since(began) > killsBudget {
				t.Logf("TIME IS UP after %d of %d kills", store*kills+round, stores*kills)
				if store == 0 {
					t.Error("too few to mean anything")
				}
				return
			}
			burst(t, s, ledger, round)
			s = serve(t, dir, listen)
			ledger.verify(t, s, round)
			if t.Failed() {
				return
			}
		}
		s.process.Kill()
		t.Logf("%d APIs and %d updates acknowledged until %s", len(ledger.made), ledger.version.Load(), time.Since(began).Round(time.Second))
	}
}

// burst lets the writers write and kills the server in the middle.
func burst(t *testing.T, s *server, l *ledger, round int) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() { l.create(ctx, s, fmt.Sprintf("api-%d-%d", round, w)) })
	}
	group.Go(func() { l.update(ctx, s) })
	group.Go(func() { l.users(ctx, s, round) })
	time.Sleep(time.Duration(20+rand.IntN(120)) * time.Millisecond) // the moment of the kill is what is tested
	s.process.Kill()
	cancel()
	group.Wait()
}

// ledger is what the server acknowledged.
type ledger struct {
	mu        sync.Mutex
	made      map[string]string // API name by id
	names     []string          // users
	counter   string            // id of the API whose version counts up
	version   atomic.Int64      // last acknowledged version of it
	attempted atomic.Int64
}

func (l *ledger) create(ctx context.Context, s *server, name string) {
	client := s.apigatewayv2()
	for i := 0; ctx.Err() == nil; i++ {
		full := fmt.Sprint(name, "-", i)
		api, err := client.CreateApi(ctx, &apigatewayv2.CreateApiInput{
			Name: &full, ProtocolType: types.ProtocolTypeWebsocket, RouteSelectionExpression: aws.String("$request.body.action"),
			Description: &full, Tags: map[string]string{"name": full},
		})
		if err != nil {
			return
		}
		l.mu.Lock()
		l.made[*api.ApiId] = full
		if l.counter == "" {
			l.counter = *api.ApiId
		}
		l.mu.Unlock()
	}
}

// update increments one API's version.
func (l *ledger) update(ctx context.Context, s *server) {
	client := s.apigatewayv2()
	for ctx.Err() == nil {
		l.mu.Lock()
		id := l.counter
		l.mu.Unlock()
		if id == "" {
			time.Sleep(time.Millisecond)
			continue
		}
		next := l.attempted.Add(1)
		if _, err := client.UpdateApi(ctx, &apigatewayv2.UpdateApiInput{ApiId: &id, Version: aws.String(strconv.FormatInt(next, 10))}); err != nil {
			return
		}
		l.version.Store(next)
	}
}

func (l *ledger) users(ctx context.Context, s *server, round int) {
	client := s.iam()
	for i := 0; ctx.Err() == nil; i++ {
		name := fmt.Sprintf("user-%d-%d", round, i)
		if _, err := client.CreateUser(ctx, &iam.CreateUserInput{UserName: &name}); err != nil {
			return
		}
		l.mu.Lock()
		l.names = append(l.names, name)
		l.mu.Unlock()
	}
}

func (l *ledger) verify(t *testing.T, s *server, round int) {
	t.Helper()
	there := map[string]string{}
	for api := range s.everyAPI(t) {
		there[*api.ApiId] = *api.Name
		if aws.ToString(api.Description) != *api.Name || api.Tags["name"] != *api.Name || api.ApiEndpoint == nil {
			t.Errorf("round %d: API %s is there by half: %+v", round, *api.ApiId, api)
		}
		if *api.ApiId == l.counter {
			l.verifyVersion(t, aws.ToString(api.Version), round)
		}
	}
	for id, name := range l.made {
		if there[id] != name {
			t.Errorf("round %d: API %s (%s) was acknowledged and is %q", round, id, name, there[id])
		}
	}
	l.verifyUsers(t, s, round)
}

func (l *ledger) verifyVersion(t *testing.T, text string, round int) {
	t.Helper()
	if text == "" {
		text = "0"
	}
	version, err := strconv.ParseInt(text, 10, 64)
	if err != nil || version < l.version.Load() || version > l.attempted.Load() {
		t.Errorf("round %d: the version is %q; %d was acknowledged and %d tried", round, text, l.version.Load(), l.attempted.Load())
	}
}

func (l *ledger) verifyUsers(t *testing.T, s *server, round int) {
	t.Helper()
	there := map[string]bool{}
	users := iam.NewListUsersPaginator(s.iam(), &iam.ListUsersInput{})
	for users.HasMorePages() {
		page, err := users.NextPage(t.Context(), func(o *iam.Options) { o.Retryer = patient() })
		if err != nil {
			t.Fatal(err)
		}
		for _, user := range page.Users {
			there[*user.UserName] = true
		}
	}
	for _, name := range l.names {
		if !there[name] {
			t.Errorf("round %d: user %s was acknowledged and is gone (%d are there)", round, name, len(there))
		}
	}
}

// everyAPI yields the APIs of all pages of GetApis.
func (s *server) everyAPI(t *testing.T) iter.Seq[types.Api] {
	return func(yield func(types.Api) bool) {
		in := &apigatewayv2.GetApisInput{MaxResults: aws.String("500")}
		for {
			page, err := s.apigatewayv2().GetApis(t.Context(), in, func(o *apigatewayv2.Options) { o.Retryer = patient() })
			if err != nil {
				t.Fatal(err)
			}
			for _, api := range page.Items {
				if !yield(api) {
					return
				}
			}
			if page.NextToken == nil {
				return
			}
			in.NextToken = page.NextToken
		}
	}
}

func (s *server) credentials() aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: s.env["AWS_ACCESS_KEY_ID"], SecretAccessKey: s.env["AWS_SECRET_ACCESS_KEY"]}, nil
	})
}

// apigatewayv2 and iam are clients that try once: a retry would hide what a kill
// does. patient lets them read again, because the SDK's own HTTP client now and
// then closes a long answer while it reads it, whoever serves it.
func (s *server) apigatewayv2() *apigatewayv2.Client {
	return apigatewayv2.New(apigatewayv2.Options{
		BaseEndpoint: &s.endpoint, Region: s.env["AWS_REGION"], Credentials: s.credentials(), RetryMaxAttempts: 1,
	})
}

func (s *server) iam() *iam.Client {
	return iam.New(iam.Options{
		BaseEndpoint: &s.endpoint, Region: s.env["AWS_REGION"], Credentials: s.credentials(), RetryMaxAttempts: 1,
	})
}

func patient() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts, o.MaxBackoff, o.RateLimiter = 20, 10*time.Millisecond, ratelimit.None
	})
}

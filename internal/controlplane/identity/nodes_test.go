package identity_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/sigv4"
)

func TestOtherNodesWritesArrive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := memory.NewBucket()
		here, there := open(t, bucket, nil), open(t, bucket, nil)
		ctx := t.Context()
		if root(t, here) != root(t, there) {
			t.Error("two nodes have two roots")
		}
		who := newUser(t, here, "ana", allow("a:b", "*"))
		newRole(t, here, "r", trustAPIGW)
		newPolicy(t, here, allow("c:d", "*"))
		synctest.Wait()
		if err := there.Policies.AttachPolicy(ctx, identity.UserNamed("ana"), managedARN); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		for _, s := range []*identity.Service{here, there} {
			if err := s.Authorize(ctx, who, "c:d", "*", nil); err != nil {
				t.Error(err)
			}
			if err := s.ServiceRoles.AssumeForService("arn:aws:iam::123456789012:role/r", pasarela.ServiceAPIGateway, "", ""); err != nil {
				t.Error(err)
			}
		}
		must[identity.PolicyVersion](t)(there.ManagedPolicies.CreatePolicyVersion(ctx, managedARN, allow("e:f", "*"), true))
		if err := there.Roles.DeleteRole(ctx, "r"); err != nil {
			t.Fatal(err)
		}
		if err := there.AccessKeys.DeleteAccessKey(ctx, "ana", who.AccessKeyID); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if here.Authorize(ctx, who, "c:d", "*", nil) == nil || here.Authorize(ctx, who, "e:f", "*", nil) != nil {
			t.Error("the new default version did not arrive")
		}
		if here.ServiceRoles.AssumeForService("arn:aws:iam::123456789012:role/r", pasarela.ServiceAPIGateway, "", "") == nil {
			t.Error("the role's deletion did not arrive")
		}
		if _, _, err := here.Key(ctx, who.AccessKeyID, ""); !errors.Is(err, sigv4.ErrUnknownKey) {
			t.Errorf("the key's deletion did not arrive: %v", err)
		}
		here.Close()
		there.Close()
	})
}

// TestWritersRace: every acknowledged write is there, on every node.
func TestWritersRace(t *testing.T) {
	bucket := memory.NewBucket()
	nodes := []*identity.Service{open(t, bucket, nil), open(t, bucket, nil)}
	newUser(t, nodes[0], "ana", "")
	var writers sync.WaitGroup
	for i := range 40 {
		writers.Go(func() {
			in := identity.TagsInput{Tags: []identity.Tag{{Key: "k" + strconv.Itoa(i), Value: "v"}}}
			if err := nodes[i%2].Users.TagUser(t.Context(), "ana", in); err != nil {
				t.Error(err)
			}
			newRole(t, nodes[i%2], "r"+strconv.Itoa(i), trustAPIGW)
			if _, err := nodes[i%2].Roles.Get("r" + strconv.Itoa(i)); err != nil {
				t.Errorf("acknowledged and not there: %v", err)
			}
		})
	}
	writers.Wait()
	for _, s := range nodes {
		s.Close()
	}
	last := open(t, bucket, nil)
	if u := must[*identity.User](t)(last.Users.Get("ana")); len(u.Tags) != 40 {
		t.Errorf("%d of 40 tags", len(u.Tags))
	}
	if n := len(last.Roles.List("/")); n != 41 {
		t.Errorf("%d of 41 roles", n)
	}
}

// lossy is a bucket whose watches break at a call of cut.
type lossy struct {
	*memory.Bucket
	mu   sync.Mutex
	cuts []context.CancelFunc
}

var errCut = errors.New("the wire was cut")

func (l *lossy) Watch(ctx context.Context, prefix string, each func(pasarela.Entry)) error {
	ctx, cut := context.WithCancelCause(ctx)
	l.mu.Lock()
	l.cuts = append(l.cuts, func() { cut(errCut) })
	l.mu.Unlock()
	if err := l.Bucket.Watch(ctx, prefix, each); err != nil {
		return err
	}
	if cause := context.Cause(ctx); errors.Is(cause, errCut) {
		return cause
	}
	return nil
}

func (l *lossy) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, cut := range l.cuts {
		cut()
	}
	l.cuts = nil
}

// TestBrokenWatchCatchesUp: changes and removals during the break are seen after it.
func TestBrokenWatchCatchesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := &lossy{Bucket: memory.NewBucket()}
		s, other := open(t, bucket, nil), open(t, bucket.Bucket, nil)
		ctx := t.Context()
		who := newUser(t, other, "ana", allow("a:b", "*"))
		newUser(t, other, "goes", "")
		synctest.Wait()
		if s.Authorize(ctx, who, "a:b", "*", nil) != nil {
			t.Fatal("not followed")
		}
		bucket.cut()
		synctest.Wait()
		if err := s.Healthy(); !errors.Is(err, errCut) {
			t.Errorf("healthy while cut off: %v", err)
		}
		if err := errors.Join(other.AccessKeys.DeleteAccessKey(ctx, "ana", who.AccessKeyID), other.Policies.DeletePolicy(ctx, identity.UserNamed("ana"), "own"), other.Users.DeleteUser(ctx, "ana")); err != nil {
			t.Fatal(err)
		}
		newUser(t, other, "eva", "")
		time.Sleep(time.Minute) // of the bubble's clock
		synctest.Wait()
		if err := s.Healthy(); err != nil {
			t.Errorf("a minute later: %v", err)
		}
		if _, err := s.Users.Get("ana"); err == nil {
			t.Error("who was removed during the break is still there")
		}
		if _, _, err := s.Key(ctx, who.AccessKeyID, ""); !errors.Is(err, sigv4.ErrUnknownKey) {
			t.Errorf("their key: %v", err)
		}
		if _, err := s.Users.Get("eva"); err != nil {
			t.Error(err)
		}
		s.Close()
		other.Close()
	})
}

// TestDamagedDocument is left out; the other entities stay.
func TestDamagedDocument(t *testing.T) {
	bucket := memory.NewBucket()
	first := open(t, bucket, nil)
	newUser(t, first, "ana", "")
	first.Close()
	entry, err := bucket.Get(t.Context(), "iam/user/ana")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bucket.Put(t.Context(), "iam/user/ana", []byte("damaged"), entry.Revision); err != nil {
		t.Fatal(err)
	}
	s := open(t, bucket, nil)
	if _, err := s.Users.Get("ana"); err == nil {
		t.Error("a damaged user is served")
	}
	if err := s.ServiceRoles.ServiceLinkedRole(); err != nil {
		t.Error(err)
	}
	_, err = s.Users.CreateUser(t.Context(), identity.CreateUserInput{UserName: "ana"})
	if got := message(t, err); got != "EntityAlreadyExists: User with name ana already exists." {
		t.Errorf("over a damaged document: %s", got)
	}
}

func TestOpenGivesUpInTime(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := identity.Open(ctx, identity.Options{Bucket: memory.NewBucket(), RegionAccount: regionAccount}); err == nil {
		t.Error("opened without time")
	}
}

// unwatchable is a bucket whose watches break off and cannot be begun again.
type unwatchable struct {
	*memory.Bucket
	cut chan struct{}
}

func (d unwatchable) Watch(ctx context.Context, prefix string, each func(pasarela.Entry)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	select {
	case <-d.cut:
		return errors.New("no connection")
	default:
	}
	ended := make(chan error, 1)
	go func() { ended <- d.Bucket.Watch(ctx, prefix, each) }()
	select {
	case err := <-ended:
		return err
	case <-d.cut:
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			return err
		}
		return errors.New("cut")
	}
}

// A node whose watch is broken accepts keys for a while, and then none, since it
// does not learn of deleted ones (A-IAM-20).
func TestKeysAreNotTakenForeverUnseen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := unwatchable{memory.NewBucket(), make(chan struct{})}
		here, there := open(t, bucket, nil), open(t, bucket.Bucket, nil)
		defer here.Close()
		defer there.Close()
		ctx := t.Context()
		who := newUser(t, here, "ana", allow("a:b", "*"))
		synctest.Wait()
		close(bucket.cut)
		synctest.Wait()
		if err := there.AccessKeys.DeleteAccessKey(ctx, "ana", who.AccessKeyID); err != nil {
			t.Fatal(err)
		}
		administrator := root(t, here).AccessKeyID
		time.Sleep(time.Minute)
		if _, _, err := here.Key(ctx, who.AccessKeyID, ""); err != nil {
			t.Errorf("after a minute: %v", err)
		}
		time.Sleep(2 * time.Minute)
		for _, key := range []string{who.AccessKeyID, administrator} {
			if _, _, err := here.Key(ctx, key, ""); !errors.Is(err, pasarela.ErrUnavailable) {
				t.Errorf("after three minutes: %v", err)
			}
		}
	})
}

// lateBucket has a watch of a replica that gets every write a second late.
type lateBucket struct{ pasarela.Bucket }

func (b lateBucket) Watch(ctx context.Context, prefix string, each func(pasarela.Entry)) error {
	each(pasarela.Entry{}) // all entries that it has
	select {
	case <-ctx.Done():
		return nil
	case <-time.After(time.Second):
	}
	return b.Bucket.Watch(ctx, prefix, func(e pasarela.Entry) {
		if e.Key != "" { // the mark has been given
			each(e)
		}
	})
}

// A first start on a cluster whose replicas have not all heard of the account yet waits
// until it knows the account.
func TestAFirstStartWaitsForItsAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		s := open(t, lateBucket{memory.NewBucket()}, nil)
		if key, ok := s.Administrator(); !ok || key.AccessKeyID == "" {
			t.Error("the root has no key")
		}
		if waited := time.Since(began); waited < time.Second {
			t.Errorf("it waited %s", waited)
		}
	})
}

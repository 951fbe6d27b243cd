package stage_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/state/document"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/state/statetest"
)

// A deployment that could not be read is read again until it is served: no
// later write would announce it.
func TestWhatCannotBeReadIsReadAgain(t *testing.T) {
	for name, fault := range map[string]statetest.Fault{"no answer": statetest.RequestLost, "a stale answer": statetest.Stale} {
		for _, times := range []int{1, 5} {
			synctest.Test(t, func(t *testing.T) {
				bucket := statetest.NewFaulty(memory.NewBucket(), nil)
				k := node(t, bucket)
				defer k.Stop()
				left := times
				bucket.SetPlan(func(verb, key string) statetest.Fault {
					if verb == "get" && key == pasarela.DeploymentKey(apiID, "d1") && left > 0 {
						left--
						return fault
					}
					return statetest.None
				})
				// The deployment's own write is delivered before the stage's, so nothing but a
				// retry can bring it.
				d := definition()
				if _, err := document.NewStore[pasarela.Definition](bucket).Create(t.Context(), pasarela.DeploymentKey(apiID, "d1"), &d); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				keep(t, bucket.Bucket, pasarela.APIDocumentKey(apiID), pasarela.APIDocument{Definition: definition(), Stages: []pasarela.Stage{{StageName: "prod", DeploymentID: "d1"}}})
				synctest.Wait()
				time.Sleep(time.Minute)
				if id, problem := served(t, k); id != "d1" || problem != "" {
					t.Errorf("%s, %d times: serves %q: %s", name, times, id, problem)
				}
				if left != 0 {
					t.Errorf("%d faults were not met: the test tests nothing", left)
				}
			})
		}
	}
}

// breaking is a bucket whose watches can be broken.
type breaking struct {
	*memory.Bucket
	cut chan struct{}
}

func (b *breaking) Watch(ctx context.Context, prefix string, each func(pasarela.Entry)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cut := b.cut
	ended := make(chan error, 1)
	go func() { ended <- b.Bucket.Watch(ctx, prefix, each) }()
	select {
	case err := <-ended:
		return err
	case <-cut:
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			return err
		}
		return errors.New("cut")
	}
}

// Documents removed while a watch was broken are gone when it is restarted.
func TestRemovalsDuringABreakAreNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := &breaking{memory.NewBucket(), make(chan struct{})}
		k := node(t, bucket)
		defer k.Stop()
		deploy(t, bucket, "d1", definition(), pasarela.Stage{})
		synctest.Wait()
		s, _ := k.Directory.Stage(apiID, "prod")
		cut := bucket.cut
		bucket.cut = make(chan struct{})
		close(cut)
		synctest.Wait()
		if err := document.NewStore[pasarela.APIDocument](bucket).Delete(t.Context(), pasarela.APIDocumentKey(apiID), nil); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if _, ok := k.Directory.Lookup("127.0.0.1:4566", "/"+apiID+"/prod"); ok || s.Deployed() != nil {
			t.Error("a stage that was removed during the break serves")
		}
	})
}

// Await returns when a change is served and not before.
func TestAwaitIsServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := statetest.NewFaulty(memory.NewBucket(), nil)
		k := node(t, bucket)
		defer k.Stop()
		apis := document.NewStore[pasarela.APIDocument](bucket)
		key := pasarela.APIDocumentKey(apiID)
		await := func(change stage.Change) error {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			return k.Await(ctx, change)
		}
		if err := await(stage.Change{Key: key, Revision: 1}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("before it was written: %v", err)
		}
		reading := make(chan struct{})
		bucket.SetPlan(func(verb, at string) statetest.Fault {
			if verb == "get" && at == pasarela.DeploymentKey(apiID, "d1") {
				select {
				case <-reading:
				default:
					return statetest.RequestLost
				}
			}
			return statetest.None
		})
		deploy(t, bucket.Bucket, "d1", definition(), pasarela.Stage{})
		doc, err := apis.Get(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if err := await(stage.Change{Key: key, Revision: doc.Revision}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("while its deployment cannot be read: %v", err)
		}
		close(reading)
		time.Sleep(time.Minute)
		if err := await(stage.Change{Key: key, Revision: doc.Revision}); err != nil {
			t.Errorf("served: %v", err)
		}
		if err := await(stage.Change{Key: key, Revision: doc.Revision, Removed: true}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("before it was removed: %v", err)
		}
		if err := apis.Delete(t.Context(), key, nil); err != nil {
			t.Fatal(err)
		}
		if err := await(stage.Change{Key: key, Revision: doc.Revision, Removed: true}); err != nil {
			t.Errorf("removed: %v", err)
		}
		if err := await(stage.Change{Key: key, Revision: doc.Revision}); err != nil {
			t.Errorf("a change before a removal: %v", err)
		}
		bad := definition()
		bad.Integrations[0].IntegrationType = "MAGIC"
		deploy(t, bucket, "d2", bad, pasarela.Stage{})
		if doc, err = apis.Get(t.Context(), key); err != nil {
			t.Fatal(err)
		}
		if err := await(stage.Change{Key: key, Revision: doc.Revision}); err != nil {
			t.Errorf("what does not compile is taken up all the same: %v", err)
		}
	})
}

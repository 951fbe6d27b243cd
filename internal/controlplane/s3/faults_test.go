package s3_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/s3"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/state/statetest"
)

// Whatever the outcome of an operation's writes, an object that was acknowledged is there
// whole, as it was or as it is now, neither before nor after a late write anything else, and
// also when what was not completed has been removed.
func TestNoFaultUndoesWhatMayHaveBeenWritten(t *testing.T) {
	old, next := []byte("old"), []byte("new!")
	put := func(s *s3.Service, t *testing.T, body []byte) error {
		_, err := s.Put(t.Context(), s3.PutInput{Bucket: "one", Key: "k", Body: body})
		return err
	}
	operations := map[string]func(s *s3.Service, t *testing.T) error{
		"put":    func(s *s3.Service, t *testing.T) error { return put(s, t, next) },
		"delete": func(s *s3.Service, t *testing.T) error { return s.Delete(t.Context(), "one", "k") },
		"upload": func(s *s3.Service, t *testing.T) error {
			id, err := s.CreateUpload(t.Context(), "one", "k", nil)
			if err != nil {
				return err
			}
			part, err := s.UploadPart(t.Context(), "one", "k", id, 1, next)
			if err != nil {
				return err
			}
			_, err = s.CompleteUpload(t.Context(), "one", "k", id, []s3.Part{part}, s3.Condition{})
			return err
		},
	}
	for name, operation := range operations {
		for _, verb := range []string{"put", "delete", "get", "list"} {
			for _, prefix := range []string{"s3object/", "s3upload/", "s3piece/"} {
				for _, fault := range []statetest.Fault{statetest.RequestLost, statetest.ResponseLost, statetest.Delayed} {
					t.Run(fmt.Sprint(name, " ", verb, " ", prefix, " ", fault), func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) {
							bucket := statetest.NewFaulty(memory.NewBucket(), nil)
							s := s3.New(s3.Options{Bucket: bucket, RegionAccount: pasarela.RegionAccount{Region: "eu-west-1", AccountID: "123456789012"}})
							if err := errors.Join(s.CreateBucket(t.Context(), "one"), put(s, t, old)); err != nil {
								t.Fatal(err)
							}
							whole := func(when string) {
								t.Helper()
								got, err := s.Get(t.Context(), "one", "k", 1<<30)
								gone := name == "delete" && pasarela.CodeOf(err) == s3.CodeNoKey
								if !gone && (err != nil || !bytes.Equal(got, old) && !bytes.Equal(got, next)) {
									t.Errorf("%s: %d bytes, %v", when, len(got), err)
								}
							}
							bucket.SetPlan(statetest.Once(verb, prefix, fault))
							if err := operation(s, t); err != nil && !errors.Is(err, pasarela.ErrUnavailable) {
								t.Errorf("got %v", err)
							}
							bucket.SetPlan(nil)
							whole("after it")
							bucket.RunDelayed()
							whole("after the late write")
							sweeping, stop := context.WithCancel(t.Context())
							go func() { _ = s.Run(sweeping) }()
							time.Sleep(50 * time.Hour)
							synctest.Wait()
							whole("after two days")
							stop()
							synctest.Wait()
						})
					})
				}
			}
		}
	}
}

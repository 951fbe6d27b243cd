package archive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// Actions of a [Change].
const (
	Create = "create"
	Update = "update"
	Delete = "delete"
)

// Change is one document that the file makes different from what is there.
type Change struct {
	Action  string   `json:"action"`
	Key     string   `json:"key"`
	Members []string `json:"members,omitempty"` // of an update: which top-level members differ

	revision uint64
	wanted   map[string]any
}

// Plan says what applying a would change, in the order in which it would. With
// prune, what the file does not have is deleted, save what the file left out for
// being secret.
func Plan(ctx context.Context, bucket pasarela.Bucket, place pasarela.Place, a *Archive, prune bool) ([]Change, error) {
	if there := Place(place); a.Place != there {
		return nil, fmt.Errorf("the file is of account %s in %s and its ARNs say so, this node is %s in %s: "+
			"start pasarela on a fresh data directory with --account-id %s --region %s",
			a.Place.AccountID, a.Place.Region, there.AccountID, there.Region, a.Place.AccountID, a.Place.Region)
	}
	store := document.NewStore[map[string]any](bucket)
	var changes []Change
	for _, k := range kinds {
		found, err := store.List(ctx, k.prefix)
		if err != nil {
			return nil, err
		}
		changes = append(changes, k.changes(a, found, prune)...)
	}
	return changes, nil
}

func (k *kind) changes(a *Archive, found []document.Document[map[string]any], prune bool) (changes []Change) {
	now := map[string]document.Document[map[string]any]{}
	for _, d := range found {
		now[d.Key] = d
		_, wanted := a.Documents[d.Key]
		left := !a.Secrets && slices.Contains(k.secrets, "*")
		if kindOf(d.Key) == k && !wanted && prune && !left {
			changes = append(changes, Change{Action: Delete, Key: d.Key, revision: d.Revision})
		}
	}
	for key, value := range a.Documents {
		if kindOf(key) != k {
			continue
		}
		wanted := plain(value)
		there, exists := now[key]
		if !exists {
			changes = append(changes, Change{Action: Create, Key: key, wanted: wanted})
			continue
		}
		k.keepSecrets(wanted, *there.Value)
		if members := differing(wanted, *there.Value); members != nil {
			changes = append(changes, Change{Update, key, members, there.Revision, wanted})
		}
	}
	slices.SortFunc(changes, func(x, y Change) int { return strings.Compare(x.Key, y.Key) })
	return changes
}

// plain gives a value of the file the types that a document read from the store
// has, so that the two compare.
func plain(value any) (out map[string]any) {
	text, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil || out == nil {
		return map[string]any{} // Read has refused what is no object
	}
	return out
}

func differing(wanted, now map[string]any) (members []string) {
	for name, value := range wanted {
		if !reflect.DeepEqual(value, now[name]) {
			members = append(members, name)
		}
	}
	for name := range now {
		if _, ok := wanted[name]; !ok {
			members = append(members, name)
		}
	}
	slices.Sort(members)
	return members
}

// Apply makes the changes of a plan, one document after the other. A document
// that somebody changed since the plan ends it with [pasarela.ErrConflict];
// what was done stays, and the next plan says what is left.
func Apply(ctx context.Context, bucket pasarela.Bucket, changes []Change) error {
	for i, c := range changes {
		if err := c.make(ctx, bucket); err != nil {
			return fmt.Errorf("%s %s, change %d of %d: %w", c.Action, c.Key, i+1, len(changes), err)
		}
	}
	return nil
}

func (c Change) make(ctx context.Context, bucket pasarela.Bucket) error {
	store := document.NewStore[map[string]any](bucket)
	switch c.Action {
	case Delete:
		return bucket.Delete(ctx, c.Key, c.revision)
	case Create:
		_, err := store.Create(ctx, c.Key, &c.wanted)
		return err
	}
	_, err := store.Update(ctx, c.Key, func(now *map[string]any) error {
		current, err := bucket.Get(ctx, c.Key)
		if err != nil {
			return err
		}
		if current.Revision != c.revision {
			return errors.Join(pasarela.ErrConflict, errors.New("it was changed meanwhile; look at the plan again"))
		}
		*now = c.wanted
		return nil
	})
	return err
}

package node

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/node/local"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

const (
	regionAccountKey = "node/place"
	numberPrefix     = "node/number/"
	lastNumber       = 1<<16 - 1 // connection ids have two bytes for the node
)

// loadRegionAccount returns the region and the account of the store. They are chosen at its first start
// and never change, because ARNs and policies in the store contain them.
func loadRegionAccount(ctx context.Context, bucket pasarela.Bucket, s Settings) (pasarela.RegionAccount, error) {
	found, err := document.NewStore[pasarela.RegionAccount](bucket).Upsert(ctx, regionAccountKey, func(p *pasarela.RegionAccount) error {
		if p.AccountID == "" {
			*p = pasarela.RegionAccount{Region: firstOf(s.Region, DefaultRegion), AccountID: firstOf(s.AccountID, s.firstAccountID())}
		}
		return errors.Join(
			checkUnchanged("--region", s.Region, p.Region),
			checkUnchanged("--account-id", s.AccountID, p.AccountID),
		)
	})
	if err != nil {
		return pasarela.RegionAccount{}, err
	}
	return *found.Value, nil
}

func checkUnchanged(setting, given, kept string) error {
	if given == "" || given == kept {
		return nil
	}
	return language.Errorf("node.other_place", "setting", setting, "kept", kept, "given", given)
}

func firstOf(given, otherwise string) string {
	if given != "" {
		return given
	}
	return otherwise
}

// firstAccountID is the account of a store that is made without --account-id.
func (s *Settings) firstAccountID() string {
	if s.Local {
		return local.AccountID
	}
	return newAccountID()
}

// newAccountID generates 12 digits without a leading zero, since spreadsheets drop those.
func newAccountID() string {
	n, _ := rand.Int(rand.Reader, big.NewInt(900_000_000_000)) // crypto/rand never fails since Go 1.24
	return n.Add(n, big.NewInt(100_000_000_000)).String()
}

// numbered is a node and the number that its connections' ids carry.
type numbered struct {
	NodeName string `json:"nodeName"`
}

// number is the node's number. It is assigned when the node first joins the store, and
// stays.
func number(ctx context.Context, bucket pasarela.Bucket, name string) (uint16, error) {
	store := document.NewStore[numbered](bucket)
	taken, err := store.List(ctx, numberPrefix)
	if err != nil {
		return 0, err
	}
	used := map[string]bool{}
	for _, d := range taken {
		used[d.Key] = true
		if d.Value.NodeName == name {
			var n uint16
			_, err := fmt.Sscan(d.Key[len(numberPrefix):], &n)
			return n, err
		}
	}
	for n := 1; n <= lastNumber; n++ {
		key := fmt.Sprint(numberPrefix, n)
		if used[key] {
			continue
		}
		_, err := store.Create(ctx, key, &numbered{name})
		if !errors.Is(err, pasarela.ErrConflict) {
			return uint16(n), err
		}
	}
	return 0, language.Errorf("node.numbers_used_up", "n", lastNumber, "prefix", numberPrefix)
}

// nodeName finds the node that has a number: connection ids contain the number of the
// node that opened them.
func nodeName(ctx context.Context, bucket pasarela.Bucket, n uint16) (string, error) {
	found, err := document.NewStore[numbered](bucket).Get(ctx, fmt.Sprint(numberPrefix, n))
	if err != nil {
		return "", err
	}
	return found.Value.NodeName, nil
}

package identity

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// bootstrap makes what a new account has: the service-linked role of API Gateway and the
// root key. The account document is written last, so that an interrupted start is
// repeated; later starts find it and make nothing, not even a role that was deleted on
// purpose.
func (s *Service) bootstrap(ctx context.Context) error {
	_, err := s.accounts.Get(ctx, accountKey)
	if !errors.Is(err, pasarela.ErrNotFound) {
		return err
	}
	role := s.Roles.newServiceLinkedRole("")
	if _, err := s.roles.Create(ctx, roleKey(role.RoleName), role); err != nil && !errors.Is(err, pasarela.ErrConflict) {
		return err
	}
	account := &Account{SealKey: make([]byte, 32)}
	_, _ = rand.Read(account.SealKey) // crypto/rand.Read never fails since Go 1.24
	account.RootKeys = []AccessKey{s.newAccessKey(ctx)}
	_, err = s.accounts.Create(ctx, accountKey, account)
	if errors.Is(err, pasarela.ErrConflict) {
		return nil // another node was faster
	}
	return err
}

// awaitAccount waits until the watch has delivered the account, which is in the bucket:
// in a cluster a watch may be served by a replica that does not have it yet.
func (s *Service) awaitAccount(ctx context.Context) error {
	for s.current.Load().account == nil {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(accountPause):
		}
	}
	return nil
}

const accountPause = 10 * time.Millisecond

// newAccessKey makes a long-term key.
func (s *Service) newAccessKey(ctx context.Context) AccessKey {
	return AccessKey{
		AccessKeyID:     newID(ctx, prefixAccessKey, s.regionAccount.AccountID, accessKeyLength),
		SecretAccessKey: newSecret(),
		Active:          true,
		CreateDate:      s.today(),
	}
}

// Administrator is the oldest active key of the root, for the operator of the
// node: it may do everything. ok is false when all of them were deleted or
// deactivated.
func (s *Service) Administrator() (key AccessKey, ok bool) {
	for _, k := range s.current.Load().account.RootKeys {
		if k.Active {
			return k, true
		}
	}
	return AccessKey{}, false
}

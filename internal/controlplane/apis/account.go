package apis

import (
	"context"
	"errors"

	"github.com/pasarela-ws/pasarela"
)

// Account is the view of the account-wide settings.
type Account struct {
	CloudWatchRoleARN string   `json:"cloudwatchRoleArn,omitempty"`
	ThrottleSettings  Throttle `json:"throttleSettings"`
	Features          []string `json:"features"`
	APIKeyVersion     string   `json:"apiKeyVersion"`
}

// Limits of an account on AWS (aws-controlplane §3.15).
const (
	AccountRateLimit  = pasarela.AccountRate
	AccountBurstLimit = pasarela.AccountBurst
)

func viewAccount(a pasarela.Account) Account {
	return Account{a.CloudWatchRoleARN, Throttle{AccountBurstLimit, AccountRateLimit}, []string{"UsagePlans"}, "4"}
}

// AccountSettings are those of API Gateway in this account and region, a document of
// their own.
type AccountSettings struct{ apis *Service }

// GetAccount returns the account-wide settings.
func (s *AccountSettings) GetAccount(ctx context.Context, _ Nothing) (Account, error) {
	doc, err := s.apis.account.Get(ctx, pasarela.AccountKey)
	if errors.Is(err, pasarela.ErrNotFound) {
		return viewAccount(pasarela.Account{}), nil
	}
	if err != nil {
		return Account{}, err
	}
	return viewAccount(*doc.Value), nil
}

// UpdateAccount names the role under which logs are written, or, given an empty one,
// none any more (Terraform's provider sends that and holds AWS to it in its
// acceptance tests). It needs iam:PassRole on that role.
func (s *AccountSettings) UpdateAccount(ctx context.Context, in PatchInput) (Account, error) {
	err := in.each(func(op PatchOperation) error {
		if op.Path != "/cloudwatchRoleArn" {
			return badPath(op, "/cloudwatchRoleArn")
		}
		arn := op.unlessRemoved()
		var c check
		c.role("cloudwatchRoleArn", &arn)
		if !op.clears() && arn == "" || c.err != nil {
			return bad("The role ARN is not well formed")
		}
		return s.apis.passRole(ctx, &arn)
	})
	if err != nil {
		return Account{}, err
	}
	doc, err := s.apis.account.Upsert(ctx, pasarela.AccountKey, func(a *pasarela.Account) error {
		for _, op := range in.PatchOperations {
			a.CloudWatchRoleARN = op.unlessRemoved()
		}
		return nil
	})
	if err != nil {
		return Account{}, err
	}
	return viewAccount(*doc.Value), nil
}

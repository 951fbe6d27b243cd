package identity

import "context"

// AccountAliases does the operations on the account's alias, of which IAM allows one.
type AccountAliases struct{ identity *Service }

// CreateAccountAlias gives the account a name; it has one at most, and a second
// takes the place of the first, as on AWS.
func (s *AccountAliases) CreateAccountAlias(ctx context.Context, in AccountAliasInput) error {
	if err := check(in); err != nil {
		return err
	}
	_, err := change(ctx, s.identity, s.identity.accounts, accountKey, errNoAccount(), func(a *Account) error {
		a.Alias = in.AccountAlias
		return nil
	})
	return err
}

// AccountAliasInput is the input of CreateAccountAlias and DeleteAccountAlias.
type AccountAliasInput struct {
	AccountAlias string `aws:"AccountAlias,required,min=3,max=63,pattern=alias"`
}

// List is the aliases of the account: one or none.
func (s *AccountAliases) List() []string {
	if alias := s.identity.current.Load().account.Alias; alias != "" {
		return []string{alias}
	}
	return nil
}

// DeleteAccountAlias takes the account's name away.
func (s *AccountAliases) DeleteAccountAlias(ctx context.Context, in AccountAliasInput) error {
	if err := check(in); err != nil {
		return err
	}
	_, err := change(ctx, s.identity, s.identity.accounts, accountKey, errNoAccount(), func(a *Account) error {
		if a.Alias != in.AccountAlias {
			return errorf(CodeNoSuchEntity, "The account alias with name %s cannot be found.", in.AccountAlias)
		}
		a.Alias = ""
		return nil
	})
	return err
}

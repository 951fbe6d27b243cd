package identity

import "context"

// CreateAccountAlias gives the account a name; it has one at most, and a second
// takes the place of the first, as on AWS.
func (s *Service) CreateAccountAlias(ctx context.Context, in AccountAliasInput) error {
	if err := check(in); err != nil {
		return err
	}
	_, err := change(ctx, s, s.accounts, accountKey, errNoAccount(), func(a *Account) error {
		a.Alias = in.AccountAlias
		return nil
	})
	return err
}

// AccountAliasInput is the input of CreateAccountAlias and DeleteAccountAlias.
type AccountAliasInput struct {
	AccountAlias string `aws:"AccountAlias,required,min=3,max=63,pattern=alias"`
}

// AccountAliases are the names of the account: one or none.
func (s *Service) AccountAliases() []string {
	if alias := s.current.Load().account.Alias; alias != "" {
		return []string{alias}
	}
	return nil
}

// DeleteAccountAlias takes the account's name away.
func (s *Service) DeleteAccountAlias(ctx context.Context, in AccountAliasInput) error {
	if err := check(in); err != nil {
		return err
	}
	_, err := change(ctx, s, s.accounts, accountKey, errNoAccount(), func(a *Account) error {
		if a.Alias != in.AccountAlias {
			return errorf(CodeNoSuchEntity, "The account alias with name %s cannot be found.", in.AccountAlias)
		}
		a.Alias = ""
		return nil
	})
	return err
}

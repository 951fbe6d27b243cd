package identity

import (
	"context"
	"slices"
)

// maxTags is AWS's quota of tags an entity.
const maxTags = 50

// TagsInput are tags to set.
type TagsInput struct {
	Tags []Tag `aws:"Tags,required,max=50"`
}

// UntagInput are keys of tags to remove.
type UntagInput struct {
	TagKeys []string `aws:"TagKeys,required,max=50,itemmax=128,itemmin=1,itempattern=tagKey"`
}

// checkTags refuses tags that break AWS's rules together with those in have.
func checkTags(have, more []Tag) error {
	seen := map[string]bool{}
	for _, t := range more {
		if seen[fold(t.Key)] {
			return errorf(CodeInvalidInput, "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
		}
		seen[fold(t.Key)] = true
	}
	count := len(more)
	for _, t := range have {
		if !seen[fold(t.Key)] {
			count++
		}
	}
	if count > maxTags {
		return errorf(CodeLimitExceeded, "The number of tags has reached the maximum limit.")
	}
	return nil
}

// tagAll sets tags; keys are the same ignoring case, and keep their place.
func tagAll(have *[]Tag, more []Tag) error {
	if err := checkTags(*have, more); err != nil {
		return err
	}
	for _, t := range more {
		i := slices.IndexFunc(*have, func(h Tag) bool { return fold(h.Key) == fold(t.Key) })
		if i < 0 {
			*have = append(*have, t)
			continue
		}
		(*have)[i] = t
	}
	return nil
}

func untagAll(have *[]Tag, keys []string) {
	*have = slices.DeleteFunc(*have, func(t Tag) bool {
		return slices.ContainsFunc(keys, func(k string) bool { return fold(k) == fold(t.Key) })
	})
}

// TagUser sets tags of a user.
func (s *Users) TagUser(ctx context.Context, name string, in TagsInput) error {
	if err := check(in); err != nil {
		return err
	}
	_, err := s.identity.changeUser(ctx, name, func(u *User) error { return tagAll(&u.Tags, in.Tags) })
	return err
}

// UntagUser removes tags of a user; keys that it does not have are no error.
func (s *Users) UntagUser(ctx context.Context, name string, in UntagInput) error {
	if err := check(in); err != nil {
		return err
	}
	_, err := s.identity.changeUser(ctx, name, func(u *User) error {
		untagAll(&u.Tags, in.TagKeys)
		return nil
	})
	return err
}

// TagRole sets tags of a role.
func (s *Roles) TagRole(ctx context.Context, name string, in TagsInput) error {
	if err := check(in); err != nil {
		return err
	}
	_, err := s.changeOwnRole(ctx, name, func(r *Role) error { return tagAll(&r.Tags, in.Tags) })
	return err
}

// UntagRole removes tags of a role.
func (s *Roles) UntagRole(ctx context.Context, name string, in UntagInput) error {
	if err := check(in); err != nil {
		return err
	}
	_, err := s.changeOwnRole(ctx, name, func(r *Role) error {
		untagAll(&r.Tags, in.TagKeys)
		return nil
	})
	return err
}

// TagInstanceProfile sets tags of an instance profile.
func (s *Service) TagInstanceProfile(ctx context.Context, name string, in TagsInput) error {
	if err := check(in); err != nil {
		return err
	}
	_, err := change(ctx, s, s.profiles, profileKey(name), noProfile(name), func(p *InstanceProfile) error { return tagAll(&p.Tags, in.Tags) })
	return err
}

// UntagInstanceProfile removes tags of an instance profile.
func (s *Service) UntagInstanceProfile(ctx context.Context, name string, in UntagInput) error {
	if err := check(in); err != nil {
		return err
	}
	_, err := change(ctx, s, s.profiles, profileKey(name), noProfile(name), func(p *InstanceProfile) error {
		untagAll(&p.Tags, in.TagKeys)
		return nil
	})
	return err
}

// TagPolicy sets tags of a customer managed policy.
func (s *Service) TagPolicy(ctx context.Context, arn string, in TagsInput) error {
	if err := check(in); err != nil {
		return err
	}
	_, err := s.ManagedPolicies.changePolicy(ctx, arn, func(p *ManagedPolicy) error { return tagAll(&p.Tags, in.Tags) })
	return err
}

// UntagPolicy removes tags of a customer managed policy.
func (s *Service) UntagPolicy(ctx context.Context, arn string, in UntagInput) error {
	if err := check(in); err != nil {
		return err
	}
	_, err := s.ManagedPolicies.changePolicy(ctx, arn, func(p *ManagedPolicy) error {
		untagAll(&p.Tags, in.TagKeys)
		return nil
	})
	return err
}

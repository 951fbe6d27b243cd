package identity

import "context"

// CreateInstanceProfileInput is the input of CreateInstanceProfile.
type CreateInstanceProfileInput struct {
	InstanceProfileName string `aws:"InstanceProfileName,required,max=128,pattern=name"`
	Path                string `aws:"Path,max=512,pattern=path"`
	Tags                []Tag  `aws:"Tags,max=50"`
}

func noProfile(name string) error {
	return errorf(CodeNoSuchEntity, "Instance Profile %s cannot be found.", name)
}

// InstanceProfiles does the operations on instance profiles, one document each.
type InstanceProfiles struct{ identity *Service }

// CreateInstanceProfile makes an instance profile without a role.
func (s *InstanceProfiles) CreateInstanceProfile(ctx context.Context, in CreateInstanceProfileInput) (*InstanceProfile, error) {
	if err := check(in); err != nil {
		return nil, err
	}
	if err := checkTags(nil, in.Tags); err != nil {
		return nil, err
	}
	p := &InstanceProfile{
		Path: pathOr(in.Path), InstanceProfileName: in.InstanceProfileName,
		InstanceProfileID: newID(ctx, prefixInstanceProfile, s.identity.regionAccount.AccountID, idLength), CreateDate: s.identity.today(), Tags: in.Tags,
	}
	taken := errorf(CodeEntityAlreadyExists, "Instance Profile %s already exists.", in.InstanceProfileName)
	return p, create(ctx, s.identity, s.identity.profiles, profileKey(in.InstanceProfileName), taken, p)
}

// InstanceProfile is the instance profile of that name.
func (s *InstanceProfiles) InstanceProfile(name string) (*InstanceProfile, error) {
	p := s.identity.current.Load().profiles.get(fold(name))
	if p == nil {
		return nil, noProfile(name)
	}
	return p, nil
}

// DeleteInstanceProfile removes an instance profile without a role.
func (s *InstanceProfiles) DeleteInstanceProfile(ctx context.Context, name string) error {
	return remove(ctx, s.identity, s.identity.profiles, profileKey(name), noProfile(name), func(p *InstanceProfile) error {
		if p.RoleName != "" {
			return errorf(CodeDeleteConflict, "Cannot delete entity, must remove roles from instance profile first.")
		}
		return nil
	})
}

// AddRoleToInstanceProfile puts a role into a profile, which holds one.
func (s *InstanceProfiles) AddRoleToInstanceProfile(ctx context.Context, profile, role string) error {
	r, err := s.identity.Roles.Get(role)
	if err != nil {
		return err
	}
	if err := r.modifiable(); err != nil {
		return err
	}
	_, err = change(ctx, s.identity, s.identity.profiles, profileKey(profile), noProfile(profile), func(p *InstanceProfile) error {
		if p.RoleName != "" {
			return errorf(CodeLimitExceeded, "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1")
		}
		p.RoleName = r.RoleName
		return nil
	})
	return err
}

// RemoveRoleFromInstanceProfile takes the role out of a profile.
func (s *InstanceProfiles) RemoveRoleFromInstanceProfile(ctx context.Context, profile, role string) error {
	_, err := change(ctx, s.identity, s.identity.profiles, profileKey(profile), noProfile(profile), func(p *InstanceProfile) error {
		if fold(p.RoleName) != fold(role) {
			return noRole(role)
		}
		p.RoleName = ""
		return nil
	})
	return err
}

// List are all instance profiles whose path starts with prefix, by name.
func (s *InstanceProfiles) List(pathPrefix string) []*InstanceProfile {
	var list []*InstanceProfile
	n := s.identity.current.Load()
	for _, p := range n.profiles.sorted() {
		if underPath(p.Path, pathPrefix) {
			list = append(list, p)
		}
	}
	return list
}

// InstanceProfilesOf are the profiles that hold a role, by name.
func (s *InstanceProfiles) InstanceProfilesOf(role string) []*InstanceProfile {
	n := s.identity.current.Load()
	var list []*InstanceProfile
	for _, p := range n.profiles.sorted() {
		if fold(p.RoleName) == fold(role) {
			list = append(list, p)
		}
	}
	return list
}

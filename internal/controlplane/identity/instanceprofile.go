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

// CreateInstanceProfile makes an instance profile without a role.
func (s *Service) CreateInstanceProfile(ctx context.Context, in CreateInstanceProfileInput) (*InstanceProfile, error) {
	if err := check(in); err != nil {
		return nil, err
	}
	if err := checkTags(nil, in.Tags); err != nil {
		return nil, err
	}
	p := &InstanceProfile{
		Path: pathOr(in.Path), InstanceProfileName: in.InstanceProfileName,
		InstanceProfileID: newID(prefixInstanceProfile, s.regionAccount.AccountID, idLength), CreateDate: s.today(), Tags: in.Tags,
	}
	taken := errorf(CodeEntityAlreadyExists, "Instance Profile %s already exists.", in.InstanceProfileName)
	return p, create(ctx, s, s.profiles, profileKey(in.InstanceProfileName), taken, p)
}

// InstanceProfile is the instance profile of that name.
func (s *Service) InstanceProfile(name string) (*InstanceProfile, error) {
	p := s.current.Load().profiles.get(fold(name))
	if p == nil {
		return nil, noProfile(name)
	}
	return p, nil
}

// DeleteInstanceProfile removes an instance profile without a role.
func (s *Service) DeleteInstanceProfile(ctx context.Context, name string) error {
	return remove(ctx, s, s.profiles, profileKey(name), noProfile(name), func(p *InstanceProfile) error {
		if p.RoleName != "" {
			return errorf(CodeDeleteConflict, "Cannot delete entity, must remove roles from instance profile first.")
		}
		return nil
	})
}

// AddRoleToInstanceProfile puts a role into a profile, which holds one.
func (s *Service) AddRoleToInstanceProfile(ctx context.Context, profile, role string) error {
	r, err := s.Role(role)
	if err != nil {
		return err
	}
	if err := r.modifiable(); err != nil {
		return err
	}
	_, err = change(ctx, s, s.profiles, profileKey(profile), noProfile(profile), func(p *InstanceProfile) error {
		if p.RoleName != "" {
			return errorf(CodeLimitExceeded, "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1")
		}
		p.RoleName = r.RoleName
		return nil
	})
	return err
}

// RemoveRoleFromInstanceProfile takes the role out of a profile.
func (s *Service) RemoveRoleFromInstanceProfile(ctx context.Context, profile, role string) error {
	_, err := change(ctx, s, s.profiles, profileKey(profile), noProfile(profile), func(p *InstanceProfile) error {
		if fold(p.RoleName) != fold(role) {
			return noRole(role)
		}
		p.RoleName = ""
		return nil
	})
	return err
}

// InstanceProfiles are all instance profiles whose path starts with prefix, by name.
func (s *Service) InstanceProfiles(pathPrefix string) []*InstanceProfile {
	var list []*InstanceProfile
	n := s.current.Load()
	for _, p := range n.profiles.sorted() {
		if underPath(p.Path, pathPrefix) {
			list = append(list, p)
		}
	}
	return list
}

// InstanceProfilesOf are the profiles that hold a role, by name.
func (s *Service) InstanceProfilesOf(role string) []*InstanceProfile {
	n := s.current.Load()
	var list []*InstanceProfile
	for _, p := range n.profiles.sorted() {
		if fold(p.RoleName) == fold(role) {
			list = append(list, p)
		}
	}
	return list
}

package identity

import "strconv"

func numbered(name string, n int) string { return name + "." + strconv.Itoa(n) }

// Summary is what GetAccountSummary counts, and the quotas that hold.
func (s *Service) Summary() map[string]int {
	n := s.current.Load()
	versions := 0
	for _, p := range n.policies.sorted() {
		versions += len(p.Versions)
	}
	rootKeys := 0
	for _, k := range n.account.RootKeys {
		if k.Active {
			rootKeys = 1
		}
	}
	return map[string]int{
		"Users": n.users.size(), "Groups": n.groups.size(), "Roles": n.roles.size(), "Policies": n.policies.size(), "InstanceProfiles": n.profiles.size(),
		"PolicyVersionsInUse": versions, "AccountAccessKeysPresent": rootKeys,
		"AccessKeysPerUserQuota": maxAccessKeys, "VersionsPerPolicyQuota": maxVersions, "PolicySizeQuota": maxManagedPolicy,
		"UserPolicySizeQuota": maxInlineUser, "GroupPolicySizeQuota": maxInlineGroup, "RolePolicySizeQuota": maxInlineRole, "AssumeRolePolicySizeQuota": maxTrustPolicy,
		"AttachedPoliciesPerUserQuota": maxAttached, "AttachedPoliciesPerGroupQuota": maxAttached, "GroupsPerUserQuota": maxGroups, "AttachedPoliciesPerRoleQuota": maxAttached, "GlobalEndpointTokenVersion": 1,
		// What does not exist here counts as zero.
		"ServerCertificates": 0, "MFADevices": 0, "MFADevicesInUse": 0, "AccountMFAEnabled": 0, "Providers": 0,
		"AccountPasswordPresent": 0, "AccountSigningCertificatesPresent": 0,
	}
}

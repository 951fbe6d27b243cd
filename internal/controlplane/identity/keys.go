package identity

import "github.com/pasarela-ws/pasarela"

// Keys in the bucket. Names are unique ignoring case, so keys are folded.
const (
	prefixAll              = "iam/"
	prefixUsers            = "iam/user/"
	prefixRoles            = "iam/role/"
	prefixGroups           = "iam/group/"
	prefixPolicies         = "iam/policy/"
	prefixInstanceProfiles = "iam/instanceprofile/"
	accountKey             = "iam/account"
)

func userKey(name string) string   { return prefixUsers + pasarela.EscapeKey(fold(name)) }
func groupKey(name string) string  { return prefixGroups + pasarela.EscapeKey(fold(name)) }
func roleKey(name string) string   { return prefixRoles + pasarela.EscapeKey(fold(name)) }
func policyKey(name string) string { return prefixPolicies + pasarela.EscapeKey(fold(name)) }
func profileKey(name string) string {
	return prefixInstanceProfiles + pasarela.EscapeKey(fold(name))
}

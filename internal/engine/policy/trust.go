package policy

import "strings"

// checkTrust checks a role's trust policy. Unlike identity policies it may have
// the old version or none (aws-controlplane §6.5).
func checkTrust(raw rawDocument) error {
	for _, s := range raw.statements {
		if s.resource != nil || s.notResource != nil {
			return malformed("Has prohibited field Resource.")
		}
		if s.principal == nil && s.notPrincipal == nil {
			return malformed("Missing required field Principal")
		}
	}
	if err := checkWords(raw); err != nil {
		return err
	}
	for _, s := range raw.statements {
		for _, action := range append(s.action.all(), s.notAction.all()...) {
			if !isAssumeAction(action) {
				return malformed("AssumeRole policy may only specify STS AssumeRole actions.")
			}
		}
	}
	return nil
}

// isAssumeAction says whether a trust policy may name an action; patterns must
// start with sts:.
func isAssumeAction(action string) bool {
	action = strings.ToLower(action)
	switch action {
	case "sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity", "sts:tagsession",
		"sts:setsourceidentity", "sts:setcontext", "sts:decodeauthorizationmessage", "sts:getaccesskeyinfo",
		"sts:getcalleridentity", "sts:getfederationtoken", "sts:getservicebearertoken", "sts:getsessiontoken":
		return true
	}
	return strings.HasPrefix(action, "sts:") && strings.ContainsAny(action, "*?")
}

package policy

import (
	"slices"
	"strings"
)

// checkIdentity checks a document that is attached to a user or role. The order
// of the checks decides which sentence a document with several faults gets.
func checkIdentity(raw rawDocument) error {
	if raw.version != "2012-10-17" {
		return malformed("Policy document must be version 2012-10-17 or greater.")
	}
	for _, s := range raw.statements {
		if s.principal != nil || s.notPrincipal != nil {
			return malformed("Policy document should not specify a principal.")
		}
	}
	if err := checkWords(raw); err != nil {
		return err
	}
	for _, s := range raw.statements {
		if s.resource.empty() && s.notResource.empty() {
			return malformed("Policy statement must contain resources.")
		}
	}
	return nil
}

// checkWords has the checks that identity and trust policies share.
func checkWords(raw rawDocument) error {
	complaint, ok := checkLegacy(raw)
	if !ok {
		return malformed("The policy failed legacy parsing")
	}
	if err := checkSIDs(raw); err != nil {
		return err
	}
	for _, s := range raw.statements {
		if s.action.empty() && s.notAction.empty() {
			return malformed("Policy statement must contain actions.")
		}
	}
	if complaint != "" {
		return malformed("%s", complaint)
	}
	for _, list := range [...]func(rawStatement) *stringList{
		func(s rawStatement) *stringList { return s.action },
		func(s rawStatement) *stringList { return s.notAction },
	} {
		for _, s := range raw.statements {
			for _, action := range list(s).all() {
				if err := checkAction(action); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// checkLegacy is AWS's second pass: the exact case of Effect, dates, and the
// form of resources, whose error comes only after those of the Sids and
// actions.
func checkLegacy(raw rawDocument) (complaint string, ok bool) {
	for _, s := range raw.statements {
		if s.effect != "Allow" && s.effect != "Deny" {
			return "", false
		}
		for _, c := range s.conditions {
			if op, _ := parseOperator(c.operator); op.family == familyDate {
				for _, v := range c.values {
					if !legacyDate(v) && !strings.Contains(v, "${") {
						return "", false
					}
				}
			}
		}
	}
	for _, not := range [...]bool{false, true} {
		for _, s := range raw.statements {
			list := s.resource
			if not {
				list = s.notResource
			}
			if list == nil {
				continue
			}
			if text := firstFault(list); text != "" {
				complaint = text
			}
			if complaint == "" && !legacyResources(list) {
				return "", false
			}
		}
	}
	return complaint, true
}

// firstFault returns AWS's error for the first faulty resource of a list in sort
// order.
func firstFault(list *stringList) string {
	sorted := slices.Sorted(slices.Values(list.values))
	for _, resource := range sorted {
		if resource == "" && !list.single {
			continue
		}
		if text := resourceFault(resource); text != "" {
			return text
		}
	}
	return ""
}

func legacyResources(list *stringList) bool {
	for _, r := range list.values {
		if r == "*" || r == "" {
			continue
		}
		if strings.Count(r, ":") < 5 && strings.Contains(r, "::") {
			return false
		}
		if fields := strings.Split(r, ":"); list.single && fields[2] == "" {
			return false
		}
	}
	return true
}

func checkSIDs(raw rawDocument) error {
	seen := map[string]bool{}
	for _, s := range raw.statements {
		if s.sid == "" {
			continue
		}
		if seen[s.sid] {
			return malformed("Statement IDs (SID) in a single policy must be unique.")
		}
		seen[s.sid] = true
	}
	for sid := range seen {
		if strings.ContainsFunc(sid, func(r rune) bool { return !isAlphanumeric(r) && r != '_' }) { // _: A-IAM-5
			return malformed("Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*.")
		}
	}
	return nil
}

func isAlphanumeric(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
}

func checkAction(action string) error {
	vendor, _, found := strings.Cut(action, ":")
	switch {
	case action == "*":
		return nil
	case !found:
		return malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
	case strings.Count(action, ":") > 1:
		return malformed("Actions/Condition can contain only one colon.")
	case vendor != "*" && strings.ContainsFunc(vendor, func(r rune) bool { return !isAlphanumeric(r) && r != '-' && r != '.' }):
		return malformed("Vendor %s is not valid", vendor)
	}
	return nil
}

func (l *stringList) empty() bool { return l == nil || len(l.values) == 0 }

func (l *stringList) all() []string {
	if l == nil {
		return nil
	}
	return l.values
}

// checkMinimal checks documents of other kinds: only what evaluation needs.
func checkMinimal(raw rawDocument, kind Kind) error {
	for _, s := range raw.statements {
		switch {
		case s.effect != "Allow" && s.effect != "Deny":
			return errSyntax()
		case s.action.empty() && s.notAction.empty():
			return malformed("Policy statement must contain actions.")
		case s.resource.empty() && s.notResource.empty():
			return malformed("Policy statement must contain resources.")
		case kind == Authorizer && (s.principal != nil || s.notPrincipal != nil):
			return malformed("Policy document should not specify a principal.")
		case kind == Resource && s.principal == nil && s.notPrincipal == nil:
			return malformed("Missing required field Principal")
		}
	}
	return nil
}

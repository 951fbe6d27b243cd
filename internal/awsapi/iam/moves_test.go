package iam_test

import (
	"strings"
	"testing"
)

// A caller that renames or moves a user or a group needs the permission for the
// old and for the new name: otherwise a permission for one name would give access
// to every other.
func TestMovesNeedBothNames(t *testing.T) {
	s := serve(t)
	admin := s.admin()
	who := s.user(t, "walker", `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":["iam:UpdateUser","iam:UpdateGroup"],"Resource":["arn:aws:iam::123456789012:user/walker","arn:aws:iam::123456789012:user/free*","arn:aws:iam::123456789012:user/p/*",
			"arn:aws:iam::123456789012:group/team","arn:aws:iam::123456789012:group/free*","arn:aws:iam::123456789012:group/p/*"]},
		{"Effect":"Deny","Action":"*","Resource":["arn:aws:iam::123456789012:user/p/secret","arn:aws:iam::123456789012:group/p/secret"]}]}`)
	ok(t)(s.iam(t, admin, "CreateGroup", "GroupName", "team"))
	for _, c := range []struct {
		operation string
		pairs     []string
		refused   string // the resource in the refusal; "" when it is allowed
	}{
		{"UpdateUser", []string{"UserName", "walker", "NewPath", "/admins/"}, "user/admins/walker"},
		{"UpdateUser", []string{"UserName", "WALKER", "NewPath", "/admins/"}, "user/admins/walker"},
		{"UpdateUser", []string{"UserName", "walker", "NewUserName", "boss"}, "user/boss"},
		{"UpdateUser", []string{"UserName", "walker", "NewUserName", "free", "NewPath", "/admins/"}, "user/admins/free"},
		{"UpdateUser", []string{"UserName", "walker", "NewUserName", "secret", "NewPath", "/p/"}, "user/p/secret"},
		{"UpdateUser", []string{"UserName", "boss", "NewUserName", "free"}, "user/boss"},
		{"UpdateUser", []string{"UserName", "walker", "NewUserName", "Walker"}, "user/Walker"},
		{"UpdateGroup", []string{"GroupName", "team", "NewPath", "/admins/"}, "group/admins/team"},
		{"UpdateGroup", []string{"GroupName", "TEAM", "NewGroupName", "admins"}, "group/admins"},
		{"UpdateGroup", []string{"GroupName", "team", "NewGroupName", "secret", "NewPath", "/p/"}, "group/p/secret"},
		{"UpdateGroup", []string{"GroupName", "team", "NewGroupName", "free"}, ""},
		{"UpdateUser", []string{"UserName", "walker"}, ""},
		{"UpdateUser", []string{"UserName", "walker", "NewPath", "/p/"}, ""},
	} {
		status, body := s.iam(t, who, c.operation, c.pairs...)
		refused := status == 403 && strings.Contains(body, "on resource: arn:aws:iam::123456789012:"+c.refused+" ")
		if c.refused == "" && status != 200 || c.refused != "" && !refused {
			t.Errorf("%s %v: %d %s", c.operation, c.pairs, status, body)
		}
	}
}

// A name is found in any case; policies see the one that it has.
func TestNamesInAnyCaseAreOneResource(t *testing.T) {
	s := serve(t)
	admin := s.admin()
	who := s.user(t, "walker", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
		{"Effect":"Deny","Action":"*","Resource":["arn:aws:iam::123456789012:user/p/Boss","arn:aws:iam::123456789012:role/p/Boss","arn:aws:iam::123456789012:group/p/Boss","arn:aws:iam::123456789012:instance-profile/p/Boss","arn:aws:iam::123456789012:policy/p/Boss"]}]}`)
	ok(t)(s.iam(t, admin, "CreateUser", "UserName", "Boss", "Path", "/p/"))
	ok(t)(s.iam(t, admin, "CreateGroup", "GroupName", "Boss", "Path", "/p/"))
	ok(t)(s.iam(t, admin, "CreateRole", "RoleName", "Boss", "Path", "/p/", "AssumeRolePolicyDocument", guideTrust))
	ok(t)(s.iam(t, admin, "CreateInstanceProfile", "InstanceProfileName", "Boss", "Path", "/p/"))
	ok(t)(s.iam(t, admin, "CreatePolicy", "PolicyName", "Boss", "Path", "/p/", "PolicyDocument", guidePolicy))
	for _, name := range []string{"Boss", "boss", "BOSS"} {
		for operation, member := range map[string]string{
			"DeleteUser": "UserName", "GetUser": "UserName", "DeleteGroup": "GroupName", "DeleteRole": "RoleName", "GetRole": "RoleName",
			"DeleteInstanceProfile": "InstanceProfileName", "CreateAccessKey": "UserName", "ListUserTags": "UserName", "ListRoleTags": "RoleName",
		} {
			if status, body := s.iam(t, who, operation, member, name); status != 403 {
				t.Errorf("%s %s: %d %s", operation, name, status, body)
			}
		}
		if status, body := s.iam(t, who, "DeletePolicy", "PolicyArn", "arn:aws:iam::123456789012:policy/p/"+name); status < 400 {
			t.Errorf("DeletePolicy %s: %d %s", name, status, body)
		}
	}
}

// user makes a user with one inline policy and a key.
func (s server) user(t *testing.T, name, document string) credentials {
	t.Helper()
	admin := s.admin()
	ok(t)(s.iam(t, admin, "CreateUser", "UserName", name))
	ok(t)(s.iam(t, admin, "PutUserPolicy", "UserName", name, "PolicyName", "p", "PolicyDocument", document))
	made := ok(t)(s.iam(t, admin, "CreateAccessKey", "UserName", name))
	return credentials{between(made, "AccessKeyId"), between(made, "SecretAccessKey"), ""}
}

func between(text, element string) string {
	_, rest, _ := strings.Cut(text, "<"+element+">")
	inner, _, _ := strings.Cut(rest, "</"+element+">")
	return inner
}

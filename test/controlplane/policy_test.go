package controlplane_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	gw "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"
	"github.com/aws/smithy-go"

	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
)

// TestPoliciesDecideEveryCall lets a user with a narrow policy try what it may
// and what it may not.
func TestPoliciesDecideEveryCall(t *testing.T) {
	node := start(t)
	root, ctx := node.client(node.administrator()), t.Context()
	api := newAPI(t, root)
	integration, err := root.CreateIntegration(ctx, &gw.CreateIntegrationInput{ApiId: api, IntegrationType: types.IntegrationTypeMock})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := root.TagResource(ctx, &gw.TagResourceInput{ResourceArn: aws.String("arn:aws:apigateway:us-east-1::/apis/" + *api), Tags: map[string]string{"team": "blue"}}); err != nil {
		t.Fatal(err)
	}
	alice := node.client(node.user(t, "alice", `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"apigateway:GET","Resource":"arn:aws:apigateway:*::/*"},
		{"Effect":"Allow","Action":"apigateway:POST","Resource":"arn:aws:apigateway:*::/apis/*/routes"},
		{"Effect":"Allow","Action":"apigateway:*","Resource":"arn:aws:apigateway:*::/apis/*/integrationresponses*"},
		{"Effect":"Allow","Action":"apigateway:PATCH","Resource":"arn:aws:apigateway:*::/apis/*","Condition":{"StringEquals":{"aws:ResourceTag/team":"blue"}}},
		{"Effect":"Allow","Action":"apigateway:POST","Resource":"arn:aws:apigateway:*::/apis/*/integrations"},
		{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::*:role/mine","Condition":{"StringEquals":{"iam:PassedToService":"apigateway.amazonaws.com"}}},
		{"Effect":"Deny","Action":"apigateway:DELETE","Resource":"*"}]}`))
	role := func(name string) func() error {
		return func() error {
			_, err := alice.CreateIntegration(ctx, &gw.CreateIntegrationInput{ApiId: api, IntegrationType: types.IntegrationTypeMock, CredentialsArn: aws.String("arn:aws:iam::123456789012:role/" + name)})
			return err
		}
	}
	for _, c := range []struct {
		name string
		call func() error
		deny string
	}{
		{"GetApis", func() error { _, err := alice.GetApis(ctx, &gw.GetApisInput{}); return err }, ""},
		{"CreateRoute", func() error {
			_, err := alice.CreateRoute(ctx, &gw.CreateRouteInput{ApiId: api, RouteKey: aws.String("a")})
			return err
		}, ""},
		{"CreateApi", func() error {
			_, err := alice.CreateApi(ctx, &gw.CreateApiInput{Name: aws.String("x"), ProtocolType: types.ProtocolTypeWebsocket})
			return err
		}, "User: arn:aws:iam::123456789012:user/alice is not authorized to perform: apigateway:POST on resource: arn:aws:apigateway:us-east-1::/apis because no identity-based policy allows the apigateway:POST action"},
		{
			"DeleteApi", func() error { _, err := alice.DeleteApi(ctx, &gw.DeleteApiInput{ApiId: api}); return err },
			"apigateway:DELETE on resource: arn:aws:apigateway:us-east-1::/apis/" + *api + " with an explicit deny",
		},
		{"UpdateApi by tag", func() error {
			_, err := alice.UpdateApi(ctx, &gw.UpdateApiInput{ApiId: api, Description: aws.String("d")})
			return err
		}, ""},
		{"UpdateApi without the tag", func() error {
			_, err := alice.UpdateApi(ctx, &gw.UpdateApiInput{ApiId: newAPI(t, root), Description: aws.String("d")})
			return err
		}, "apigateway:PATCH"},
		{"CreateIntegrationResponse by its documented ARN", func() error {
			_, err := alice.CreateIntegrationResponse(ctx, &gw.CreateIntegrationResponseInput{ApiId: api, IntegrationId: integration.IntegrationId, IntegrationResponseKey: aws.String("$default")})
			return err
		}, ""},
		{"role that may be passed", role("mine"), ""},
		{"role that may not be passed", role("other"), "iam:PassRole on resource: arn:aws:iam::123456789012:role/other"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.call()
			var refused smithy.APIError
			switch {
			case c.deny == "" && err != nil:
				t.Error(err)
			case c.deny != "" && (!errors.As(err, &refused) || refused.ErrorCode() != "AccessDeniedException" || !strings.Contains(refused.ErrorMessage(), c.deny)):
				t.Errorf("got %v, want %s", err, c.deny)
			}
		})
	}
	if _, err := root.GetApi(ctx, &gw.GetApiInput{ApiId: api}); err != nil {
		t.Errorf("a refused call had an effect: %v", err)
	}
}

// user makes a user with one inline policy and returns its key.
func (n *node) user(t testing.TB, name, policy string) identity.AccessKey {
	t.Helper()
	ctx := context.Background()
	if _, err := n.who.Users.CreateUser(ctx, identity.CreateUserInput{UserName: name}); err != nil {
		t.Fatal(err)
	}
	if err := n.who.Policies.PutPolicy(ctx, identity.UserNamed(name), identity.PutPolicyInput{PolicyName: "p", PolicyDocument: policy}); err != nil {
		t.Fatal(err)
	}
	key, err := n.who.AccessKeys.CreateAccessKey(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

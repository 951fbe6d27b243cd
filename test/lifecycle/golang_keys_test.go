package lifecycle_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v1 "github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	gw "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"

	"github.com/pasarela-ws/pasarela/pasarelatest"
)

// TestGoKeys is the life of API keys, usage plans, client certificates, tags and
// the account through the SDK for Go.
func TestGoKeys(t *testing.T) {
	t.Parallel()
	gateway := pasarelatest.Start(t)
	c := v1.NewFromConfig(gateway.AWSConfig())
	t.Run("key", func(t *testing.T) { lifeOfKey(t, c) })
	t.Run("plan", func(t *testing.T) { lifeOfPlan(t, c, gateway.APIs()) })
	t.Run("certificate", func(t *testing.T) { lifeOfCertificate(t, c) })
	t.Run("account", func(t *testing.T) { lifeOfAccount(t, c) })
}

func replace(path, value string) []types.PatchOperation {
	return []types.PatchOperation{{Op: types.OpReplace, Path: &path, Value: &value}}
}

func lifeOfKey(t *testing.T, c *v1.Client) {
	ctx := t.Context()
	made := got(c.CreateApiKey(ctx, &v1.CreateApiKeyInput{Name: aws.String("alpha")})).or(t)
	status(t, made.ResultMetadata, 201)
	same(t, made.CreatedDate.After(time.Now().Add(-time.Hour)), true)
	same(t, got(c.GetApiKey(ctx, &v1.GetApiKeyInput{ApiKey: made.Id})).or(t).Value == nil, true)
	same(t, *got(c.GetApiKey(ctx, &v1.GetApiKeyInput{ApiKey: made.Id, IncludeValue: aws.Bool(true)})).or(t).Value, *made.Value)
	same(t, got(c.UpdateApiKey(ctx, &v1.UpdateApiKeyInput{ApiKey: made.Id, PatchOperations: replace("/enabled", "true")})).or(t).Enabled, true)
	refused[*types.BadRequestException](t, "Invalid patch path  '/id' specified for op 'replace'.")(c.UpdateApiKey(ctx, &v1.UpdateApiKeyInput{ApiKey: made.Id, PatchOperations: replace("/id", "x")}))
	value := strings.Repeat("x", 20)
	got(c.CreateApiKey(ctx, &v1.CreateApiKeyInput{Name: aws.String("beta"), Value: &value})).or(t)
	refused[*types.ConflictException](t, "API Key already exists")(c.CreateApiKey(ctx, &v1.CreateApiKeyInput{Value: &value}))
	keys := all(t, v1.NewGetApiKeysPaginator(c, &v1.GetApiKeysInput{Limit: aws.Int32(1)}), func(o *v1.GetApiKeysOutput) []types.ApiKey { return o.Items })
	same(t, len(keys), 2)
	for _, key := range keys {
		status(t, got(c.DeleteApiKey(ctx, &v1.DeleteApiKeyInput{ApiKey: key.Id})).or(t).ResultMetadata, 202)
	}
	refused[*types.NotFoundException](t, "Invalid API Key identifier specified")(c.GetApiKey(ctx, &v1.GetApiKeyInput{ApiKey: made.Id}))
}

func lifeOfPlan(t *testing.T, c *v1.Client, apis *gw.Client) {
	ctx := t.Context()
	api := got(apis.CreateApi(ctx, newAPI("chat"))).or(t).ApiId
	got(apis.CreateStage(ctx, &gw.CreateStageInput{ApiId: api, StageName: aws.String("prod")})).or(t)
	plan := got(c.CreateUsagePlan(ctx, &v1.CreateUsagePlanInput{
		Name: aws.String("p"), ApiStages: []types.ApiStage{{ApiId: api, Stage: aws.String("prod")}}, Quota: &types.QuotaSettings{Limit: 100, Period: types.QuotaPeriodTypeDay},
	})).or(t).Id
	got(c.CreateUsagePlan(ctx, &v1.CreateUsagePlanInput{Name: aws.String("q")})).or(t)
	changed := got(c.UpdateUsagePlan(ctx, &v1.UpdateUsagePlanInput{UsagePlanId: plan, PatchOperations: replace("/throttle/rateLimit", "5")})).or(t)
	same(t, changed.Throttle.RateLimit, 5)
	same(t, got(c.GetUsagePlan(ctx, &v1.GetUsagePlanInput{UsagePlanId: plan})).or(t).Quota.Limit, 100)
	plans := all(t, v1.NewGetUsagePlansPaginator(c, &v1.GetUsagePlansInput{Limit: aws.Int32(1)}), func(o *v1.GetUsagePlansOutput) []types.UsagePlan { return o.Items })
	same(t, len(plans), 2)
	for _, name := range []string{"k", "l"} {
		key := got(c.CreateApiKey(ctx, &v1.CreateApiKeyInput{Name: &name, Enabled: true})).or(t)
		in := &v1.CreateUsagePlanKeyInput{UsagePlanId: plan, KeyId: key.Id, KeyType: aws.String("API_KEY")}
		same(t, *got(c.CreateUsagePlanKey(ctx, in)).or(t).Value, *key.Value)
		refused[*types.ConflictException](t, "")(c.CreateUsagePlanKey(ctx, in))
	}
	members := all(t, v1.NewGetUsagePlanKeysPaginator(c, &v1.GetUsagePlanKeysInput{UsagePlanId: plan, Limit: aws.Int32(1)}), func(o *v1.GetUsagePlanKeysOutput) []types.UsagePlanKey { return o.Items })
	same(t, len(members), 2)
	one := &v1.GetUsagePlanKeyInput{UsagePlanId: plan, KeyId: members[0].Id}
	same(t, *got(c.GetUsagePlanKey(ctx, one)).or(t).Name, *members[0].Name)
	today := aws.String(time.Now().UTC().Format(time.DateOnly))
	usage := got(c.GetUsage(ctx, &v1.GetUsageInput{UsagePlanId: plan, KeyId: members[0].Id, StartDate: today, EndDate: today})).or(t)
	same(t, usage.Items[*members[0].Id][0][1], 100)
	got(c.UpdateUsage(ctx, &v1.UpdateUsageInput{UsagePlanId: plan, KeyId: members[0].Id, PatchOperations: replace("/remaining", "7")})).or(t)
	refused[*types.BadRequestException](t, "associated stages")(c.DeleteUsagePlan(ctx, &v1.DeleteUsagePlanInput{UsagePlanId: plan}))
	got(c.UpdateUsagePlan(ctx, &v1.UpdateUsagePlanInput{UsagePlanId: plan, PatchOperations: []types.PatchOperation{{Op: types.OpRemove, Path: aws.String("/apiStages"), Value: aws.String(*api + ":prod")}}})).or(t)
	for _, key := range members {
		got(c.DeleteUsagePlanKey(ctx, &v1.DeleteUsagePlanKeyInput{UsagePlanId: plan, KeyId: key.Id})).or(t)
		got(c.DeleteApiKey(ctx, &v1.DeleteApiKeyInput{ApiKey: key.Id})).or(t)
	}
	refused[*types.NotFoundException](t, "")(c.GetUsagePlanKey(ctx, one))
	for _, p := range plans {
		got(c.DeleteUsagePlan(ctx, &v1.DeleteUsagePlanInput{UsagePlanId: p.Id})).or(t)
	}
	refused[*types.NotFoundException](t, "Invalid Usage Plan ID specified")(c.GetUsagePlan(ctx, &v1.GetUsagePlanInput{UsagePlanId: plan}))
	got(apis.DeleteApi(ctx, &gw.DeleteApiInput{ApiId: api})).or(t)
}

func lifeOfCertificate(t *testing.T, c *v1.Client) {
	ctx := t.Context()
	made := got(c.GenerateClientCertificate(ctx, &v1.GenerateClientCertificateInput{Description: aws.String("d")})).or(t)
	one := &v1.GetClientCertificateInput{ClientCertificateId: made.ClientCertificateId}
	same(t, *got(c.GetClientCertificate(ctx, one)).or(t).PemEncodedCertificate, *made.PemEncodedCertificate)
	same(t, *got(c.UpdateClientCertificate(ctx, &v1.UpdateClientCertificateInput{ClientCertificateId: made.ClientCertificateId, PatchOperations: replace("/description", "e")})).or(t).Description, "e")
	list := all(t, v1.NewGetClientCertificatesPaginator(c, &v1.GetClientCertificatesInput{Limit: aws.Int32(1)}), func(o *v1.GetClientCertificatesOutput) []types.ClientCertificate { return o.Items })
	same(t, len(list), 1)
	status(t, got(c.DeleteClientCertificate(ctx, &v1.DeleteClientCertificateInput{ClientCertificateId: made.ClientCertificateId})).or(t).ResultMetadata, 202)
	refused[*types.NotFoundException](t, "Client Certificate")(c.GetClientCertificate(ctx, one))
}

func lifeOfAccount(t *testing.T, c *v1.Client) {
	ctx := t.Context()
	same(t, got(c.GetAccount(ctx, &v1.GetAccountInput{})).or(t).ThrottleSettings.RateLimit, 10000)
	refused[*types.BadRequestException](t, "The role ARN is not well formed")(c.UpdateAccount(ctx, &v1.UpdateAccountInput{PatchOperations: replace("/cloudwatchRoleArn", "role")}))
	cleared := got(c.UpdateAccount(ctx, &v1.UpdateAccountInput{PatchOperations: replace("/cloudwatchRoleArn", "")})).or(t)
	same(t, aws.ToString(cleared.CloudwatchRoleArn), "")
	key := got(c.CreateApiKey(ctx, &v1.CreateApiKeyInput{Name: aws.String("k")})).or(t).Id
	arn := aws.String("arn:aws:apigateway:us-east-1::/apikeys/" + *key)
	got(c.TagResource(ctx, &v1.TagResourceInput{ResourceArn: arn, Tags: map[string]string{"a": "b", "c": "d"}})).or(t)
	got(c.UntagResource(ctx, &v1.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"a"}})).or(t)
	tags := got(c.GetTags(ctx, &v1.GetTagsInput{ResourceArn: arn})).or(t).Tags
	same(t, len(tags), 1)
	same(t, tags["c"], "d")
	got(c.DeleteApiKey(ctx, &v1.DeleteApiKeyInput{ApiKey: key})).or(t)
}

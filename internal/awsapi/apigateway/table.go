// Package apigateway is the table of those operations of API Gateway's first API
// that WebSocket APIs use: API keys, usage plans, client certificates, tags and
// the account. REST APIs themselves are not served.
package apigateway

import (
	"log/slog"

	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
)

// New serves the table over a service.
func New(service *apis.Service, guard *wire.Guard, log *slog.Logger) *wire.RESTService {
	return wire.NewREST(wire.RESTService{
		SigningName: "apigateway",
		Guard:       guard,
		Log:         log,
		Tags:        service.Tagging.TagsAt,
		Named:       service.Tagging.Named,
	}, Operations(service))
}

const (
	key         = "/apikeys/{api_Key}"
	plan        = "/usageplans/{usageplanId}"
	planKey     = plan + "/keys/{keyId}"
	certificate = "/clientcertificates/{clientcertificate_id}"
	tags        = "/tags/{resource_arn+}"
)

// Operations is the table.
func Operations(s *apis.Service) []wire.Operation {
	keyID := func(k apis.APIKey) string { return k.ID }
	planID := func(p apis.UsagePlan) string { return p.ID }
	planKeyID := func(k apis.UsagePlanKey) string { return k.ID }
	certificateID := func(c apis.ClientCertificate) string { return c.ClientCertificateID }
	return []wire.Operation{
		wire.Reply("CreateApiKey", "POST /apikeys", 201, s.UsagePlans.CreateAPIKey).Declines(keyMembers...),
		wire.Reply("ImportApiKeys", "POST /apikeys?mode=import", 201, s.UsagePlans.ImportAPIKeys),
		wire.Reply("GetApiKey", "GET "+key, 200, s.UsagePlans.GetAPIKey),
		wire.List("GetApiKeys", "GET /apikeys", wire.PagesV1, s.UsagePlans.GetAPIKeys, keyID),
		wire.Reply("UpdateApiKey", "PATCH "+key, 200, s.UsagePlans.UpdateAPIKey).Declines(patch...),
		wire.Void("DeleteApiKey", "DELETE "+key, 202, s.UsagePlans.DeleteAPIKey),
		wire.Reply("CreateUsagePlan", "POST /usageplans", 201, s.UsagePlans.CreateUsagePlan),
		wire.Reply("GetUsagePlan", "GET "+plan, 200, s.UsagePlans.GetUsagePlan),
		wire.List("GetUsagePlans", "GET /usageplans", wire.PagesV1, s.UsagePlans.GetUsagePlans, planID),
		wire.Reply("UpdateUsagePlan", "PATCH "+plan, 200, s.UsagePlans.UpdateUsagePlan).Declines(patch...),
		wire.Void("DeleteUsagePlan", "DELETE "+plan, 202, s.UsagePlans.DeleteUsagePlan),
		wire.Reply("CreateUsagePlanKey", "POST "+plan+"/keys", 201, s.UsagePlans.CreateUsagePlanKey),
		wire.Reply("GetUsagePlanKey", "GET "+planKey, 200, s.UsagePlans.GetUsagePlanKey),
		wire.List("GetUsagePlanKeys", "GET "+plan+"/keys", wire.PagesV1, s.UsagePlans.GetUsagePlanKeys, planKeyID),
		wire.Void("DeleteUsagePlanKey", "DELETE "+planKey, 202, s.UsagePlans.DeleteUsagePlanKey),
		wire.Reply("GetUsage", "GET "+plan+"/usage", 200, s.UsagePlans.GetUsage).Declines(onePage...),
		wire.Reply("UpdateUsage", "PATCH "+planKey+"/usage", 200, s.UsagePlans.UpdateUsage).Declines(patch...),
		wire.Reply("GenerateClientCertificate", "POST /clientcertificates", 201, s.ClientCertificates.GenerateClientCertificate),
		wire.Reply("GetClientCertificate", "GET "+certificate, 200, s.ClientCertificates.GetClientCertificate),
		wire.List("GetClientCertificates", "GET /clientcertificates", wire.PagesV1, s.ClientCertificates.GetClientCertificates, certificateID),
		wire.Reply("UpdateClientCertificate", "PATCH "+certificate, 200, s.ClientCertificates.UpdateClientCertificate).Declines(patch...),
		wire.Void("DeleteClientCertificate", "DELETE "+certificate, 202, s.ClientCertificates.DeleteClientCertificate),
		wire.Reply("GetAccount", "GET /account", 200, s.Account.GetAccount),
		wire.Reply("UpdateAccount", "PATCH /account", 200, s.Account.UpdateAccount).Declines(patch...),
		wire.Reply("GetTags", "GET "+tags, 200, s.Tagging.GetTagsV1).Declines(onePage...),
		wire.Void("TagResource", "PUT "+tags, 204, s.Tagging.TagResourceV1),
		wire.Void("UntagResource", "DELETE "+tags, 204, s.Tagging.UntagResourceV1),
	}
}

var (
	keyMembers = []wire.Declined{
		{Member: "generateDistinctId", Ignore: true, Reason: "deprecated; the identifier always differs from the value."},
		{Member: "stageKeys", Reason: "deprecated in favour of usage plans; use CreateUsagePlanKey."},
	}
	patch = []wire.Declined{
		{Member: "patchOperations.from", Ignore: true, Reason: "belongs to copy and move, which AWS refuses here too."},
	}
	onePage = []wire.Declined{
		{Member: "position", Ignore: true, Reason: "the answer always fits one page."},
		{Member: "limit", Ignore: true, Reason: "the answer always fits one page."},
	}
)

// Absent are members of AWS's responses that are never there.
func Absent() []wire.Declined {
	return []wire.Declined{
		{Member: "warnings", Reason: "of lists of keys; an import answers its warnings itself."},
		{Member: "position", Reason: "of GetUsage and UpdateUsage: the answer always fits one page."},
	}
}

// Inert are members that are stored and returned and have no effect.
func Inert() []wire.Declined {
	return []wire.Declined{
		{Member: "ApiKey.name, description, customerId; UsagePlan.name, description, productCode; ClientCertificate.description", Reason: "for people, on AWS too."},
	}
}

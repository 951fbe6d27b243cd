package node

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/controlplane/backup"
	"github.com/pasarela-ws/pasarela/internal/controlplane/preview"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/engine/mapping"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/template"
	"github.com/pasarela-ws/pasarela/vtl"
)

// extension joins the calls that AWS never offered.
func (n *Node) extension() *wire.RESTService {
	return extension.New(extension.Services{
		Preview:   preview.NewChecker(n.store.Bucket(), n.checks()),
		Templates: templates{},
		Live:      n.gateway,
		Logs:      logTails{n.logs, n.apis},
		Feed:      n.feed,
		Metrics:   stageMetrics{n.gateway, n.watcher.Directory, n.apis, n.history},
		Backup:    &backup.Service{APIs: n.apis, Identity: n.identity, RegionAccount: n.regionAccount},
		Console:   n.pages,
	}, n.guard, n.options.Log)
}

// checks are what a verdict asks the rest of the node.
func (n *Node) checks() preview.Checks {
	return preview.Checks{
		Trusted: func(roleARN, apiID, stageName, routeKey string) error {
			switch roleARN {
			case "":
				return n.identity.ServiceLinkedRole()
			case callerCredentials:
				return nil
			}
			source := n.regionAccount.ExecuteAPIARN(apiID, stageName, routeKey)
			return n.identity.AssumeForService(roleARN, pasarela.ServiceAPIGateway, source, n.regionAccount.AccountID)
		},
		Compile: compileFaults,
		Render:  renderProblem,
	}
}

// callerCredentials in credentialsArn stand for those of the client.
const callerCredentials = "arn:aws:iam::*:user/*"

// compileFaults says with the control plane's own compiler what would not run, on
// that stage when there is one.
func compileFaults(d pasarela.Definition, at *pasarela.Stage) []preview.Fault {
	faults := compiler{}.Check(d)
	if len(faults) == 0 {
		faults = compiler{}.CheckStage(d, at)
	}
	var found []preview.Fault
	for _, f := range faults {
		found = append(found, preview.Fault{
			Severity: preview.Error, Resource: nameOf(d, f), Field: f.Member, Message: f.Message, Path: pathOf(f),
		})
	}
	return found
}

// nameOf is a resource as people know it: routes by key, authorizers by name.
func nameOf(d pasarela.Definition, f apis.Fault) language.Message {
	for i := range d.Routes {
		if f.Resource == "route" && d.Routes[i].RouteID == f.ID {
			return language.ResourceRoute.Of(d.Routes[i].RouteKey)
		}
	}
	for i := range d.Authorizers {
		if f.Resource == "authorizer" && d.Authorizers[i].AuthorizerID == f.ID {
			return language.ResourceAuthorizer.Of(d.Authorizers[i].Name)
		}
	}
	switch f.Resource {
	case "api":
		return language.ResourceAPI.Of(d.API.Name)
	case "integration":
		return language.ResourceIntegration.Of(f.ID)
	}
	return language.ResourceOther.Of(f.Resource, f.ID)
}

func pathOf(f apis.Fault) []string {
	switch f.Resource {
	case "integration":
		return []string{"integrations", f.ID}
	case "integrationResponse":
		return []string{"integrations"}
	case "route":
		return []string{"routes", f.ID}
	case "model":
		return []string{"models"}
	case "authorizer":
		return []string{"authorizers"}
	}
	return nil
}

// renderProblem tries a request template with a plausible event of a route.
// Templates that do not compile are the compiler's to tell.
func renderProblem(text, routeKey string) language.Message {
	compiled, err := mapping.CompileTemplate(text)
	if err != nil {
		return language.Message{}
	}
	output, err := renderSample(context.Background(), compiled, sampleOf(routeKey))
	if err != nil {
		return language.PreviewRenderFails.Because(err)
	}
	if len(output) > 0 && !json.Valid(output) {
		return language.PreviewNotJSON.Of(strings.ToValidUTF8(string(output[:min(len(output), 200)]), ""))
	}
	return language.Message{}
}

func sampleOf(routeKey string) extension.SampleEvent {
	switch routeKey {
	case pasarela.RouteConnect:
		return extension.SampleEvent{EventType: event.Connect, Querystring: map[string]string{"reportType": "ventas"}}
	case pasarela.RouteDisconnect:
		return extension.SampleEvent{EventType: event.Disconnect}
	}
	action, _ := json.Marshal(routeKey)
	return extension.SampleEvent{EventType: event.Message, Body: `{"action":` + string(action) + `,"data":{"id":1,"text":"hello"}}`}
}

// templates renders with the engine that serves.
type templates struct{}

// Render is [extension.Templates].
func (templates) Render(ctx context.Context, text string, sample extension.SampleEvent) (string, []extension.Fault) {
	compiled, err := mapping.CompileTemplate(text)
	if err != nil {
		return "", []extension.Fault{faultOf(err)}
	}
	output, err := renderSample(ctx, compiled, sample)
	if err != nil {
		return "", []extension.Fault{faultOf(err)}
	}
	problems, err := template.Problems(text)
	if err != nil {
		return string(output), []extension.Fault{faultOf(err)}
	}
	var faults []extension.Fault
	for _, p := range problems {
		faults = append(faults, extension.Fault{Line: p.Line, Column: p.Column, Severity: "warning", Message: p.Message})
	}
	return string(output), faults
}

func renderSample(ctx context.Context, compiled *mapping.Template, sample extension.SampleEvent) ([]byte, error) {
	e := event.Event{
		APIID: "abcdef1234", ConnectionID: "L0SM9cOFvHcCIhw=", DomainName: "abcdef1234.execute-api.us-east-1.amazonaws.com",
		EventType: sample.EventType, RequestID: "L0SNHFjcvHcFc7Q=", RouteKey: "$default", Stage: "prod",
		ConnectedAt: 1705094006344, RequestTimeEpoch: 1705094010012,
		Identity:       event.Identity{SourceIP: "203.0.113.9", UserAgent: "sample"},
		StageVariables: pairsOf(sample.StageVariables),
		Params:         event.Params{Querystring: pairsOf(sample.Querystring), Header: pairsOf(sample.Header)},
	}
	switch sample.EventType {
	case event.Connect:
		e.RouteKey = pasarela.RouteConnect
	case event.Disconnect:
		e.RouteKey, e.DisconnectStatusCode, e.DisconnectReason = pasarela.RouteDisconnect, 1001, "Going away"
	default:
		e.MessageID = "L0SNHdVVvHcCIhw="
	}
	var payload mapping.Payload
	payload.Reset(sample.Body)
	var overrides mapping.Overrides
	return compiled.AppendUntil(ctx.Done(), nil, &e, &payload, &overrides)
}

func pairsOf(values map[string]string) []event.Pair {
	var pairs []event.Pair
	for _, name := range slices.Sorted(maps.Keys(values)) {
		pairs = append(pairs, event.Pair{Name: name, Value: values[name]})
	}
	return pairs
}

// faultOf finds the place in a template that an error speaks of.
func faultOf(err error) extension.Fault {
	at, message := vtl.Position{Line: 1, Column: 1}, err.Error()
	var parse *vtl.ParseError
	var exec *vtl.ExecError
	switch {
	case errors.As(err, &parse):
		at, message = parse.Position, parse.Message
	case errors.As(err, &exec):
		at, message = exec.Position, exec.Directive+": "+exec.Err.Error()
	}
	return extension.Fault{Line: at.Line, Column: at.Column, Severity: "error", Message: language.Verbatim.Of(message)}
}

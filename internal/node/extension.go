package node

import (
	"context"
	"strconv"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/controlplane/backup"
	"github.com/pasarela-ws/pasarela/internal/controlplane/preview"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/templatetool"
)

// extension joins the calls that AWS never offered.
func (n *Node) extension(services extension.Services) *wire.RESTService {
	return extension.New(services, n.guard, n.options.Log)
}

// extensionServices are what those calls are about.
func (n *Node) extensionServices() extension.Services {
	return extension.Services{
		Preview:   preview.NewChecker(n.store.Bucket(), n.checks()),
		Templates: templates{},
		Live:      n.gateway,
		Queue:     n.gateway.AsyncCalls(),
		Logs:      logTails{n.logs, n.apis},
		Feed:      n.feed,
		Metrics:   stageMetrics{n.gateway, n.watcher.Directory, n.apis, n.minuteCounts},
		Backup:    n.backup(),
		Console:   n.pages,
		Status:    newNodeStatus(n),
		Tags:      n.apis.Tagging.TagsAt,
		Some:      n.identity.AuthorizeSome,
		Stage: func(ctx context.Context, apiID, stageName string) error {
			_, err := n.apis.Stages.GetStage(ctx, apis.StageInput{APIID: apiID, StageName: stageName})
			return err
		},
		Strict:          n.options.Strict,
		AutoDeployFault: n.apis.Deployments.AutoDeployFault,
		Nodes:           cluster{n.store, n.options.NodeName, n.options.NATSURL != ""},
	}
}

// backup exports everything that is configured to one file, and applies one.
func (n *Node) backup() *backup.Service {
	functions, parameters, objects, stacks := n.lambda.Backup(), n.parameters.Backup(), n.objects.Backup(), stack.NewBackup(n.store.Bucket())
	return &backup.Service{
		APIs: n.apis, Identity: n.identity.Backup, Functions: &functions, Parameters: &parameters, Objects: &objects, Stacks: &stacks,
		RegionAccount: n.regionAccount,
	}
}

// checks are what a preview needs from the rest of the node.
func (n *Node) checks() preview.Checks {
	return preview.Checks{
		Trusted: func(roleARN, apiID, stageName, routeKey string) error {
			switch roleARN {
			case "":
				return n.identity.ServiceRoles.ServiceLinkedRole()
			case pasarela.CallerCredentials:
				return nil
			}
			source := n.regionAccount.ExecuteAPIARN(apiID, stageName, routeKey)
			return n.identity.ServiceRoles.AssumeForService(roleARN, pasarela.ServiceAPIGateway, source, n.regionAccount.AccountID)
		},
		Compile:  compileFaults,
		Render:   templatetool.SampleProblem,
		Misnamed: misnamed,
	}
}

// misnamed lists what a template reads that does not exist, each with its line.
func misnamed(template string) []language.Message {
	var found []language.Message
	for _, p := range templatetool.Misnamed(template) {
		found = append(found, language.PreviewTemplateLine.Because(p.Message, strconv.Itoa(p.Line)))
	}
	return found
}

// compileFaults lists, by the control plane's own checker, what would not run: on that
// stage when one is given.
func compileFaults(d pasarela.Definition, at *pasarela.Stage) []preview.Fault {
	faults := checker{}.Check(d)
	if len(faults) == 0 {
		faults = checker{}.CheckStage(d, at)
	}
	return preview.CompilerFaults(d, faults)
}

// templates render mapping templates for the console.
type templates struct{}

// Render is [extension.Templates].
func (templates) Render(ctx context.Context, text string, event extension.SampleEvent) (output string, faults []extension.Fault) {
	output, found := templatetool.Try(ctx, text, templatetool.Event(event))
	for _, f := range found {
		faults = append(faults, extension.Fault{Line: f.Line, Column: f.Column, Severity: f.Severity, Message: f.Message})
	}
	return output, faults
}

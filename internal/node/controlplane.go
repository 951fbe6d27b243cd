package node

import (
	"context"
	"net/url"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/controlplane/ssm"
)

// apiEndpoint makes the apiEndpoint of an API: it works as it stands, with
// /{stage} appended, for any client that reaches the node's endpoint. Few
// resolvers know names of this machine's own, so the form with the API in the
// host name needs a configured suffix.
func apiEndpoint(endpoint, suffix, region string) (func(apiID string) string, error) {
	u, err := url.Parse(endpoint)
	if err != nil {
		return nil, err
	}
	scheme := strings.Replace(u.Scheme, "http", "ws", 1)
	if suffix == "" {
		return func(apiID string) string { return scheme + "://" + u.Host + "/" + apiID }, nil
	}
	port := ""
	if p := u.Port(); p != "" {
		port = ":" + p
	}
	return func(apiID string) string {
		return scheme + "://" + apiID + ".execute-api." + region + "." + suffix + port
	}, nil
}

// rolePasser checks iam:PassRole for the caller of the request in ctx. An automatic
// deployment has no caller, so it passes no role.
type rolePasser struct{ identity *identity.Service }

func (p rolePasser) PassRole(ctx context.Context, roleARN string) error {
	call, ok := wire.CallFrom(ctx)
	if !ok {
		return nil
	}
	return p.identity.PassRole(ctx, call.Principal, roleARN, pasarela.ServiceAPIGateway, call.Context)
}

// openControlPlane starts the operations that change APIs and identities, and the
// background work on them: automatic deployments, usage counts, bounds of logs.
func (n *Node) openControlPlane(_, running context.Context) error {
	endpoint, err := apiEndpoint(n.endpoint, n.options.DomainSuffix, n.regionAccount.Region)
	if err != nil {
		return err
	}
	all := serving{n.watcher, n.store, n.options.NodeName}
	stop, err := n.store.Bus().Handle(servedSubject, servedAskers, all.handle)
	if err != nil {
		return err
	}
	n.onStop("what other nodes ask", func(context.Context) error { stop(); return nil })
	n.apis = apis.New(apis.Options{
		ServingNodes: all,
		Bucket:       n.store.Bucket(), RegionAccount: n.regionAccount, Endpoint: endpoint, DomainSuffix: n.options.DomainSuffix,
		CustomIDTags: n.customIDTags(), Checker: checker{}, RolePasser: rolePasser{n.identity}, Meter: n.usage, RequireCloudWatchRole: n.options.Strict, Log: n.options.Log,
	})
	n.run(running, "automatic deployments", n.apis.Deployments.Run)
	n.openObjects(running)
	n.openLambda(running)
	n.parameters = ssm.New(ssm.Options{Bucket: n.store.Bucket(), RegionAccount: n.regionAccount, Bootstrapped: !n.options.Strict})
	n.run(running, "history of metrics", n.minuteCounts.Run)
	n.run(running, "the administrator's credentials", n.keepCredentials)
	if n.options.ExportEvery > 0 {
		n.run(running, "exports beside the data", n.exports().run)
	}
	if n.listener.tls != nil {
		n.run(running, "keys of TLS session tickets", newSessionTickets(n.store.Bucket(), n.listener.tls, n.options.Log).run)
	}
	n.run(running, "memory that is not needed", trim)
	n.run(running, "bounds of logs", func(ctx context.Context) error { return n.logs.keep(ctx, n.store.Bucket()) })
	return nil
}

package node

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"time"

	"github.com/pasarela-ws/pasarela/internal/atomicfile"
	"github.com/pasarela-ws/pasarela/internal/controlplane/lambda"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/node/local"
)

// certificateFile is in the data directory: the certificate that clients of --local may
// trust.
const certificateFile = "local-certificate.pem"

// openLocal accepts callers whose keys the server did not issue (A-NODE-20).
func (n *Node) openLocal() {
	anyKey := &local.AnyKeyAuth{Root: n.Root(), MeansThisNode: func(host string) bool {
		return local.IsDomain(host) || n.isOwnHost(host) || meansThisNode(host, n.endpoint)
	}}
	n.guard.UnknownKeys = anyKey.Admit
}

// isOwnHost tells whether a host is below --domain-suffix, which the operator named.
func (n *Node) isOwnHost(host string) bool {
	return n.options.DomainSuffix != "" && n.watcher.Directory.IsCustomHost(host)
}

// stageEndpoint is where stages are reached.
func (n *Node) stageEndpoint(authority string) stage.Endpoint {
	at := stage.Endpoint{Authority: authority, Suffix: n.options.DomainSuffix}
	if n.options.Local {
		at.Hosts, at.Paths, at.AnyRegion = local.Hosts(n.regionAccount.Region), local.Paths(), true
	}
	return at
}

// functionRoles are the roles that Lambda may assume. Programs made for LocalStack name
// roles that they never made, so a missing role does not refuse a function (A-NODE-25).
func (n *Node) functionRoles() lambda.Roles {
	if n.options.Local {
		return missingRoles{n.identity.ServiceRoles}
	}
	return n.identity.ServiceRoles
}

// missingRoles lets every service assume a role that is not there.
type missingRoles struct{ lambda.Roles }

// AssumeForService is [lambda.Roles].
func (r missingRoles) AssumeForService(roleARN, service, sourceARN, sourceAccount string) error {
	if err := r.Roles.AssumeForService(roleARN, service, sourceARN, sourceAccount); !isRoleMissing(err) {
		return err
	}
	return nil
}

func isRoleMissing(err error) bool {
	var why language.Message
	return errors.As(err, &why) && why.ID() == language.RoleMissing.ID()
}

func (n *Node) customIDTags() []string {
	if !n.options.Local {
		return nil
	}
	return local.CustomIDTags()
}

// localPages are the pages of --local; none without.
func (n *Node) localPages(services []string) map[string]http.Handler {
	if !n.options.Local {
		return nil
	}
	n.init = &local.Init{Folder: n.options.LocalInit, Endpoint: n.endpointHere(), Region: n.regionAccount.Region, Log: n.options.Log}
	pages := &local.Pages{Version: n.options.Version, Services: services, Init: n.init, Started: time.Now()}
	return pages.Handlers()
}

// endpointHere is where programs of this machine reach the node. Under --local that is the
// address at which it listens: the one of --public-endpoint may be a port of the machine that
// runs the container. A certificate of one's own is for the name of that endpoint alone.
func (n *Node) endpointHere() string {
	if !n.options.Local || n.options.servesTLS() {
		return n.endpoint
	}
	here := n.options.Settings
	here.PublicEndpoint = ""
	return here.endpoint(n.listener.base.Addr())
}

// IsLocal tells whether the node was started with --local.
func (n *Node) IsLocal() bool { return n.options.Local }

// RunInit runs the scripts of --local-init and returns when all have ended, or ctx has.
// Without --local it does nothing.
func (n *Node) RunInit(ctx context.Context) {
	if n.init != nil {
		n.init.Run(ctx)
	}
}

// openLocal serves TLS beside plain HTTP, with a certificate made now, and writes the
// certificate down.
func (l *listener) openLocal(dataDir string) error {
	config, public, err := local.Certificate(time.Now())
	if err != nil {
		return err
	}
	if err := atomicfile.Write(filepath.Join(dataDir, certificateFile), public, 0o644); err != nil {
		return err
	}
	sorted := local.NewListener(l.base, config, headerTimeout)
	l.base, l.waitLocal = sorted, sorted.Wait
	return nil
}

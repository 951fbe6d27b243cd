package stage

import (
	"net"
	"strings"
	"sync/atomic"

	"github.com/pasarela-ws/pasarela"
)

// Endpoint is where this server can be reached, as backends see it.
type Endpoint struct {
	// Authority is the host, with the port unless it is the scheme's own, at which
	// the server is reached from outside: 127.0.0.1:4566.
	Authority string
	// Suffix makes stages reachable as {api}.execute-api.{region}.{Suffix}. Empty:
	// by path only, and under "localhost" for clients that resolve it.
	Suffix string
	// Hosts are further endings of hosts of APIs, each with a dot before it; Paths is what may
	// stand before /{api}/{stage} (A-NODE-21). None by default.
	Hosts, Paths []string
	// AnyRegion takes hosts of every region for those of the server's own (A-NODE-21).
	AnyRegion bool
}

// Match is the stage of a request.
type Match struct {
	Stage *Stage
	// DomainName is $context.domainName: "http://" + it + "/" + the stage's name is the
	// base of @connections. It is never taken from the request, or a client could choose
	// where backends push to (A-GATEWAY-4).
	DomainName string
	// Rest is the path behind the stage: "" or "/" for a handshake.
	Rest string
}

// table is one state of the directory. It is never changed, only replaced.
type table struct {
	apis    map[string]*api
	domains map[string]*domain
}

// api is an API with its stages.
type api struct{ stages map[string]*Stage }

// domain is a custom domain name: stages by API mapping key.
type domain struct {
	name     string
	mappings []keyed
}

// awsSuffix is AWS's own: functions and clients that make an API's address of its id and the
// region may be led here with that host (A-FUNCTIONS-5).
const awsSuffix = "amazonaws.com"

type keyed struct{ key, apiID, stage string }

// Directory finds stages. Lookups read one atomic pointer and lock nothing.
type Directory struct {
	endpoint Endpoint
	region   string
	suffixes []string // ".execute-api.us-east-1.example.com"
	port     string   // ":4566", or "" when it is the scheme's own
	now      atomic.Pointer[table]
}

func newDirectory(endpoint Endpoint, regionAccount pasarela.RegionAccount) *Directory {
	d := &Directory{endpoint: endpoint, region: regionAccount.Region}
	if _, port, err := net.SplitHostPort(endpoint.Authority); err == nil {
		d.port = ":" + port
	}
	for _, suffix := range []string{endpoint.Suffix, "localhost", awsSuffix} {
		if suffix != "" {
			d.suffixes = append(d.suffixes, ".execute-api."+regionAccount.Region+"."+strings.ToLower(suffix))
		}
	}
	d.suffixes = append(d.suffixes, endpoint.Hosts...)
	d.now.Store(&table{})
	return d
}

// Lookup finds the stage that host and the decoded path name: by custom domain, by
// {api}.execute-api.{region}.{suffix}/{stage}, or by /{api}/{stage}.
func (d *Directory) Lookup(host, path string) (Match, bool) {
	t := d.now.Load()
	name := hostname(host)
	if custom, ok := t.domains[name]; ok {
		return d.byMapping(t, custom, path)
	}
	if apiID, suffix, ok := d.byHost(name); ok {
		match, found := t.stage(apiID, path)
		match.DomainName = apiID + suffix + d.port
		return match, found && !match.Stage.defaultEndpointDisabled()
	}
	apiID, path := cutSegment(d.withoutPrefix(path))
	match, found := t.stage(apiID, path)
	match.DomainName = d.endpoint.Authority + "/" + apiID
	return match, found && !match.Stage.defaultEndpointDisabled()
}

// withoutPrefix is a path without what may stand before the API.
func (d *Directory) withoutPrefix(path string) string {
	for _, prefix := range d.endpoint.Paths {
		if rest, ok := underKey(path, prefix[1:]); ok {
			return rest
		}
	}
	return path
}

// IsCustomHost says whether a host is a custom domain or names an API.
func (d *Directory) IsCustomHost(host string) bool {
	name := hostname(host)
	if _, custom := d.now.Load().domains[name]; custom {
		return true
	}
	_, _, api := d.byHost(name)
	return api
}

// Stage finds a stage by its API and name.
func (d *Directory) Stage(apiID, name string) (*Stage, bool) {
	if a, ok := d.now.Load().apis[apiID]; ok {
		s, ok := a.stages[name]
		return s, ok
	}
	return nil, false
}

// Stages visits every stage there is.
func (d *Directory) Stages(visit func(*Stage)) {
	for _, a := range d.now.Load().apis {
		for _, s := range a.stages {
			visit(s)
		}
	}
}

func (d *Directory) byHost(name string) (apiID, suffix string, ok bool) {
	for _, suffix := range d.suffixes {
		if apiID, ok := strings.CutSuffix(name, suffix); ok {
			return apiID, suffix, true
		}
	}
	if own := d.inOwnRegion(name); own != name {
		return d.byHost(own)
	}
	return "", "", false
}

// inOwnRegion is a host with the server's region in place of another, where every region
// is taken.
func (d *Directory) inOwnRegion(name string) string {
	const mark = ".execute-api."
	apiID, after, ok := strings.Cut(name, mark)
	region, domain, below := strings.Cut(after, ".")
	if !d.endpoint.AnyRegion || !ok || !below || !pasarela.IsRegion(region) {
		return name
	}
	return apiID + mark + d.region + "." + domain
}

// byMapping takes the longest mapping key that the path begins with; the empty
// key takes what is left.
func (d *Directory) byMapping(t *table, custom *domain, path string) (Match, bool) {
	var best *keyed
	rest := ""
	for i := range custom.mappings {
		m := &custom.mappings[i]
		if after, ok := underKey(path, m.key); ok && (best == nil || len(m.key) > len(best.key)) {
			best, rest = m, after
		}
	}
	if best == nil {
		return Match{}, false
	}
	a, ok := t.apis[best.apiID]
	if !ok || a.stages[best.stage] == nil {
		return Match{}, false
	}
	return Match{Stage: a.stages[best.stage], DomainName: custom.name + d.port, Rest: rest}, true
}

func underKey(path, key string) (rest string, ok bool) {
	if key == "" {
		return path, true
	}
	rest, ok = strings.CutPrefix(path, "/"+key)
	return rest, ok && (rest == "" || rest[0] == '/')
}

func (t *table) stage(apiID, path string) (Match, bool) {
	a, ok := t.apis[apiID]
	if !ok {
		return Match{}, false
	}
	name, rest := cutSegment(path)
	s, ok := a.stages[name]
	return Match{Stage: s, Rest: rest}, ok
}

// cutSegment cuts "/abc/def" into "abc" and "/def".
func cutSegment(path string) (segment, rest string) {
	path = strings.TrimPrefix(path, "/")
	if i := strings.IndexByte(path, '/'); i >= 0 {
		return path[:i], path[i:]
	}
	return path, ""
}

// hostname is the host of a Host header without port, in lower case.
func hostname(host string) string {
	if i := strings.LastIndexByte(host, ':'); i >= 0 && strings.IndexByte(host[i:], ']') < 0 {
		host = host[:i]
	}
	return strings.TrimSuffix(strings.ToLower(host), ".")
}

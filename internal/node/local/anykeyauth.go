package local

import (
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// AccountID is the account of a store that is made with --local and without --account-id.
const AccountID = "000000000000"

// AnyKey is the key id and the secret with which users of LocalStack sign; the server never
// issues it.
const AnyKey = "test"

// AnyKeyAuth accepts requests that are signed with a key that the server did not issue.
type AnyKeyAuth struct {
	Root pasarela.Principal // who such callers are
	// MeansThisNode tells whether a Host can mean only this node. A name that anybody may
	// register can be made to resolve to this machine, and every page under that name
	// would then have this server's origin in a browser.
	MeansThisNode func(host string) bool
}

// accountForm is an access key that names an account.
var accountForm = regexp.MustCompile(`^\d{12}$`)

// Admit treats the caller as the account's root user, whatever the signature is
// (A-NODE-20). It refuses requests that a browser sends from another origin, and keys
// that name another account.
func (a *AnyKeyAuth) Admit(r *http.Request, accessKeyID string) (pasarela.Principal, error) {
	who := a.Root
	who.AccessKeyID = accessKeyID
	switch from := otherOrigin(r); {
	case !a.MeansThisNode(r.Host):
		return pasarela.Principal{}, pasarela.Errorf(pasarela.CodeAccessDenied,
			"Keys that this server did not issue are let in only by an address, a private name or the host of --public-endpoint; the request came for %q.", r.Host)
	case from != "":
		return pasarela.Principal{}, pasarela.Errorf(pasarela.CodeAccessDenied,
			"A browser sent this request from another origin (%s); keys that this server did not issue are let in from its own pages only. Sign with a key of CreateAccessKey.", from)
	case accountForm.MatchString(accessKeyID) && accessKeyID != who.AccountID:
		return pasarela.Principal{}, pasarela.Errorf(pasarela.CodeAccessDenied,
			"The access key names the account %s, and this server has the account %s alone: start it with --account-id %s on a data directory of its own, or sign with another key, such as test.", accessKeyID, who.AccountID, accessKeyID)
	}
	return who, nil
}

// otherOrigin is the origin from which a browser sent r, unless that is the server's own
// page; "" for clients that are no browsers. A handshake from another origin is allowed:
// WebSocket APIs are for such pages, and a handshake changes nothing.
func otherOrigin(r *http.Request) string {
	if strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		return ""
	}
	for _, name := range [...]string{"Origin", "Referer"} {
		value := r.Header.Get(name)
		if value == "" {
			continue
		}
		if from, err := url.Parse(value); err != nil || !strings.EqualFold(from.Host, r.Host) {
			return name + ": " + value
		}
	}
	// Images and links bring no Origin.
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return "Sec-Fetch-Site: " + site
	}
	return ""
}

// Domain is LocalStack's: its names below all lead to 127.0.0.1, by public DNS.
const Domain = "localhost.localstack.cloud"

// IsDomain tells whether a Host is [Domain] or a name below it.
func IsDomain(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == Domain || strings.HasSuffix(host, "."+Domain)
}

// Hosts are the endings of the hosts of APIs (A-NODE-21). Browsers, curl and systemd's
// resolver find names below localhost without DNS.
func Hosts(region string) []string {
	return []string{".execute-api." + region + "." + Domain, ".execute-api." + Domain, ".execute-api.localhost"}
}

// Paths are what may stand before /{api}/{stage} (A-NODE-21): LocalStack's path, and those
// of its successors.
func Paths() []string { return []string{"/_aws/execute-api", "/execute-api", "/ws"} }

// CustomIDTags are the tags of CreateApi that fix the id of the API (A-NODE-22).
func CustomIDTags() []string { return []string{"_custom_id_", "ms-custom-id"} }

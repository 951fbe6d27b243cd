package backend

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"syscall"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// Egress says which backends may be called. The zero value allows everything but
// link-local and metadata addresses, which hand out a machine's credentials
// (A-GATEWAY-3). An IPv6 address that stands for an IPv4 one (mapped, compatible,
// NAT64, 6to4, Teredo, ISATAP) is denied by both.
type Egress struct {
	// Allow lists what may be called: hosts ("api.example.com", "*.example.com"),
	// addresses or CIDR blocks. None: everything that Deny does not name.
	Allow []string
	// Deny lists what may not be called, whatever Allow says.
	Deny []string
	// AllowLinkLocal allows link-local and metadata addresses.
	AllowLinkLocal bool
	// Own are this server's own listeners, which may not be called: the server gives
	// calls from its own machine more rights than others. A listener on the unspecified
	// address is one at every address of the machine.
	Own []netip.AddrPort
	// AllowOwn allows this server's own listeners.
	AllowOwn bool
}

// ErrForbiddenTarget is a backend that Egress forbids. Nothing was sent.
var ErrForbiddenTarget = errors.New("this target may not be called")

// egress decides which backends may be called: by the name in the URL, then by each address
// that it resolves to.
type egress struct {
	allow, deny    targets
	allowLinkLocal bool
	own            []netip.AddrPort
}

// targets is a compiled list of hosts and blocks.
type targets struct {
	hosts    []string
	suffixes []string // of "*.example.com": ".example.com"
	blocks   []netip.Prefix
}

// compileEgress reads the lists; the error names the entry that is neither a host, an
// address nor a block.
func compileEgress(e Egress) (*egress, error) {
	allow, err := compileTargets(e.Allow)
	if err != nil {
		return nil, fmt.Errorf("allowed targets: %w", err)
	}
	deny, err := compileTargets(e.Deny)
	if err != nil {
		return nil, fmt.Errorf("denied targets: %w", err)
	}
	compiled := &egress{allow: allow, deny: deny, allowLinkLocal: e.AllowLinkLocal}
	if !e.AllowOwn {
		compiled.own = e.Own
	}
	return compiled, nil
}

// hostForm is a host name, or "*." and a suffix; the last label of a name is not a
// number, or it would be an address.
var hostForm = regexp.MustCompile(`^(\*|(\*\.)?([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_-]*[a-z_][a-z0-9_-]*)\.?$`)

// compileTargets reads a list of --egress-allow or --egress-deny: hosts, hosts with a leading
// "*", addresses and blocks. IPv4 addresses written as IPv6 count as the former.
func compileTargets(list []string) (targets, error) {
	var t targets
	for _, text := range list {
		text = strings.ToLower(strings.TrimSpace(text))
		if block, err := netip.ParsePrefix(text); err == nil {
			t.blocks = append(t.blocks, unmapped(block.Masked()))
			continue
		}
		if addr, err := netip.ParseAddr(text); err == nil && addr.Zone() == "" {
			t.blocks = append(t.blocks, unmapped(netip.PrefixFrom(addr, addr.BitLen())))
			continue
		}
		text = strings.TrimSuffix(text, ".")
		if !hostForm.MatchString(text) {
			return t, fmt.Errorf("%q is neither a host such as *.example.com nor an address or block such as 10.0.0.0/8", text)
		}
		if suffix, ok := strings.CutPrefix(text, "*"); ok {
			t.suffixes = append(t.suffixes, suffix)
		} else {
			t.hosts = append(t.hosts, text)
		}
	}
	return t, nil
}

func (t *targets) empty() bool {
	return len(t.hosts)+len(t.suffixes)+len(t.blocks) == 0
}

func (t *targets) host(name string) bool {
	name = strings.TrimSuffix(strings.ToLower(name), ".")
	for _, host := range t.hosts {
		if host == name {
			return true
		}
	}
	for _, suffix := range t.suffixes {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return false
}

func (t *targets) address(addr netip.Addr) bool {
	for _, block := range t.blocks {
		if block.Contains(addr) {
			return true
		}
	}
	return false
}

// unmapped is the IPv4 block of one that was written with IPv4-mapped IPv6 addresses.
func unmapped(block netip.Prefix) netip.Prefix {
	if addr := block.Addr(); addr.Is4In6() && block.Bits() >= 96 {
		return netip.PrefixFrom(addr.Unmap(), block.Bits()-96)
	}
	return block
}

// check says whether host may be called at the address and port that were dialled: since
// the dialled address is checked, a name that resolves differently a second time changes
// nothing.
func (e *egress) check(host string, at netip.AddrPort) error {
	addr := at.Addr().Unmap().WithZone("")
	for _, one := range embeddedIPv4(addr) {
		if err := e.forbidden(host, one, at.Port()); err != nil {
			return err
		}
	}
	if !e.allow.empty() && !e.allow.host(host) && !e.allow.address(addr) {
		return language.EgressNotAllowed.Of(host, addr.String()).Wrap(ErrForbiddenTarget)
	}
	return nil
}

func (e *egress) forbidden(host string, addr netip.Addr, port uint16) error {
	switch {
	case addr.IsUnspecified() || addr.IsMulticast() || addr == broadcast:
		return language.EgressNoHost.Of(host, addr.String()).Wrap(ErrForbiddenTarget)
	case e.deny.host(host) || e.deny.address(addr):
		return language.EgressDenied.Of(host, addr.String()).Wrap(ErrForbiddenTarget)
	case !e.allowLinkLocal && isMetadata(addr):
		return language.EgressLinkLocal.Of(host, addr.String()).Wrap(ErrForbiddenTarget)
	case e.isOwn(addr, port):
		return language.EgressOwn.Of(host, addr.String(), strconv.Itoa(int(port))).Wrap(ErrForbiddenTarget)
	}
	return nil
}

var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// isOwn says whether an address and port lead to a listener of this server.
func (e *egress) isOwn(addr netip.Addr, port uint16) bool {
	for _, own := range e.own {
		if own.Port() != port {
			continue
		}
		at := own.Addr().Unmap().WithZone("")
		if at == addr || at.IsUnspecified() && (addr.IsLoopback() || isLocalAddress(addr)) {
			return true
		}
	}
	return false
}

// isLocalAddress lists the addresses at every call, because they change. When they cannot
// be listed, every address counts as the machine's own and is refused.
func isLocalAddress(addr netip.Addr) bool {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return true
	}
	for _, one := range all {
		if block, err := netip.ParsePrefix(one.String()); err == nil && block.Addr().Unmap() == addr {
			return true
		}
	}
	return false
}

// control is the check as a [net.Dialer] calls it: after the name was resolved and before
// a packet is sent.
func (e *egress) control(host string) func(network, address string, _ syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return &net.AddrError{Err: "not an address and port", Addr: address}
		}
		return e.check(host, at)
	}
}

// CheckTarget says whether rules let host be called at an address and port, by the check
// that a [Client] makes before it connects.
func CheckTarget(rules Egress, host string, at netip.AddrPort) error {
	compiled, err := compileEgress(rules)
	if err != nil {
		return err
	}
	return compiled.check(host, at)
}

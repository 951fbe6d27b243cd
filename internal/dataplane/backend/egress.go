package backend

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
)

// Egress says which backends may be called. The zero value allows everything but
// link-local and metadata addresses, which hand out a machine's credentials
// (A-GATEWAY-3).
type Egress struct {
	// Allow lists what may be called: hosts ("api.example.com", "*.example.com"),
	// addresses or CIDR blocks. None: everything that Deny does not name.
	Allow []string
	// Deny lists what may not be called, whatever Allow says.
	Deny []string
	// AllowLinkLocal lifts the ban on link-local and metadata addresses.
	AllowLinkLocal bool
}

// ErrForbiddenTarget is a backend that Egress forbids. Nothing was sent.
var ErrForbiddenTarget = errors.New("this target may not be called")

type egress struct {
	allow, deny    targets
	allowLinkLocal bool
}

// targets is a compiled list of hosts and blocks.
type targets struct {
	hosts    []string
	suffixes []string // of "*.example.com": ".example.com"
	blocks   []netip.Prefix
}

func compileEgress(e Egress) (*egress, error) {
	allow, err := compileTargets(e.Allow)
	if err != nil {
		return nil, fmt.Errorf("allowed targets: %w", err)
	}
	deny, err := compileTargets(e.Deny)
	if err != nil {
		return nil, fmt.Errorf("denied targets: %w", err)
	}
	return &egress{allow, deny, e.AllowLinkLocal}, nil
}

func compileTargets(list []string) (targets, error) {
	var t targets
	for _, text := range list {
		text = strings.ToLower(strings.TrimSpace(text))
		if block, err := netip.ParsePrefix(text); err == nil {
			t.blocks = append(t.blocks, block.Masked())
			continue
		}
		if addr, err := netip.ParseAddr(text); err == nil {
			t.blocks = append(t.blocks, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		if text == "" || strings.ContainsAny(text, "/: ") {
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

// Metadata services that do not live in a link-local block.
var (
	metadataAWS6    = netip.MustParseAddr("fd00:ec2::254")
	metadataAlibaba = netip.MustParseAddr("100.100.100.200")
)

// check says whether host may be called at addr, the address that was dialled:
// a name that resolves differently the second time gains nothing.
func (e *egress) check(host string, addr netip.Addr) error {
	addr = addr.Unmap().WithZone("")
	switch {
	case addr.IsUnspecified() || addr.IsMulticast():
		return fmt.Errorf("%s (%s) is no address of a host: %w", host, addr, ErrForbiddenTarget)
	case e.deny.host(host) || e.deny.address(addr):
		return fmt.Errorf("%s (%s) is on the list of denied targets: %w", host, addr, ErrForbiddenTarget)
	case !e.allowLinkLocal && (addr.IsLinkLocalUnicast() || addr == metadataAWS6 || addr == metadataAlibaba):
		return fmt.Errorf("%s (%s) is a link-local or metadata address: %w", host, addr, ErrForbiddenTarget)
	case !e.allow.empty() && !e.allow.host(host) && !e.allow.address(addr):
		return fmt.Errorf("%s (%s) is not on the list of allowed targets: %w", host, addr, ErrForbiddenTarget)
	}
	return nil
}

// control is the check as [net.Dialer] asks it, after the name was resolved and
// before a packet leaves.
func (e *egress) control(host string) func(network, address string, _ syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return &net.AddrError{Err: "not an address and port", Addr: address}
		}
		return e.check(host, at.Addr())
	}
}

// CheckTarget says whether rules let host be called at addr, the way a [Client]
// asks before it connects.
func CheckTarget(rules Egress, host string, addr netip.Addr) error {
	compiled, err := compileEgress(rules)
	if err != nil {
		return err
	}
	return compiled.check(host, addr)
}

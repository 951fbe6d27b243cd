package backend_test

import (
	"errors"
	"net"
	"net/netip"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"
)

// Every way to write the address of a metadata service is recognized
// (A-GATEWAY-3).
func TestMetadataAddressesByAnyName(t *testing.T) {
	for _, text := range []string{
		"169.254.169.254", "169.254.170.2", "fe80::a9fe:a9fe", "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "168.63.129.16", "192.0.0.192", "100.100.100.200",
		"fd00:42::42", "fd00:c1::a9fe:a9fe", "fd00:a9fe:a9fe::1",
		"::ffff:169.254.169.254", "::169.254.169.254", "::ffff:0:169.254.169.254", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe", "64:ff9b:1:2:3:4:a9fe:a9fe",
		"64:ff9b:1:a9fe:a9:fe00::", "64:ff9b:1:a9:fe:a9fe::", "64:ff9b:1:0:a9:fea9:fe00:0", "2002:a9fe:a9fe::1", "2001:0:a9fe:a9fe::", "2001:0:102:304:0:0:5601:5601",
		"2001:db8::5efe:a9fe:a9fe", "2001:db8::200:5efe:169.254.169.254", "64:ff9b::a83f:8110", "64:ff9b::100.100.100.200",
		"0.0.0.0", "::", "224.0.0.1", "ff02::1", "255.255.255.255", "64:ff9b::",
	} {
		at := netip.AddrPortFrom(netip.MustParseAddr(text), 80)
		if err := backend.CheckTarget(backend.Egress{}, "x", at); !errors.Is(err, backend.ErrForbiddenTarget) {
			t.Errorf("%s: %v", text, err)
		}
		if err := backend.CheckTarget(backend.Egress{Allow: []string{"*"}}, "x", at); !errors.Is(err, backend.ErrForbiddenTarget) {
			t.Errorf("%s, all allowed: %v", text, err)
		}
	}
	for _, text := range []string{"10.0.0.1", "127.0.0.1", "::1", "192.0.2.1", "2001:db8::1", "64:ff9b::102:304", "2002:102:304::1", "fd12::1", "8.8.8.8"} {
		if err := backend.CheckTarget(backend.Egress{}, "x", netip.AddrPortFrom(netip.MustParseAddr(text), 80)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// A denied IPv4 block is denied in IPv6 too; an allowed one allows itself only.
func TestBlocksMeanTheirTranslations(t *testing.T) {
	for _, c := range []struct {
		rules backend.Egress
		addr  string
		ok    bool
	}{
		{backend.Egress{Deny: []string{"10.0.0.0/8"}}, "64:ff9b::10.1.2.3", false},
		{backend.Egress{Deny: []string{"10.0.0.0/8"}}, "::ffff:10.1.2.3", false},
		{backend.Egress{Deny: []string{"::ffff:10.0.0.0/104"}}, "10.1.2.3", false},
		{backend.Egress{Deny: []string{"127.0.0.0/8"}}, "2002:7f00:1::", false},
		{backend.Egress{Allow: []string{"10.0.0.0/8"}}, "::ffff:10.1.2.3", true},
		{backend.Egress{Allow: []string{"10.0.0.0/8"}}, "64:ff9b::10.1.2.3", false},
		{backend.Egress{Allow: []string{"64:ff9b::/96"}}, "64:ff9b::10.1.2.3", true},
	} {
		err := backend.CheckTarget(c.rules, "x", netip.AddrPortFrom(netip.MustParseAddr(c.addr), 80))
		if (err == nil) != c.ok {
			t.Errorf("%+v %s: %v", c.rules, c.addr, err)
		}
	}
}

// The server's own listeners are no backends, by whatever address of the machine.
func TestThisServerIsNoBackend(t *testing.T) {
	own := func(text string) backend.Egress {
		return backend.Egress{Own: []netip.AddrPort{netip.MustParseAddrPort(text)}}
	}
	for _, c := range []struct {
		rules backend.Egress
		at    string
		ok    bool
	}{
		{own("127.0.0.1:4566"), "127.0.0.1:4566", false},
		{own("127.0.0.1:4566"), "[::ffff:127.0.0.1]:4566", false},
		{own("127.0.0.1:4566"), "[64:ff9b::7f00:1]:4566", false},
		{own("127.0.0.1:4566"), "127.0.0.1:8080", true},
		{own("127.0.0.1:4566"), "127.0.0.2:4566", true},
		{own("[::]:4566"), "127.0.0.1:4566", false},
		{own("[::]:4566"), "127.9.9.9:4566", false},
		{own("0.0.0.0:4566"), "[::1]:4566", false},
		{own("0.0.0.0:4566"), "192.0.2.1:4566", true},
		{own("0.0.0.0:4566"), machine(t) + ":4566", false},
		{backend.Egress{Own: own("127.0.0.1:4566").Own, AllowOwn: true}, "127.0.0.1:4566", true},
		{backend.Egress{Own: own("127.0.0.1:4566").Own, Allow: []string{"127.0.0.1"}}, "127.0.0.1:4566", false},
	} {
		err := backend.CheckTarget(c.rules, "x", netip.MustParseAddrPort(c.at))
		if (err == nil) != c.ok {
			t.Errorf("%+v %s: %v", c.rules, c.at, err)
		}
	}
}

// machine is an address that this machine has.
func machine(t *testing.T) string {
	t.Helper()
	all, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		if block, err := netip.ParsePrefix(one.String()); err == nil && block.Addr().Is4() {
			return block.Addr().String()
		}
	}
	t.Skip("this machine has no IPv4 address")
	return ""
}

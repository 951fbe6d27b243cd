package backend

import (
	"net/netip"
	"slices"
)

// metadata are the addresses outside of the link-local blocks at which clouds serve a
// machine's metadata, credentials included.
var metadata = []netip.Prefix{
	netip.MustParsePrefix("fd00:ec2::/32"),          // AWS: ::254 instances, ::23 pods of EKS
	netip.MustParsePrefix("fd20:ce::254/128"),       // Google Cloud
	netip.MustParsePrefix("168.63.129.16/32"),       // Azure
	netip.MustParsePrefix("192.0.0.192/32"),         // Oracle Cloud
	netip.MustParsePrefix("fd00:c1::a9fe:a9fe/128"), // Oracle Cloud
	netip.MustParsePrefix("100.100.100.200/32"),     // Alibaba Cloud
	netip.MustParsePrefix("fd00:42::42/128"),        // Scaleway
	netip.MustParsePrefix("fd00:a9fe:a9fe::1/128"),  // Akamai (Linode)
}

func isMetadata(addr netip.Addr) bool {
	return addr.IsLinkLocalUnicast() || slices.ContainsFunc(metadata, func(block netip.Prefix) bool { return block.Contains(addr) })
}

// Blocks of IPv6 addresses that stand for IPv4 ones.
var (
	compatible = netip.MustParsePrefix("::/96")           // RFC 4291 §2.5.5.1
	nat64      = netip.MustParsePrefix("64:ff9b::/96")    // RFC 6052
	nat64Local = netip.MustParsePrefix("64:ff9b:1::/48")  // RFC 8215
	sixToFour  = netip.MustParsePrefix("2002::/16")       // RFC 3056
	teredo     = netip.MustParsePrefix("2001::/32")       // RFC 4380
	translated = netip.MustParsePrefix("::ffff:0:0:0/96") // RFC 2765
)

// embeddedIPv4 are an address and the IPv4 addresses that a gateway on the path may extract
// from it. Where the operator of a translator chooses the prefix length, all possible
// ones are listed.
func embeddedIPv4(addr netip.Addr) []netip.Addr {
	all := []netip.Addr{addr}
	if !addr.Is6() {
		return all
	}
	b := addr.As16()
	add := func(at ...int) { all = append(all, netip.AddrFrom4([4]byte{b[at[0]], b[at[1]], b[at[2]], b[at[3]]})) }
	switch {
	case compatible.Contains(addr) && !addr.IsLoopback() && !addr.IsUnspecified(), nat64.Contains(addr), translated.Contains(addr):
		add(12, 13, 14, 15)
	case nat64Local.Contains(addr): // RFC 6052 §2.2: /48, /56, /64 and /96
		add(6, 7, 9, 10)
		add(7, 9, 10, 11)
		add(9, 10, 11, 12)
		add(12, 13, 14, 15)
	case sixToFour.Contains(addr):
		add(2, 3, 4, 5)
	case teredo.Contains(addr):
		add(4, 5, 6, 7) // the server
		all = append(all, netip.AddrFrom4([4]byte{^b[12], ^b[13], ^b[14], ^b[15]}))
	}
	if b[8]&^2 == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe { // ISATAP, RFC 5214 §6.1
		add(12, 13, 14, 15)
	}
	return all
}

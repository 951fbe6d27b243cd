package proxies

import (
	"fmt"
	"net/netip"
	"strings"
)

// A List is the networks whose hosts are trusted proxies.
type List []netip.Prefix

// Parse reads addresses and CIDR blocks, by commas: 10.0.0.0/8,192.0.2.7,2001:db8::/32.
func Parse(text string) (List, error) {
	var l List
	for entry := range strings.SplitSeq(text, ",") {
		entry = strings.TrimSpace(entry)
		if entry == "" {
			continue
		}
		network, err := netip.ParsePrefix(entry)
		if err != nil {
			address, failed := netip.ParseAddr(entry)
			if failed != nil || address.Zone() != "" {
				return nil, fmt.Errorf("%q is neither an address nor a CIDR block", entry)
			}
			address = address.Unmap()
			network = netip.PrefixFrom(address, address.BitLen())
		}
		l = append(l, network.Masked())
	}
	return l, nil
}

// Contains says whether an address is of a trusted proxy. An IPv4 address in IPv6's
// notation is that address; one with a zone is never of a trusted proxy.
func (l List) Contains(address netip.Addr) bool {
	address = address.Unmap()
	for _, network := range l {
		if network.Contains(address) {
			return true
		}
	}
	return false
}

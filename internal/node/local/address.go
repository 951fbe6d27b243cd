package local

import (
	"net"
	"os"
)

// MayListen tells whether a node that lets every caller in may listen there: at this
// machine's own address, or at every address of a container, whose ports are reached only
// where its operator has published them (A-NODE-20).
func MayListen(host string, inContainer bool) bool {
	ip := net.ParseIP(host)
	switch {
	case host == "localhost", ip != nil && ip.IsLoopback():
		return true
	case host == "", ip != nil && ip.IsUnspecified():
		return inContainer
	}
	return false
}

// InContainer tells whether this is a container of Docker or Podman, by the files that they
// put there.
func InContainer() bool {
	for _, mark := range [...]string{"/.dockerenv", "/run/.containerenv"} {
		if _, err := os.Stat(mark); err == nil {
			return true
		}
	}
	return false
}

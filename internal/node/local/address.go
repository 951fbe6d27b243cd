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
// put there. A container of Podman whose root is read-only has a /run of its own, which hides
// the file: the variable is there all the same (podman-run(1), "Environment").
func InContainer() bool {
	return markedAsContainer(os.Getenv, func(path string) bool {
		_, err := os.Stat(path)
		return err == nil
	})
}

func markedAsContainer(lookup func(string) string, exists func(path string) bool) bool {
	return exists("/.dockerenv") || exists("/run/.containerenv") || lookup("container") == "podman"
}

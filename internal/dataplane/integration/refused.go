package integration

import (
	"errors"
	"net"
	"syscall"
)

// refused says whether nobody listens at the address, or its name does not resolve.
func refused(err error) bool {
	var name *net.DNSError
	return errors.Is(err, syscall.ECONNREFUSED) || errors.As(err, &name)
}

package proxyheader

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"

	"github.com/pires/go-proxyproto"
)

// Lengths of headers, in bytes (sections 2.1 and 2.2 of the protocol). For version 2
// the library accepts 4096 after the fixed part.
const (
	maxLine   = 107
	fixedPart = 16
	maxHeader = fixedPart + 4096
)

// Parse reads a header of size bytes from the beginning of data, if there is a whole one.
// client is not valid where the header names none: LOCAL, for the proxy's own health
// checks, or UNKNOWN.
func Parse(data []byte) (client netip.AddrPort, size int, err error) {
	given := bytes.NewReader(data)
	reader := bufio.NewReaderSize(given, maxHeader)
	header, err := proxyproto.Read(reader)
	if err != nil {
		return client, 0, fmt.Errorf("no header of the PROXY protocol: %w", err)
	}
	size = len(data) - given.Len() - reader.Buffered()
	source, ok := header.SourceAddr.(*net.TCPAddr)
	if header.Command.IsLocal() || !ok || source == nil {
		return client, size, nil // UNKNOWN, or a local socket of the proxy's machine
	}
	at := source.AddrPort()
	return netip.AddrPortFrom(at.Addr().Unmap().WithZone(""), at.Port()), size, nil
}

// isPart says whether data may be the beginning of a header, since the library needs it
// complete. A header of version 1 is a line, one of version 2 gives its length.
func isPart(data []byte) bool {
	switch v1, v2 := proxyproto.SIGV1, proxyproto.SIGV2; {
	case bytes.HasPrefix(data, v1):
		return len(data) < maxLine && bytes.IndexByte(data, '\n') < 0
	case bytes.HasPrefix(data, v2):
		return len(data) < fixedPart || len(data) < fixedPart+int(binary.BigEndian.Uint16(data[fixedPart-2:]))
	default:
		return bytes.HasPrefix(v1, data) || bytes.HasPrefix(v2, data)
	}
}

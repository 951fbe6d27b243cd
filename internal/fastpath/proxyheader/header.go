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

// Lengths of headers, in bytes (sections 2.1 and 2.2 of the protocol). Of version 2 the
// library takes 4096 behind the fixed part.
const (
	maxLine   = 107
	fixedPart = 16
	maxHeader = fixedPart + 4096
)

// Parse reads a header of size bytes from the beginning of data, if there is a whole one.
// client is not valid where the header names none: a check of the proxy's own (LOCAL), or
// UNKNOWN.
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

// isPart says whether data may become a header with the bytes to come. A header of version 1
// is a line, one of version 2 says how long it is. The library wants it in one piece.
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

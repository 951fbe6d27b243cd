// Package bodylength stands between a connection and net/http's server and refuses requests
// whose length can be read in two ways (A-WIRE-12, internal/fastpath/README.md).
//
// net/http takes a request with Transfer-Encoding and Content-Length, drops the length,
// and goes on with the connection; a proxy in front of this program may have believed the
// length, which is what request smuggling needs (RFC 9112, 6.1 and 6.3). Handlers cannot
// see it any more. So each head is checked here, complete, before net/http gets its first
// byte:
//
//	plain and TLS connections -- Listener.Accept --> Conn.Read -- net/http
//
// A Conn counts the bytes of bodies to find the next head. It buffers what it read behind a
// head (a body, further requests) and returns that by later Reads; see Conn.Unread.
// After a chunked body nothing is checked: the server closes such connections after their
// response.
package bodylength

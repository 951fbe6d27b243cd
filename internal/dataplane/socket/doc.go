// Package socket keeps WebSocket connections that cost next to nothing while
// idle: no goroutine, no buffer and no timer, only some 250 bytes of state.
//
// A [Pool] takes over a net.Conn after the 101 ([Pool.Adopt]) and calls its
// [Handler]: OnMessage for every whole message, on a goroutine of its own that
// may block, and OnClose exactly once. Anyone may [Conn.Send] and [Conn.Close] at
// any time; neither ever waits for the network. Who must
// know what became of a message sends it with a mark ([Conn.SendMarked]).
//
//	pool, err := socket.NewPool(socket.Options{Handler: gateway})
//	...
//	hs, refusal := socket.CheckHandshake(r)     // else answer refusal.Status
//	... $connect ...
//	nc, rw, err := w.(http.Hijacker).Hijack()
//	answer, err := hs.Response(nil, protocol, time.Now())
//	_, err = nc.Write(answer)
//	conn, err := pool.Adopt(nc, socket.Buffered(rw), connection, stage.Limits)
//
// # How a connection waits
//
// On Linux a TCP connection leaves net/http's net.Conn: its descriptor is
// duplicated into an epoll instance of the pool and the net.Conn is closed, which
// saves another 700 bytes. Go's own poller watches the epoll instances, so no
// thread sits in a system call. A TLS connection goes the same way: its tls.Conn
// is put on the bare descriptor and gives its buffers back between messages, and
// the expanded keys of AES-GCM when it is idle (TLS 1.3).
// Reads and writes never wait; what the kernel does not take is kept in a bounded
// queue. Everything else (other systems, net.Pipe, a net.Conn wrapped in another
// one) has a goroutine for reading, and one more while there is something to write.
//
// # How a connection is ended
//
//	call            what it does                                          returns
//	Conn.Close      close frame behind what waits to be sent; some        at once
//	                causes send none and cut
//	Pool.CloseAll   marks all, spread over a time; each is closed when    when all are marked
//	                nothing is in flight and nothing waits for it
//	Pool.Drain      CloseAll again and again; adopts no more              when all are gone
//	Pool.Evict      Conn.Close for all, whatever is in flight             when all are gone
//	Pool.Cut        ends all without a close frame                        when all are gone
//	Pool.Close      Cut, and ends the pool                                when OnMessage has returned everywhere
//
// OnClose follows each of them, once a connection. Inside, closeIfIdle is the step of CloseAll
// and Drain, sendClose begins the exchange of close frames, halfClose ends our direction after
// one, abort leaves the close frame out, and teardown makes the reader end the connection.
//
// # What is enforced
//
// RFC 6455 with AWS's limits ([DefaultLimits], aws-dataplane §1.9 to aws-dataplane §1.12). Every
// end of a connection has a name in the catalogue of [Cause]. Extensions, so also
// compression, are declined (A-SOCKET-1).
package socket

package socket_test

import (
	"testing"

	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
)

func TestSmoke(t *testing.T) {
	r := newRecorder(echo)
	p := newPool(t, socket.Options{Handler: r})
	s := serve(t, p, nil, nil, false)
	c := dial(t, s.addr, nil, masked(0x81, []byte("early"))...)
	f, err := c.next()
	t.Log(f, err)
	c.send(t, masked(0x81, []byte("hello"))...)
	f, err = c.next()
	t.Log(f, err)
	c.send(t, masked(0x88, []byte("\x03\xe8bye"))...)
	f, err = c.next()
	t.Log(f, err)
	_, err = c.next()
	t.Log(err, r.why(t))
}

//go:build linux

package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/sendring"
)

// receivers is the process of the clients that get a message of a fan-out. It reads in
// one loop over epoll, so that it takes little CPU. Its commands are
//
//	open N      open until there are N
//	expect      the next message is the one that counts
//	received    wait until everybody has it: nanoseconds from the first byte to the last
type receivers struct {
	dialer dialer
	first  string
	length int // of a message's payload, at least
	epoll  int
	conns  int

	got         atomic.Int64
	began, last atomic.Int64
	broken      atomic.Bool
}

func runReceivers(args []string) (err error) {
	f := flag.NewFlagSet("receivers", flag.ContinueOnError)
	var r receivers
	f.StringVar(&r.dialer.addr, "addr", "", "host:port of the gateway")
	f.StringVar(&r.dialer.path, "path", "/", "path of the handshake")
	f.StringVar(&r.first, "first", "", "what is said first")
	f.IntVar(&r.length, "length", 0, "bytes of a message, at least")
	if err := f.Parse(args); err != nil {
		return err
	}
	if r.epoll, err = syscall.EpollCreate1(syscall.EPOLL_CLOEXEC); err != nil {
		return err
	}
	go r.read() // until the process ends
	return serveCommands(r.act)
}

func (r *receivers) act(command string, args []string) (any, error) {
	numbers, _ := split(args)
	switch {
	case command == "open" && len(numbers) == 1:
		return timed(func() error { return r.open(numbers[0]) })
	case command == "expect":
		r.began.Store(0)
		r.got.Store(0)
		return nil, nil
	case command == "received":
		return r.wait()
	}
	return nil, fmt.Errorf("no command %q %q", command, args)
}

func (r *receivers) open(n int) error {
	buf := make([]byte, 4096)
	for ; r.conns < n; r.conns++ {
		s, err := r.dialer.dialBare(r.conns, buf)
		if err != nil {
			return fmt.Errorf("connection %d: %w", r.conns, err)
		}
		if r.first != "" {
			if _, err := syscall.Write(s, appendClientFrame(nil, 1, []byte(r.first))); err != nil {
				return err
			}
		}
		event := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(s)}
		if err := syscall.EpollCtl(r.epoll, syscall.EPOLL_CTL_ADD, s, &event); err != nil {
			return err
		}
	}
	return nil
}

// dialBare is dial for a descriptor that is not registered with Go's poller.
func (d *dialer) dialBare(n int, buf []byte) (fd int, err error) {
	s, err := d.dialPlain(n, buf)
	if err != nil {
		return -1, err
	}
	defer s.Close()
	file, err := s.Conn.(*net.TCPConn).File()
	if err != nil {
		return -1, err
	}
	defer file.Close()
	if fd, err = syscall.Dup(int(file.Fd())); err == nil {
		err = syscall.SetNonblock(fd, true)
	}
	return fd, err
}

// dialPlain connects and upgrades with the path as it stands.
func (d *dialer) dialPlain(n int, buf []byte) (socket, error) {
	nc, err := d.dialer(n).Dial("tcp", d.addr)
	if err != nil {
		return socket{}, err
	}
	if err := upgrade(nc, d.addr, d.path, buf); err != nil {
		_ = nc.Close()
		return socket{}, err
	}
	return socket{nc}, nil
}

// read counts the messages of all. It asks for the time twice for as many sockets as epoll
// reports at once: the receivers must not be what the time of a fan-out depends on.
func (r *receivers) read() {
	var events [256]syscall.EpollEvent
	buf := make([]byte, 16<<10)
	for {
		n, err := syscall.EpollWait(r.epoll, events[:], -1)
		if err != nil && !errors.Is(err, syscall.EINTR) {
			r.broken.Store(true)
			return
		}
		began, messages := time.Now().UnixNano(), int64(0)
		for _, event := range events[:max(n, 0)] {
			got, err := syscall.Read(int(event.Fd), buf)
			if got <= 0 && !errors.Is(err, syscall.EAGAIN) {
				r.broken.Store(true)
				_ = syscall.Close(int(event.Fd))
				continue
			}
			messages += r.count(buf[:max(got, 0)])
		}
		if messages > 0 {
			r.began.CompareAndSwap(0, began)
			r.last.Store(time.Now().UnixNano())
			r.got.Add(messages)
		}
	}
}

// count counts the messages among frames that came together; short ones are greetings.
func (r *receivers) count(b []byte) (n int64) {
	for len(b) >= 2 {
		head, length := 2, int(b[1])
		if length == 126 && len(b) >= 4 {
			head, length = 4, int(b[2])<<8|int(b[3])
		}
		if b[0]&15 <= 2 && length >= r.length {
			n++
		}
		b = b[min(head+length, len(b)):]
	}
	return n
}

func (r *receivers) wait() (time.Duration, error) {
	for end := time.Now().Add(opLimit / 2); r.got.Load() < int64(r.conns); time.Sleep(time.Millisecond) {
		if time.Now().After(end) || r.broken.Load() {
			return 0, fmt.Errorf("%d of %d have the message; a connection broke: %v", r.got.Load(), r.conns, r.broken.Load())
		}
	}
	return time.Duration(r.last.Load() - r.began.Load()), nil
}

// runWriter accepts handshakes and writes frames to all of them, by write(2) or by the ring
// that pasarela uses. Its command is
//
//	write N     one frame with N bytes to everybody, by one thread
func runWriter(args []string) error {
	f := flag.NewFlagSet("writer", flag.ContinueOnError)
	byRing := f.Bool("ring", false, "by io_uring")
	if err := f.Parse(args); err != nil {
		return err
	}
	send := writeAll
	if *byRing {
		r, err := sendring.Open()
		if err != nil {
			return err
		}
		send = func(sockets []int32, frame []byte) error { return ringAll(r, sockets, frame) }
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	sockets := make(chan int32, 20_000)
	go acceptAll(l, sockets) // until the process ends
	var all []int32
	return serveCommands(func(command string, args []string) (any, error) {
		if command != "write" || len(args) != 1 {
			return nil, fmt.Errorf("no command %q %q", command, args)
		}
		n, err := strconv.Atoi(args[0])
		if err != nil || n < 0 || n > 125 {
			return nil, fmt.Errorf("%q bytes", args[0])
		}
		for len(sockets) > 0 {
			all = append(all, <-sockets)
		}
		frame := append([]byte{0x81, byte(n)}, make([]byte, n)...)
		return nil, send(all, frame)
	})
}

func writeAll(sockets []int32, frame []byte) error {
	for _, fd := range sockets {
		if _, err := syscall.Write(int(fd), frame); err != nil {
			return err
		}
	}
	return nil
}

func ringAll(r *sendring.Ring, sockets []int32, frame []byte) error {
	var taken [sendring.Size]int
	for part := range slices.Chunk(sockets, sendring.Size) {
		r.Send(part, frame, taken[:len(part)])
		for _, n := range taken[:len(part)] {
			if n != len(frame) {
				return fmt.Errorf("%d bytes of %d were taken", n, len(frame))
			}
		}
	}
	return nil
}

func acceptAll(l net.Listener, sockets chan<- int32) {
	for {
		nc, err := l.Accept()
		if err != nil {
			return
		}
		if _, err := http.ReadRequest(bufio.NewReader(nc)); err != nil {
			continue
		}
		file, err := nc.(*net.TCPConn).File()
		if err != nil {
			continue
		}
		fd, err := syscall.Dup(int(file.Fd()))
		if err == nil {
			sockets <- int32(fd)
			_, _ = fmt.Fprint(nc, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
		}
		_, _ = file.Close(), nc.Close()
	}
}

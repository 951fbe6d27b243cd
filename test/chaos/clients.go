package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
)

const dialTimeout = 10 * time.Second

// clients keep connections open over all nodes: one that was closed connects
// again to any node, and some leave on their own.
type clients struct {
	c      *cluster
	ledger *ledger
	path   string        // of the stage
	stay   time.Duration // the mean time until a client leaves by itself; 0: never
	resume bool          // clients have sessions
	share  float64       // with resume: the part of them that has
	cut    time.Duration // with sessions: the mean time until a socket is cut; 0: never
	work   sync.WaitGroup
}

// run keeps count clients until ctx ends; then all leave.
func (k *clients) run(ctx context.Context, count int, random *rand.Rand) {
	for n := range count {
		own := rand.New(rand.NewPCG(random.Uint64(), uint64(n)))
		k.work.Go(func() {
			for round := 0; ctx.Err() == nil; round++ {
				name := fmt.Sprintf("%d-%d", n, round)
				if k.resume && float64(n) < k.share*float64(count) {
					k.comeBack(ctx, name, own)
				} else {
					k.live(ctx, name, own)
				}
			}
		})
	}
}

// live is one connection from its handshake to its end.
func (k *clients) live(ctx context.Context, name string, random *rand.Rand) {
	node := random.IntN(size)
	url := "ws" + strings.TrimPrefix(k.c.urls[node], "http") + k.path + "?client=" + name
	dialling, cancel := context.WithTimeout(ctx, dialTimeout)
	conn, response, err := websocket.Dial(dialling, url, nil)
	cancel()
	if response != nil && response.Body != nil {
		_ = response.Body.Close()
	}
	if err != nil {
		wait(ctx, time.Duration(100+random.IntN(400))*time.Millisecond)
		return
	}
	k.ledger.opened(name, node, false)
	until, leave := context.WithCancel(ctx)
	defer leave()
	if k.stay > 0 {
		timer := time.AfterFunc(time.Duration(float64(k.stay)*random.ExpFloat64()), leave)
		defer timer.Stop()
	}
	for err == nil {
		var data []byte
		if _, data, err = conn.Read(until); err == nil { // ends with until, and closes the connection without a close frame
			k.ledger.received(string(data), name, 0)
		}
	}
	k.ledger.ended(name, int(websocket.CloseStatus(err)))
	_ = conn.CloseNow()
}

// goodbye bounds the close handshake of a client that leaves.
const goodbye = time.Minute

// comeBack is one connection with a session: whenever its socket has ended, its client
// connects again to any node, until it leaves.
func (k *clients) comeBack(ctx context.Context, name string, random *rand.Rand) {
	leaving, leave := context.WithCancel(ctx)
	defer leave()
	if k.stay > 0 {
		timer := time.AfterFunc(time.Duration(float64(k.stay)*random.ExpFloat64()), leave)
		defer timer.Stop()
	}
	ending, end := context.WithCancel(context.Background())
	defer end()
	defer context.AfterFunc(leaving, func() { time.AfterFunc(goodbye, end) })()
	opened, left := false, false
	for socket := 0; !left && ending.Err() == nil && (opened || leaving.Err() == nil); socket++ {
		node := random.IntN(size)
		url := "ws" + strings.TrimPrefix(k.c.urls[node], "http") + k.path + "?client=" + name + "&pasarela-session=session-of-the-client-" + name
		dialling, cancel := context.WithTimeout(ending, dialTimeout)
		conn, response, err := websocket.Dial(dialling, url, nil)
		cancel()
		if response != nil && response.Body != nil {
			_ = response.Body.Close()
		}
		if err != nil {
			k.ledger.note(name, "%s by node%d", refusal(response, err), node)
			wait(ending, time.Duration(100+random.IntN(400))*time.Millisecond)
			continue
		}
		k.ledger.note(name, "socket %d by node%d", socket, node)
		if !opened {
			k.ledger.opened(name, node, true)
			opened = true
		} else {
			k.ledger.cameBack(name, node)
		}
		if k.cut > 0 {
			timer := time.AfterFunc(time.Duration(float64(k.cut)*random.ExpFloat64()), func() { _ = conn.CloseNow() })
			defer timer.Stop()
		}
		// An error is one of the socket, which read meets.
		_ = conn.Write(ending, websocket.MessageText, fmt.Appendf(nil, `{"action":%q,"client":%q,"socket":%d}`, attachedRoute, name, socket))
		left = k.read(leaving, conn, name, socket)
		k.ledger.away(name)
	}
	code := -1 // it could not come back to say good-bye
	if left {
		code = int(websocket.StatusNormalClosure)
	}
	k.ledger.ended(name, code)
}

// refusal is how a handshake failed.
func refusal(response *http.Response, err error) string {
	if response != nil {
		return "refused with " + strconv.Itoa(response.StatusCode)
	}
	return "no handshake (" + err.Error() + ")"
}

// read reads until the socket ends; left says that the client closed it as it leaves, and that
// its node answered. A client that is about to leave reads first what waited while it was away.
func (k *clients) read(leaving context.Context, conn *websocket.Conn, name string, socket int) (left bool) {
	closed := make(chan struct{})
	came := time.Now()
	stop := context.AfterFunc(leaving, func() {
		defer close(closed)
		time.Sleep(time.Until(came.Add(atLeaving)))
		left = true
		said := time.Now()
		k.ledger.saysGoodbye(name)
		err := conn.Close(websocket.StatusNormalClosure, "") // what the node answered is read below
		k.ledger.note(name, "sent a close frame with 1000 at %s, and ended with: %v", clock(said), err)
	})
	answer := websocket.StatusCode(-1)
	for {
		_, data, err := conn.Read(context.Background()) // ends with the connection
		if err != nil {
			answer = websocket.CloseStatus(err)
			k.ledger.note(name, "socket %d ended with: %v", socket, err)
			break
		}
		k.ledger.received(string(data), name, socket)
	}
	if !stop() {
		<-closed
	}
	_ = conn.CloseNow()
	return left && answer == websocket.StatusNormalClosure
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

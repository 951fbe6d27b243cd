package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// backendArgument is the first argument of this program when it is to be the backend of a
// run of many connections, which has descriptors of its own.
const backendArgument = "backend"

// calls are what the backend got for one connection.
type calls struct {
	ID          string
	Client      string
	Disconnects []disconnectCall
}

type disconnectCall struct {
	At      time.Time
	Code    int
	Request string
}

// counter is that backend: it notes the calls of $connect and $disconnect, and returns
// them on /calls; /count is the number of connections with a $disconnect.
type counter struct {
	mu           sync.Mutex
	byID         map[string]*calls
	disconnected int
}

// runBackend serves at an address until it is killed.
func runBackend(address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	c := &counter{byID: map[string]*calls{}}
	serve := http.NewServeMux()
	serve.HandleFunc("/connect", c.note)
	serve.HandleFunc("/disconnect", c.note)
	serve.HandleFunc("/calls", c.list)
	serve.HandleFunc("/count", func(w http.ResponseWriter, _ *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		_, _ = fmt.Fprint(w, c.disconnected)
	})
	fmt.Println("serves")
	return (&http.Server{Handler: serve, ReadHeaderTimeout: time.Minute}).Serve(listener)
}

func (c *counter) note(w http.ResponseWriter, r *http.Request) {
	var body struct {
		ID, Client, Request string
		Code                int
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	of := c.byID[body.ID]
	if of == nil {
		of = &calls{ID: body.ID}
		c.byID[body.ID] = of
	}
	if strings.HasSuffix(r.URL.Path, "/disconnect") {
		if len(of.Disconnects) == 0 {
			c.disconnected++
		}
		of.Disconnects = append(of.Disconnects, disconnectCall{time.Now(), body.Code, body.Request})
	} else {
		of.Client = body.Client
	}
	_, _ = w.Write([]byte("{}")) // a gateway that is gone needs no answer
}

func (c *counter) list(w http.ResponseWriter, _ *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]*calls, 0, len(c.byID))
	for _, of := range c.byID {
		all = append(all, of)
	}
	_ = json.NewEncoder(w).Encode(all) // the caller reports errors of reading
}

// ask reads what the backend at an address says.
func ask(address, path string, into any) error {
	answer, err := http.Get("http://" + address + path)
	if err != nil {
		return err
	}
	return errors.Join(json.NewDecoder(answer.Body).Decode(into), answer.Body.Close())
}

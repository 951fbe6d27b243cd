package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// sessionParameter names a session in a URL, and is the header of the 101 that says that the
// session is kept (docs/resume.md).
const sessionParameter = "pasarela-session"

// Pauses before another attempt to connect: the first, doubled after each, and the longest.
const (
	firstPause   = 250 * time.Millisecond
	longestPause = 5 * time.Second
)

// pingInterval is the time between pings of a client that comes back by itself, and how long
// it waits for each: a network that was changed or pulled out tells nobody.
const pingInterval = 10 * time.Second

// pingUntilSilent returns the error of the first ping that does not come back within the
// interval after which it was sent, or of ctx. A ping is not cancelled with ctx: that would
// break the connection, and the server should get a close frame.
func pingUntilSilent(ctx context.Context, conn *websocket.Conn, interval time.Duration) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(interval):
		}
		waiting, stop := context.WithTimeout(context.WithoutCancel(ctx), interval)
		err := conn.Ping(waiting)
		stop()
		if err != nil {
			return language.Errorf("connect.silent", "time", interval)
		}
	}
}

// withSession adds a session to a URL, unless it has one.
func withSession(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", language.Errorf("connect.no_url", "url", strconv.Quote(address))
	}
	query := u.Query()
	if !query.Has(sessionParameter) {
		var secret [18]byte
		_, _ = rand.Read(secret[:]) // it never fails
		query.Set(sessionParameter, base64.RawURLEncoding.EncodeToString(secret[:]))
		u.RawQuery = query.Encode()
	}
	return u.String(), nil
}

// namesSession says whether a URL names a session.
func namesSession(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Query().Has(sessionParameter)
}

// worthResuming says whether to connect again after a connection ended so: it broke, or
// the server left (1001, 1011, 1012). Other close codes are final.
func worthResuming(err error) bool {
	var closed websocket.CloseError
	if !errors.As(err, &closed) {
		return err != nil
	}
	switch closed.Code {
	case websocket.StatusGoingAway, websocket.StatusInternalError, websocket.StatusServiceRestart:
		return true
	}
	return false
}

// dialAgain connects as soon as there is a server; a client that is refused (4xx) is not
// let in later either.
func dialAgain(ctx context.Context, url string, options *websocket.DialOptions) (*websocket.Conn, error) {
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		select {
		case <-ctx.Done():
			return nil, nil
		case <-time.After(pause):
		}
		conn, response, err := websocket.Dial(ctx, url, options)
		switch {
		case err == nil:
			return conn, nil
		case response != nil && response.StatusCode < http.StatusInternalServerError && response.StatusCode != http.StatusTooManyRequests:
			return nil, refusal(url, response, err)
		}
	}
}

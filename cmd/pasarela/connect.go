package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/commandline"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// maxIncoming is AWS's largest message to a client, 128 KiB, with room to spare.
const maxIncoming = 1 << 20

func newConnect(l language.Language) *cobra.Command {
	var protocols, headers []string
	var again bool
	cmd := &cobra.Command{
		Use:   "connect URL",
		Short: l.Say("connect.short"),
		Long:  l.Say("connect.long"),
		Args:  commandline.One("URL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			header, err := parseHeaders(headers)
			if err != nil {
				return err
			}
			options := &websocket.DialOptions{Subprotocols: protocols, HTTPHeader: header}
			url := withScheme(args[0])
			if again {
				if url, err = withSession(url); err != nil {
					return err
				}
			}
			return connect(cmd.Context(), url, options, cmd.InOrStdin(), newTranscript(cmd, l), again)
		},
	}
	cmd.Flags().StringArrayVarP(&protocols, "subprotocol", "s", nil, l.Say("connect.subprotocol"))
	cmd.Flags().StringArrayVarP(&headers, "header", "H", nil, l.Say("connect.header"))
	cmd.Flags().BoolVar(&again, "resume", false, l.Say("connect.resume"))
	return cmd
}

func parseHeaders(lines []string) (http.Header, error) {
	header := http.Header{}
	for _, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		if !ok || strings.TrimSpace(name) == "" {
			return nil, language.Errorf("connect.bad_header", "line", strconv.Quote(line))
		}
		header.Add(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	return header, nil
}

// connect sends what is typed and prints what the server sends, until one side ends the
// connection. If the URL names a session, a connection that breaks is opened again.
func connect(ctx context.Context, url string, options *websocket.DialOptions, in io.Reader, talk *transcript, again bool) error {
	conn, response, err := websocket.Dial(ctx, url, options)
	if err != nil {
		return refusal(url, response, err)
	}
	if namesSession(url) && response.Header.Get(sessionParameter) == "" {
		talk.note(talk.l.Say("connect.no_session"))
	}
	typed := make(chan string)
	go readLines(ctx, in, typed)
	for {
		talk.note(talk.l.Say("connect.connected", "url", url))
		interval := time.Duration(0)
		if again {
			interval = pingInterval
		}
		err := exchangeMessages(ctx, conn, typed, talk, interval)
		if !again || !worthResuming(err) {
			return noteClose(err, talk)
		}
		talk.note(talk.l.Say("connect.lost", "error", err))
		if conn, err = dialAgain(ctx, url, options); conn == nil {
			return err
		}
	}
}

// exchangeMessages sends the typed lines and prints the received messages until the
// connection ends; nil if this side ended it. With an interval it ends, too, when the server
// returns no ping within that time.
func exchangeMessages(ctx context.Context, conn *websocket.Conn, typed <-chan string, talk *transcript, interval time.Duration) error {
	defer conn.CloseNow()
	var silent chan error // nil: nobody pings
	if interval > 0 {
		silent = make(chan error, 1)
		pinging, stop := context.WithCancel(ctx)
		defer stop()
		go func() { silent <- pingUntilSilent(pinging, conn, interval) }()
	}
	conn.SetReadLimit(maxIncoming)
	received := make(chan error, 1)
	// Reading goes on after ctx ends: cancelling a read breaks the connection, and the
	// server should get a close frame.
	go func() { received <- receive(context.WithoutCancel(ctx), conn, talk) }()
	for {
		select {
		case <-ctx.Done():
			talk.note(talk.l.Say("connect.closed_by_you"))
			return conn.Close(websocket.StatusNormalClosure, "")
		case err := <-received:
			if silent != nil && errors.Is(err, net.ErrClosed) {
				return <-silent // a ping that could not be written in time closed the connection
			}
			return err
		case err := <-silent:
			if ctx.Err() != nil {
				continue
			}
			_ = conn.CloseNow() // a close frame would end the connection at the server
			var closed websocket.CloseError
			if why := <-received; errors.As(why, &closed) {
				return why
			}
			return err
		case line := <-typed:
			if err := conn.Write(ctx, websocket.MessageText, []byte(line)); err != nil {
				return err
			}
			talk.sent(line)
		}
	}
}

// refusal describes a response other than 101 by its status and body.
func refusal(url string, response *http.Response, err error) error {
	if response == nil {
		return unreachable(url, err)
	}
	body, _ := io.ReadAll(io.LimitReader(response.Body, 4096))
	if !strings.HasPrefix(response.Header.Get("Content-Type"), "application/json") {
		body, _, _ = bytes.Cut(bytes.TrimSpace(body), []byte("\n")) // a page: its first line will do
	}
	refused := language.Errorf("connect.refused", "url", url, "status", response.Status, "body", strings.TrimSpace(string(body)))
	if id := cmp.Or(response.Header.Get("X-Amz-Apigw-Id"), response.Header.Get("X-Amzn-Requestid")); id != "" {
		return errors.Join(refused, language.Errorf("connect.why", "command", whyCommand(url, id)))
	}
	return refused
}

// whyCommand is the `explain` command for the request, with the node that answered.
func whyCommand(address, id string) string {
	command := program() + " explain " + shellWord(id)
	if endpoint, err := endpointOf(address); err == nil {
		command += " --endpoint " + shellWord(endpoint)
	}
	return command
}

// withScheme reads a URL as people type it: host:port/api/stage is ws://.
func withScheme(address string) string {
	if strings.Contains(address, "://") {
		return address
	}
	host, _, _ := strings.Cut(address, "/")
	if !strings.Contains(address, "/") || strings.ContainsAny(host, " ?#") {
		return address
	}
	return "ws://" + address
}

// unreachable says what to do when there was no response at all.
func unreachable(address string, err error) error {
	var network *net.OpError
	var unknown *net.DNSError
	var untrusted *tls.CertificateVerificationError
	switch {
	case strings.Contains(err.Error(), "unexpected url scheme") || strings.Contains(err.Error(), "failed to parse url"):
		return language.Errorf("connect.no_url", "url", strconv.Quote(address))
	case errors.As(err, &unknown):
		return language.Errorf("connect.no_such_host", "url", address, "host", unknown.Name)
	case errors.As(err, &network) && network.Op == "dial":
		return language.Errorf("connect.no_server", "url", address, "error", network)
	case errors.As(err, &untrusted):
		return language.Errorf("connect.untrusted", "url", address, "error", untrusted)
	case strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return language.Errorf("connect.no_tls", "url", address)
	}
	return language.Errorf("connect.failed", "url", address, "error", err)
}

func receive(ctx context.Context, conn *websocket.Conn, talk *transcript) error {
	for {
		kind, data, err := conn.Read(ctx)
		if err != nil {
			return err
		}
		talk.received(kind, data)
	}
}

func noteClose(err error, talk *transcript) error {
	if err == nil {
		return nil
	}
	var closed websocket.CloseError
	if !errors.As(err, &closed) {
		return err
	}
	reason := ""
	if closed.Reason != "" {
		reason = ": " + closed.Reason
	}
	talk.note(talk.l.Say("connect.closed_by_server", "code", int(closed.Code), "reason", reason))
	return nil
}

// readLines sends every typed line to a channel. It ends with its input or with ctx; a read
// that is under way then ends with the process.
func readLines(ctx context.Context, in io.Reader, typed chan<- string) {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 128<<10)
	for lines.Scan() {
		if lines.Text() == "" {
			continue
		}
		select {
		case typed <- lines.Text():
		case <-ctx.Done():
			return
		}
	}
}

// transcript prints the messages of both sides: JSON indented on a terminal, one line for
// each message elsewhere, so that other programs can read it. Typed and received messages
// come from two goroutines; each is printed whole.
type transcript struct {
	screen *terminal
	notes  *terminal // where there is no terminal
	l      language.Language

	mu sync.Mutex // of one entry
}

func newTranscript(cmd *cobra.Command, l language.Language) *transcript {
	return &transcript{screen: newTerminal(cmd.OutOrStdout()), notes: newTerminal(cmd.ErrOrStderr()), l: l}
}

func (t *transcript) note(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.screen.terminal {
		fmt.Fprintln(t.notes, text)
		return
	}
	t.screen.style(faint)
	fmt.Fprintf(t.screen, "%s  %s", clock(), text)
	t.screen.style(plain + "\n")
}

func (t *transcript) sent(line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.screen.terminal {
		t.screen.style(redo)
		t.line(cyan, ">", line)
	}
}

// line prints one side's words behind the time and a coloured mark.
func (t *transcript) line(colour, mark, text string) {
	fmt.Fprint(t.screen, clock()+" ")
	t.screen.style(colour)
	fmt.Fprint(t.screen, mark)
	t.screen.style(plain)
	fmt.Fprintln(t.screen, " "+text)
}

func (t *transcript) received(kind websocket.MessageType, data []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.screen.terminal {
		fmt.Fprintln(t.screen.payload(), string(data))
		return
	}
	text := string(data)
	var spread bytes.Buffer
	if kind == websocket.MessageText && json.Indent(&spread, data, "           ", "  ") == nil {
		text = spread.String()
	}
	t.line(green, "<", text)
}

func clock() string { return time.Now().Format(time.TimeOnly) }

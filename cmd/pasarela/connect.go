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
	"os"
	"strings"
	"time"

	"github.com/coder/websocket"
	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
)

// maxIncoming is AWS's largest message to a client, 128 KiB, with room to spare.
const maxIncoming = 1 << 20

func newConnect() *cobra.Command {
	var protocols, headers []string
	cmd := &cobra.Command{
		Use:   "connect URL",
		Short: "Connect to a WebSocket API and talk to it",
		Long: `Connect to a WebSocket API: what it sends is printed, what you type is sent, a line a
message. It ends when the server closes the connection, or with Ctrl-C; end of input
does not end it.

    pasarela connect 'ws://127.0.0.1:4566/abcdefghij/prod?reportType=ventas'`,
		Args: one("URL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			header, err := parseHeaders(headers)
			if err != nil {
				return err
			}
			options := &websocket.DialOptions{Subprotocols: protocols, HTTPHeader: header}
			return connect(cmd.Context(), args[0], options, cmd.InOrStdin(), newTalk(cmd.OutOrStdout()))
		},
	}
	cmd.Flags().StringArrayVarP(&protocols, "subprotocol", "s", nil, "offer this sub-protocol (repeatable)")
	cmd.Flags().StringArrayVarP(&headers, "header", "H", nil, "send \"Name: value\" with the handshake (repeatable)")
	return cmd
}

func parseHeaders(lines []string) (http.Header, error) {
	header := http.Header{}
	for _, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		if !ok || strings.TrimSpace(name) == "" {
			return nil, fmt.Errorf("--header: %q is not \"Name: value\"", line)
		}
		header.Add(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	return header, nil
}

func connect(ctx context.Context, url string, options *websocket.DialOptions, in io.Reader, talk *talk) error {
	conn, answer, err := websocket.Dial(ctx, url, options)
	if err != nil {
		return refusal(url, answer, err)
	}
	defer conn.CloseNow()
	conn.SetReadLimit(maxIncoming)
	talk.note("connected to " + url)
	typed := make(chan string)
	go readLines(ctx, in, typed)
	received := make(chan error, 1)
	// Reading outlives ctx: a read that is cut takes the connection with it, and
	// the server should hear a proper good-bye.
	go func() { received <- receive(context.WithoutCancel(ctx), conn, talk) }()
	for {
		select {
		case <-ctx.Done():
			talk.note("closed by you")
			return conn.Close(websocket.StatusNormalClosure, "")
		case err := <-received:
			return ending(err, talk)
		case line := <-typed:
			if err := conn.Write(ctx, websocket.MessageText, []byte(line)); err != nil {
				return ending(err, talk)
			}
			talk.sent(line)
		}
	}
}

// refusal words an answer that was no 101: its status and body are the news.
func refusal(url string, answer *http.Response, err error) error {
	if answer == nil {
		return unreachable(url, err)
	}
	body, _ := io.ReadAll(io.LimitReader(answer.Body, 4096))
	if !strings.HasPrefix(answer.Header.Get("Content-Type"), "application/json") {
		body, _, _ = bytes.Cut(bytes.TrimSpace(body), []byte("\n")) // a page: its first line will do
	}
	hint := ""
	if id := cmp.Or(answer.Header.Get("X-Amz-Apigw-Id"), answer.Header.Get("X-Amzn-Requestid")); id != "" {
		hint = "\nwhy: " + program(os.Args[0]) + " explain " + id
	}
	return fmt.Errorf("%s refused the connection: %s %s%s", url, answer.Status, strings.TrimSpace(string(body)), hint)
}

// unreachable says what to do where there was no answer at all.
func unreachable(address string, err error) error {
	var network *net.OpError
	var unknown *net.DNSError
	var untrusted *tls.CertificateVerificationError
	switch {
	case strings.Contains(err.Error(), "unexpected url scheme"):
		return fmt.Errorf("%q is no WebSocket URL: it begins with ws:// or wss://, as ws://127.0.0.1:4566/API_ID/prod", address)
	case errors.As(err, &unknown):
		return fmt.Errorf("%s: no such host %s: check the name, or use the URL by path, ws://HOST:PORT/API_ID/STAGE", address, unknown.Name)
	case errors.As(err, &network) && network.Op == "dial":
		return fmt.Errorf("%s: %w: does a gateway listen there (pasarela dev, pasarela serve)?", address, network)
	case errors.As(err, &untrusted):
		return fmt.Errorf("%s: %w: a certificate of your own is trusted with SSL_CERT_FILE=chain.pem in the environment", address, untrusted)
	case strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return fmt.Errorf("%s: the server speaks no TLS on this port: use ws:// instead of wss://", address)
	}
	return fmt.Errorf("%s: %w", address, err)
}

func receive(ctx context.Context, conn *websocket.Conn, talk *talk) error {
	for {
		kind, data, err := conn.Read(ctx)
		if err != nil {
			return err
		}
		talk.received(kind, data)
	}
}

func ending(err error, talk *talk) error {
	var closed websocket.CloseError
	if !errors.As(err, &closed) {
		return err
	}
	reason := ""
	if closed.Reason != "" {
		reason = ": " + closed.Reason
	}
	talk.note(fmt.Sprintf("closed by the server, %d%s", closed.Code, reason))
	return nil
}

// readLines hands over what is typed. It ends with its input or with ctx; a read
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

// talk prints a conversation: JSON spread out on a terminal, one line a message
// elsewhere, so that other programs can read it.
type talk struct {
	out      io.Writer
	terminal bool
}

func newTalk(out io.Writer) *talk {
	file, ok := out.(*os.File)
	return &talk{out: out, terminal: ok && isatty.IsTerminal(file.Fd())}
}

func (t *talk) note(text string) {
	if t.terminal {
		fmt.Fprintf(t.out, "\x1b[2m%s  %s\x1b[0m\n", clock(), text)
		return
	}
	fmt.Fprintln(os.Stderr, text)
}

func (t *talk) sent(line string) {
	if t.terminal {
		fmt.Fprintf(t.out, "\x1b[1A\x1b[2K%s \x1b[36m>\x1b[0m %s\n", clock(), line)
	}
}

func (t *talk) received(kind websocket.MessageType, data []byte) {
	if !t.terminal {
		fmt.Fprintln(t.out, string(data))
		return
	}
	text := string(data)
	var spread bytes.Buffer
	if kind == websocket.MessageText && json.Indent(&spread, data, "           ", "  ") == nil {
		text = spread.String()
	}
	fmt.Fprintf(t.out, "%s \x1b[32m<\x1b[0m %s\n", clock(), text)
}

func clock() string { return time.Now().Format(time.TimeOnly) }

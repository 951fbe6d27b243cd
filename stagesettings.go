package pasarela

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"
)

// TagPrefix begins the tags that are settings of pasarela: AWS has no member for
// them, and tags pass unchanged through every client, Terraform and
// CloudFormation (A-APIS-7).
const TagPrefix = "pasarela:"

// StageSettings are the limits of a stage's connections. The zero value is not
// AWS's behaviour; [DefaultStageSettings] is.
type StageSettings struct {
	IdleTimeout        time.Duration // a connection without traffic is closed with 1001
	ConnectionDuration time.Duration // a connection of that age is closed with 1001
	MaxFrameBytes      int           // a longer frame is closed with 1009
	MaxMessageBytes    int           // a longer message is closed with 1009
	PingInterval       time.Duration // the server pings idle connections; 0: never
	Binary             bool          // binary messages are taken; else closed with 1003
	Ordered            bool          // messages of one connection run one after the other
	AllowedOrigins     []string      // Origin headers that may connect; none: any
	Subprotocols       []string      // offered in this order when the integration names none
	MaxConnections     int           // more are refused with 429, on all nodes together; 0: no limit
	ResumeWindow       time.Duration // how long a connection outlives its socket; 0: it ends with it
	Durable            bool          // messages for resumable connections are on disk before they are acknowledged
	ConnectionTags     bool          // connections have tags, by which they are listed and posted to
	Async              bool          // integrations are called from a queue on disk; clients do not wait for them
	AsyncCalls         int           // at most so many at a time, on all nodes together
	AsyncDeadline      time.Duration // a call that has not been delivered by then becomes a dead letter
	MailboxMessages    int           // that wait for a resumable connection; more are refused with 429
	MailboxBytes       int           // of all messages that wait for one; more are refused with 429
}

// DefaultStageSettings are AWS's quotas (aws-dataplane §1.11, aws-dataplane §8).
func DefaultStageSettings() StageSettings {
	return StageSettings{
		IdleTimeout:        IdleTimeout,
		ConnectionDuration: ConnectionDuration,
		MaxFrameBytes:      MaxFrameBytes,
		MaxMessageBytes:    MaxMessageBytes,
		AsyncCalls:         16,
		AsyncDeadline:      time.Hour,
		MailboxMessages:    1000,
		MailboxBytes:       1 << 20,
	}
}

// Bounds of the settings.
const (
	maxIdleSeconds     = 7 * 24 * 3600
	maxDurationSeconds = 30 * 24 * 3600
	maxPingSeconds     = 3600
	minMessageBytes    = 1 << 10
	maxMessageBytes    = 16 << 20
	maxConnections     = 10_000_000
	maxResumeSeconds   = 24 * 3600
	maxAsyncCalls      = 64
	maxAsyncSeconds    = 7 * 24 * 3600
	maxMailboxMessages = 100_000
	maxMailboxBytes    = 64 << 20
)

// ParseStageSettings reads the settings among a stage's tags; other tags are
// ignored. The error names the tag, its value and the values that it may have.
func ParseStageSettings(tags map[string]string) (StageSettings, error) {
	settings := DefaultStageSettings()
	names := make([]string, 0, len(tags))
	for key := range tags {
		if name, ok := strings.CutPrefix(key, TagPrefix); ok {
			names = append(names, name)
		}
	}
	sort.Strings(names) // so that of several faults always the same one is reported
	for _, name := range names {
		if err := settings.set(name, tags[TagPrefix+name]); err != nil {
			return settings, fmt.Errorf("tag %s%s: %w", TagPrefix, name, err)
		}
	}
	if settings.MaxFrameBytes > settings.MaxMessageBytes {
		return settings, fmt.Errorf("tag %smaxFrameBytes: a frame of %d bytes is longer than the longest message, %d (set %smaxMessageBytes)",
			TagPrefix, settings.MaxFrameBytes, settings.MaxMessageBytes, TagPrefix)
	}
	return settings, nil
}

func (s *StageSettings) set(name, text string) error {
	switch name {
	case "idleTimeoutSeconds":
		return seconds(&s.IdleTimeout, text, 1, maxIdleSeconds)
	case "connectionDurationSeconds":
		return seconds(&s.ConnectionDuration, text, 1, maxDurationSeconds)
	case "pingIntervalSeconds":
		return seconds(&s.PingInterval, text, 0, maxPingSeconds)
	case "maxFrameBytes":
		return number(&s.MaxFrameBytes, text, minMessageBytes, maxMessageBytes)
	case "maxMessageBytes":
		return number(&s.MaxMessageBytes, text, minMessageBytes, maxMessageBytes)
	case "maxConnections":
		return number(&s.MaxConnections, text, 0, maxConnections)
	case "resumeSeconds":
		return seconds(&s.ResumeWindow, text, 0, maxResumeSeconds)
	case "delivery":
		return oneOf(&s.Durable, text, "memory", "durable")
	case "connectionTags":
		return truth(&s.ConnectionTags, text)
	case "async":
		return truth(&s.Async, text)
	case "asyncCalls":
		return number(&s.AsyncCalls, text, 1, maxAsyncCalls)
	case "asyncSeconds":
		return seconds(&s.AsyncDeadline, text, 1, maxAsyncSeconds)
	case "mailboxMessages":
		return number(&s.MailboxMessages, text, 1, maxMailboxMessages)
	case "mailboxBytes":
		return number(&s.MailboxBytes, text, minMessageBytes, maxMailboxBytes)
	case "binary":
		return truth(&s.Binary, text)
	case "ordered":
		return truth(&s.Ordered, text)
	case "allowedOrigins":
		s.AllowedOrigins = strings.Fields(text)
		return origins(s.AllowedOrigins)
	case "subprotocols":
		s.Subprotocols = strings.Fields(text)
		return nil
	}
	return fmt.Errorf("there is no such setting; there are allowedOrigins, async, asyncCalls, asyncSeconds, binary, connectionDurationSeconds, connectionTags, delivery, idleTimeoutSeconds, " +
		"mailboxBytes, mailboxMessages, maxConnections, maxFrameBytes, maxMessageBytes, ordered, pingIntervalSeconds, resumeSeconds, subprotocols")
}

func number(place *int, text string, least, most int) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return fmt.Errorf("%q is not a whole number from %d to %d", text, least, most)
	}
	*place = n
	return nil
}

func seconds(place *time.Duration, text string, least, most int) error {
	var n int
	if err := number(&n, text, least, most); err != nil {
		return err
	}
	*place = time.Duration(n) * time.Second
	return nil
}

func truth(place *bool, text string) error {
	switch text {
	case "true":
		*place = true
	case "false":
		*place = false
	default:
		return fmt.Errorf("%q is neither true nor false", text)
	}
	return nil
}

// oneOf sets place to false for the text no and to true for yes; any other text
// is an error.
func oneOf(place *bool, text, no, yes string) error {
	if text != no && text != yes {
		return fmt.Errorf("%q is neither %s nor %s", text, no, yes)
	}
	*place = text == yes
	return nil
}

// origins are scheme://host[:port] each, separated by spaces; a host may begin
// with "*." for any subdomain.
func origins(list []string) error {
	for _, origin := range list {
		scheme, host, ok := strings.Cut(origin, "://")
		if !ok || scheme != "http" && scheme != "https" || host == "" || strings.ContainsAny(host, "/?#") {
			return fmt.Errorf("%q is not an origin such as https://app.example.com; several are separated by spaces", origin)
		}
	}
	return nil
}

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

// StageSetting is what a setting's tag may say.
type StageSetting struct {
	Name    string   `json:"name"`              // the tag's key is [TagPrefix] and it
	Unit    string   `json:"unit,omitempty"`    // of a number: "seconds", "bytes"; empty: it is a count, or no number
	Least   int      `json:"least,omitempty"`   // of a number
	Most    int      `json:"most,omitempty"`    // of a number; 0: it is none
	Choices []string `json:"choices,omitempty"` // of a setting that has one of two values, the default first; none: any text
	Default string   `json:"default,omitempty"` // what holds without the tag, as the tag would say it
}

// stageSetting is a row of the table of settings: place points to what it sets, a
// time.Duration, an int, a bool or a []string.
type stageSetting struct {
	name        string
	least, most int
	no, yes     string // of a bool that is not written false and true
	place       func(*StageSettings) any
}

var stageSettings = []stageSetting{
	{name: "idleTimeoutSeconds", least: 1, most: 7 * 24 * 3600, place: func(s *StageSettings) any { return &s.IdleTimeout }},
	{name: "connectionDurationSeconds", least: 1, most: 30 * 24 * 3600, place: func(s *StageSettings) any { return &s.ConnectionDuration }},
	{name: "pingIntervalSeconds", most: 3600, place: func(s *StageSettings) any { return &s.PingInterval }},
	{name: "maxFrameBytes", least: 1 << 10, most: 16 << 20, place: func(s *StageSettings) any { return &s.MaxFrameBytes }},
	{name: "maxMessageBytes", least: 1 << 10, most: 16 << 20, place: func(s *StageSettings) any { return &s.MaxMessageBytes }},
	{name: "maxConnections", most: 10_000_000, place: func(s *StageSettings) any { return &s.MaxConnections }},
	{name: "binary", place: func(s *StageSettings) any { return &s.Binary }},
	{name: "ordered", place: func(s *StageSettings) any { return &s.Ordered }},
	{name: "resumeSeconds", most: 24 * 3600, place: func(s *StageSettings) any { return &s.ResumeWindow }},
	{name: "delivery", no: "memory", yes: "durable", place: func(s *StageSettings) any { return &s.Durable }},
	{name: "mailboxMessages", least: 1, most: 100_000, place: func(s *StageSettings) any { return &s.MailboxMessages }},
	{name: "mailboxBytes", least: 1 << 10, most: 64 << 20, place: func(s *StageSettings) any { return &s.MailboxBytes }},
	{name: "connectionTags", place: func(s *StageSettings) any { return &s.ConnectionTags }},
	{name: "async", place: func(s *StageSettings) any { return &s.Async }},
	{name: "asyncCalls", least: 1, most: 64, place: func(s *StageSettings) any { return &s.AsyncCalls }},
	{name: "asyncSeconds", least: 1, most: 7 * 24 * 3600, place: func(s *StageSettings) any { return &s.AsyncDeadline }},
	{name: "allowedOrigins", place: func(s *StageSettings) any { return &s.AllowedOrigins }},
	{name: "subprotocols", place: func(s *StageSettings) any { return &s.Subprotocols }},
}

// KnownStageSettings are all settings, those that belong together beside each other.
func KnownStageSettings() []StageSetting {
	defaults := DefaultStageSettings()
	known := make([]StageSetting, 0, len(stageSettings))
	for _, row := range stageSettings {
		one := StageSetting{Name: row.name, Least: row.least, Most: row.most}
		switch place := row.place(&defaults).(type) {
		case *time.Duration:
			one.Unit, one.Default = "seconds", strconv.Itoa(int(place.Seconds()))
		case *int:
			one.Default = strconv.Itoa(*place)
			if strings.HasSuffix(row.name, "Bytes") {
				one.Unit = "bytes"
			}
		case *bool:
			one.Choices = []string{"false", "true"}
			if row.yes != "" {
				one.Choices = []string{row.no, row.yes}
			}
			one.Default = one.Choices[0]
		}
		known = append(known, one)
	}
	return known
}

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
	names := make([]string, 0, len(stageSettings))
	for _, row := range stageSettings {
		if row.name == name {
			return row.set(s, text)
		}
		names = append(names, row.name)
	}
	sort.Strings(names)
	return fmt.Errorf("there is no such setting; there are %s", strings.Join(names, ", "))
}

func (row stageSetting) set(s *StageSettings, text string) error {
	switch place := row.place(s).(type) {
	case *time.Duration:
		return seconds(place, text, row.least, row.most)
	case *int:
		return number(place, text, row.least, row.most)
	case *bool:
		if row.yes == "" {
			return truth(place, text)
		}
		return oneOf(place, text, row.no, row.yes)
	case *[]string:
		*place = strings.Fields(text)
		if row.name == "allowedOrigins" {
			return origins(*place)
		}
	}
	return nil
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

package pasarela_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
)

func TestStageSettingsComeFromTags(t *testing.T) {
	want := pasarela.StageSettings{
		IdleTimeout: 30 * time.Second, ConnectionDuration: 24 * time.Hour, PingInterval: 15 * time.Second,
		MaxFrameBytes: 65536, MaxMessageBytes: 1 << 20, Binary: true, Ordered: true, MaxConnections: 100,
		ResumeWindow: 2 * time.Minute, MailboxMessages: 50, MailboxBytes: 4096, ConnectionTags: true, Durable: true,
		Async: true, AsyncCalls: 4, AsyncDeadline: time.Minute,
		AllowedOrigins: []string{"https://app.example.com", "http://localhost:5173"}, Subprotocols: []string{"chat.v2", "chat.v1"},
	}
	got, err := pasarela.ParseStageSettings(map[string]string{
		"team": "payments", "pasarela:idleTimeoutSeconds": "30", "pasarela:connectionDurationSeconds": "86400",
		"pasarela:pingIntervalSeconds": "15", "pasarela:maxFrameBytes": "65536", "pasarela:maxMessageBytes": "1048576",
		"pasarela:binary": "true", "pasarela:ordered": "true", "pasarela:maxConnections": "100",
		"pasarela:allowedOrigins": "https://app.example.com http://localhost:5173", "pasarela:subprotocols": "chat.v2 chat.v1",
		"pasarela:resumeSeconds": "120", "pasarela:mailboxMessages": "50", "pasarela:mailboxBytes": "4096", "pasarela:connectionTags": "true", "pasarela:delivery": "durable",
		"pasarela:async": "true", "pasarela:asyncCalls": "4", "pasarela:asyncSeconds": "60",
	})
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	got, err = pasarela.ParseStageSettings(nil)
	if diff := cmp.Diff(pasarela.DefaultStageSettings(), got); err != nil || diff != "" {
		t.Errorf("without tags: %v %s", err, diff)
	}
}

func TestStageSettingsSayWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ tag, value, want string }{
		{"idleTimeoutSeconds", "10m", `tag pasarela:idleTimeoutSeconds: "10m" is not a whole number from 1 to 604800`},
		{"idleTimeoutSeconds", "0", "is not a whole number"},
		{"binary", "yes", `tag pasarela:binary: "yes" is neither true nor false`},
		{"idleTimeout", "10", "tag pasarela:idleTimeout: there is no such setting; there are allowedOrigins"},
		{"maxFrameBytes", "1000000", "is longer than the longest message, 131072 (set pasarela:maxMessageBytes)"},
		{"allowedOrigins", "app.example.com", `"app.example.com" is not an origin such as https://app.example.com`},
		{"allowedOrigins", "https://app.example.com/", "is not an origin"},
		{"maxConnections", "-1", "is not a whole number"},
		{"resumeSeconds", "2m", `tag pasarela:resumeSeconds: "2m" is not a whole number from 0 to 86400`},
		{"delivery", "disk", `tag pasarela:delivery: "disk" is neither memory nor durable`},
		{"async", "$connect", `tag pasarela:async: "$connect" is neither true nor false`},
		{"asyncCalls", "65", `tag pasarela:asyncCalls: "65" is not a whole number from 1 to 64`},
		{"asyncSeconds", "1h", "is not a whole number from 1 to 604800"},
		{"mailboxMessages", "0", "is not a whole number from 1 to 100000"},
	} {
		_, err := pasarela.ParseStageSettings(map[string]string{"pasarela:" + c.tag: c.value})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s=%s: got %v, want %q", c.tag, c.value, err, c.want)
		}
	}
}

// What clients are told of the settings is what the parser takes: the default and both
// bounds, and nothing beyond them.
func TestKnownStageSettingsAreWhatIsTaken(t *testing.T) {
	for _, one := range pasarela.KnownStageSettings() {
		taken := append([]string{one.Default}, one.Choices...)
		refused := []string{}
		if one.Most > 0 {
			taken = append(taken, strconv.Itoa(one.Least), strconv.Itoa(one.Most))
			refused = append(refused, strconv.Itoa(one.Least-1), strconv.Itoa(one.Most+1), "x")
		} else if one.Choices != nil {
			refused = append(refused, "x")
		}
		parse := func(text string) error {
			tags := map[string]string{pasarela.TagPrefix + one.Name: text}
			if one.Name == "maxFrameBytes" {
				tags[pasarela.TagPrefix+"maxMessageBytes"] = strconv.Itoa(one.Most)
			}
			_, err := pasarela.ParseStageSettings(tags)
			return err
		}
		for _, text := range taken {
			if one.Name == "maxMessageBytes" && text == strconv.Itoa(one.Least) {
				continue // shorter than the longest frame
			}
			if err := parse(text); err != nil {
				t.Errorf("%s: %v", one.Name, err)
			}
		}
		for _, text := range refused {
			if parse(text) == nil {
				t.Errorf("%s: %q is taken", one.Name, text)
			}
		}
	}
}

package extension_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
)

// Only the last whole minutes count, not older ones and not the current one: a
// history that ended long ago counts nothing.
func TestActivityCountsTheLastWholeMinutes(t *testing.T) {
	h := extension.History{Since: began, EverySeconds: 60, Counters: map[string][]int64{"MessageCount": {1, 20, 300}, "ClientError": {0, 0, 5}}}
	for _, c := range []struct {
		name    string
		minutes int
		after   time.Duration // the history's end
		want    map[string]int64
	}{
		{"the last minute", 1, 0, map[string]int64{"MessageCount": 300, "ClientError": 5}},
		{"the last minute, half a minute later", 1, 30 * time.Second, map[string]int64{"MessageCount": 300, "ClientError": 5}},
		{"two minutes", 2, 30 * time.Second, map[string]int64{"MessageCount": 320, "ClientError": 5}},
		{"an hour", 60, 30 * time.Second, map[string]int64{"MessageCount": 321, "ClientError": 5}},
		{"the end of an hour", 60, 58*time.Minute + 30*time.Second, map[string]int64{"MessageCount": 320, "ClientError": 5}},
		{"long ago", 60, 2 * time.Hour, map[string]int64{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := h.LastCounts(c.minutes, began.Add(3*time.Minute+c.after)); !maps.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

// Who may not read the metrics of a stage does not see what it does.
func TestActivityIsOfStagesThatOneMayRead(t *testing.T) {
	for _, c := range []struct {
		may  []string
		want string
	}{
		{[]string{"arn:aws:apigateway:us-east-1::/pasarela/activity", "arn:aws:apigateway:us-east-1::/pasarela/apis/abcdefghij/stages/prod/metrics"}, `"stages":[{"apiId":"abcdefghij","stage":"prod"`},
		{[]string{"arn:aws:apigateway:us-east-1::/pasarela/activity", "arn:aws:apigateway:us-east-1::/pasarela/apis/abcdefghij/stages/test/metrics"}, `"stages":[]`},
	} {
		d := openAmong(t, cluster())
		d.authorizer.only = c.may
		if status, text, _ := d.ask(t, "GET /pasarela/activity", "", &owner); status != 200 || !strings.Contains(text, c.want) {
			t.Errorf("%v: %d %s, want %s", c.may, status, text, c.want)
		}
	}
}

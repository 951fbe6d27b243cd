package apis

import (
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/accesslog"
)

func (c *check) stageName(name *string) {
	if name == nil {
		return
	}
	c.atMost("stageName", name, 128)
	for _, r := range []byte(*name) {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' {
			c.fail("Invalid member 'stageName': %q may hold letters, digits, hyphens and underscores only.", *name)
		}
	}
}

// stageSettings refuses pasarela's own tags when they would not act.
func (c *check) stageSettings(tags map[string]string) {
	if _, err := pasarela.ParseStageSettings(tags); err != nil {
		c.fail("Invalid member 'tags': %s.", err)
	}
}

func (in *StageFields) check(c *check) {
	c.atMost("description", in.Description, 1024)
	for key, value := range in.StageVariables {
		c.variable(key, value)
	}
	if in.DefaultRouteSettings != nil {
		c.routeSettings("defaultRouteSettings", *in.DefaultRouteSettings)
	}
	for key, settings := range in.RouteSettings {
		c.routeSettings("routeSettings."+key, settings)
	}
	if log := in.AccessLogSettings; log != nil && *log != (pasarela.AccessLogSettings{}) {
		c.accessLog(*log)
	}
}

// variable checks the characters that AWS allows in stage variables.
func (c *check) variable(key, value string) {
	c.atMost("stageVariables", &key, 64)
	c.atMost("stageVariables."+key, &value, 2048)
	for i, r := range []byte(key) {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || (r < '0' || r > '9') && r != '_') {
			c.fail("Invalid member 'stageVariables': the name %q must begin with a letter and hold letters, digits and underscores only.", key)
			return
		}
	}
	for _, r := range value {
		if !strings.ContainsRune("-._~:/?#&=,@%+", r) && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
			c.fail("Invalid member 'stageVariables.%s': the value may hold letters, digits and -._~:/?#&=,@%%+ only, got %q.", key, value)
			return
		}
	}
}

func (c *check) routeSettings(member string, given pasarela.RouteSettings) {
	c.oneOf(member+".loggingLevel", &given.LoggingLevel, pasarela.LoggingOff, pasarela.LoggingError, pasarela.LoggingInfo)
	if given.ThrottlingBurstLimit != nil && *given.ThrottlingBurstLimit < 0 {
		c.fail("Invalid member '%s.throttlingBurstLimit': %d is negative.", member, *given.ThrottlingBurstLimit)
	}
	if given.ThrottlingRateLimit != nil && !(*given.ThrottlingRateLimit >= 0) {
		c.fail("Invalid member '%s.throttlingRateLimit': %g is negative.", member, *given.ThrottlingRateLimit)
	}
}

func (c *check) accessLog(log pasarela.AccessLogSettings) {
	if _, err := accesslog.Compile(log.Format); err != nil && c.err == nil {
		c.err = err
	}
	if _, err := accesslog.Destination(log.DestinationARN); err != nil {
		c.fail("Invalid member 'accessLogSettings.destinationArn': %s.", err)
	}
}

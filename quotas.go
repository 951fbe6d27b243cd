package pasarela

import "time"

// AWS's default quotas for what a client's bytes go through (aws-dataplane §11). Each
// is defined only here. Where a stage's tag or a setting may change one, it is the
// default of the field of [StageSettings] or of the setting.
const (
	// MaxFrameBytes is the payload of the longest frame, in and out (aws-dataplane §1.9,
	// aws-dataplane §1.10).
	MaxFrameBytes = 32 << 10
	// MaxMessageBytes is the longest message over all its frames (aws-dataplane §1.9), and
	// the longest body of a post to a connection (aws-dataplane §8.2).
	MaxMessageBytes = 128 << 10
	// IdleTimeout and ConnectionDuration end a connection with 1001 (aws-dataplane §1.11).
	IdleTimeout        = 10 * time.Minute
	ConnectionDuration = 2 * time.Hour

	// MinTimeoutInMillis and MaxTimeoutInMillis bound Integration.TimeoutInMillis on a
	// WebSocket API; the upper one is also the default (aws-dataplane §4.9).
	MinTimeoutInMillis = 50
	MaxTimeoutInMillis = 29000
	// MaxIntegrationTime is MaxTimeoutInMillis as a duration.
	MaxIntegrationTime = MaxTimeoutInMillis * time.Millisecond

	// AccountRate and AccountBurst throttle all requests of an account in one region,
	// ConnectionRate its new connections: a second.
	AccountRate    = 10_000
	AccountBurst   = 5_000
	ConnectionRate = 500
)

package stage

import (
	"errors"
	"fmt"

	"github.com/pasarela-ws/pasarela/internal/engine/accesslog"
)

// Lines takes whole lines and never blocks.
type Lines interface{ Write(lines []byte) }

// AccessLog is the destination and format of a stage's access log, one row for each
// event.
type AccessLog struct {
	Format *accesslog.Format
	Lines  Lines
}

// accessLog compiles the stage's access log; nil when it keeps none.
func (c *compiler) accessLog() (*AccessLog, error) {
	settings := c.source.AccessLogSettings
	if settings == nil || settings.Format == "" && settings.DestinationARN == "" {
		return nil, nil
	}
	format, err := accesslog.Compile(settings.Format)
	if err != nil {
		return nil, err
	}
	if _, err := accesslog.Destination(settings.DestinationARN); err != nil {
		return nil, fmt.Errorf("destinationArn: %w", err)
	}
	if c.accessLogs == nil {
		return nil, errors.New("this server writes no access logs")
	}
	lines, err := c.accessLogs(settings.DestinationARN)
	if err != nil {
		return nil, err
	}
	return &AccessLog{format, lines}, nil
}

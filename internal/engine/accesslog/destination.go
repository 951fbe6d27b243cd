package accesslog

import (
	"fmt"
	"regexp"
	"strings"
)

// Names of destinations: those of log groups, which may have 512 characters, and of
// delivery streams.
var (
	groupForm  = regexp.MustCompile(`^arn:aws[a-z-]*:logs:[a-z0-9-]*:[0-9]*:log-group:([A-Za-z0-9._/#-]{1,512})(?::\*)?$`)
	streamForm = regexp.MustCompile(`^arn:aws[a-z-]*:firehose:[a-z0-9-]*:[0-9]*:deliverystream/([A-Za-z0-9_.-]{1,64})$`)
)

// maxParts bounds how deep the parts of a log group's name may nest: each is a
// folder of this server's disk.
const maxParts = 16

// Destination is the name of the log group or delivery stream that a stage's
// accessLogSettings.destinationArn stands for.
func Destination(arn string) (name string, err error) {
	match := groupForm.FindStringSubmatch(arn)
	if match == nil {
		match = streamForm.FindStringSubmatch(arn)
	}
	if match == nil {
		return "", fmt.Errorf("%q is neither the ARN of a log group (arn:aws:logs:{region}:{account}:log-group:{name}) nor of a delivery stream (arn:aws:firehose:{region}:{account}:deliverystream/{name})", arn)
	}
	parts := strings.Split(strings.TrimPrefix(match[1], "/"), "/")
	if len(parts) > maxParts {
		return "", fmt.Errorf("%q: the name has %d parts between slashes, at most %d are taken", arn, len(parts), maxParts)
	}
	for _, part := range parts {
		if strings.Trim(part, ".") == "" || len(part) > 128 {
			return "", fmt.Errorf("%q: a part of the name between slashes is empty, all dots, or longer than 128 characters", arn)
		}
	}
	return match[1], nil
}

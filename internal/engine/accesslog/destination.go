package accesslog

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// Names of log groups, which may have 512 characters, and of delivery streams.
var (
	groupName  = regexp.MustCompile(`^[A-Za-z0-9._/#-]{1,512}$`)
	streamName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)
)

// maxParts bounds how deep the parts of a log group's name may nest: each is a
// folder of this server's disk.
const maxParts = 16

// Destination is the name of the log group or delivery stream that a stage's
// accessLogSettings.destinationArn stands for.
func Destination(arn string) (name string, err error) {
	if name = nameOf(arn); name == "" {
		return "", fmt.Errorf("%q is neither the ARN of a log group (arn:aws:logs:{region}:{account}:log-group:{name}) nor of a delivery stream (arn:aws:firehose:{region}:{account}:deliverystream/{name})", arn)
	}
	parts := strings.Split(strings.TrimPrefix(name, "/"), "/")
	if len(parts) > maxParts {
		return "", fmt.Errorf("%q: the name has %d parts between slashes, at most %d are taken", arn, len(parts), maxParts)
	}
	for _, part := range parts {
		if strings.Trim(part, ".") == "" || len(part) > 128 {
			return "", fmt.Errorf("%q: a part of the name between slashes is empty, all dots, or longer than 128 characters", arn)
		}
	}
	return name, nil
}

// nameOf is the name of the log group or delivery stream that an ARN names, or "". Region
// and account in the ARN are not used: all log groups are files of this server.
func nameOf(text string) string {
	arn, ok := pasarela.ParseARN(text)
	if !ok || !pasarela.IsPartition(arn.Partition) {
		return ""
	}
	switch arn.Service {
	case "logs":
		if name, ok := strings.CutPrefix(arn.Resource, "log-group:"); ok {
			if name = strings.TrimSuffix(name, ":*"); groupName.MatchString(name) { // the console copies it with :*
				return name
			}
		}
	case "firehose":
		if name, ok := strings.CutPrefix(arn.Resource, "deliverystream/"); ok && streamName.MatchString(name) {
			return name
		}
	}
	return ""
}

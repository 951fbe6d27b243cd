package integration

import (
	"strings"

	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
)

// Headers that the gateway alone sets: a mapping to one of them makes every call
// fail (aws-dataplane §4.2 rule 7).
var (
	reservedHTTP = []string{"content-length", "transfer-encoding", "x-amzn-trace-id", "x-amzn-apigateway-api-id"}
	reservedAWS  = []string{"authorization", "connection", "expect", "proxy-authenticate", "te"}
)

// Client headers that are never sent to an HTTP_PROXY backend (aws-dataplane §4.5).
// Sec-WebSocket-* is our choice: in a request without Upgrade it makes servers respond
// with 400 (A-GATEWAY-5).
var withheld = map[string]bool{
	"connection": true, "upgrade": true, "content-length": true, "content-md5": true, "expect": true,
	"max-forwards": true, "proxy-authenticate": true, "proxy-authorization": true, "proxy-connection": true,
	"keep-alive": true, "server": true, "te": true, "transfer-encoding": true,
	"trailer": true, "www-authenticate": true, "host": true, "content-encoding": true, "via": true,
}

func contains(list []string, name string) bool {
	for _, item := range list {
		if strings.EqualFold(item, name) {
			return true
		}
	}
	return false
}

// mayPass says whether a header of the handshake goes to an HTTP_PROXY backend.
func mayPass(pair event.Pair) bool {
	name := strings.ToLower(pair.Name)
	if withheld[name] || strings.HasPrefix(name, "sec-websocket-") || strings.HasPrefix(name, "x-amzn-") {
		return false
	}
	return name != "authorization" || !strings.HasPrefix(pair.Value, "AWS4-HMAC-SHA256")
}

// passHeaders copies the handshake's headers; repeated ones are joined (aws-dataplane §4.5).
func passHeaders(call *backend.Call, header []event.Pair) {
	for i, pair := range header {
		if !mayPass(pair) || containsName(header[:i], pair.Name) {
			continue
		}
		value := pair.Value
		for _, later := range header[i+1:] {
			if strings.EqualFold(later.Name, pair.Name) {
				value += "," + later.Value
			}
		}
		call.SetHeader(pair.Name, value)
	}
}

func containsName(pairs []event.Pair, name string) bool {
	for _, pair := range pairs {
		if strings.EqualFold(pair.Name, name) {
			return true
		}
	}
	return false
}

// Secrets are masked in logs but for their last characters (aws-dataplane §10.5).
func secret(name []byte) bool {
	return strings.EqualFold(string(name), "authorization") || strings.EqualFold(string(name), "x-api-key") ||
		strings.EqualFold(string(name), "cookie") || strings.EqualFold(string(name), "x-amz-security-token")
}

// appendHeaders writes headers as AWS's log does: {K=V, K2=V2}.
func appendHeaders(dst []byte, each func(visit func(name, value []byte))) []byte {
	dst = append(dst, '{')
	first := true
	each(func(name, value []byte) {
		if !first {
			dst = append(dst, ", "...)
		}
		first = false
		dst = append(append(dst, name...), '=')
		if !secret(name) {
			dst = append(dst, value...)
			return
		}
		shown := min(6, len(value)/4)
		for range len(value) - shown {
			dst = append(dst, '*')
		}
		dst = append(dst, value[len(value)-shown:]...)
	})
	return append(dst, '}')
}

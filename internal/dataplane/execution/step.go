package execution

import (
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// Step is one thing that happened during an execution. A step has only what varies (a
// URI, a body, a status); its log line is made when it is read.
type Step uint8

// Steps, in the order in which they occur.
const (
	StepUsagePlan       Step = iota + 1 // API stage
	StepNoKeyRequired                   // route key
	StepKeyAccepted                     // API key's id
	StepRoute                           // route key
	StepConnecting                      // "userAgent, SourceIp: ip"
	StepMessage                         // the message; empty without data trace
	StepAuthorizer                      // authorizer's id or type
	StepIdentity                        // identity sources, masked
	StepAuthorizerCall                  // URI
	StepAuthorizerBody                  // result before parsing
	StepAuthorized                      // principal
	StepStatement                       // the statement that decided
	StepModel                           // name of the model that was applied
	StepTemplate                        // key of the request template
	StepRequestURI                      // endpoint request URI
	StepRequestHeaders                  // {K=V, K2=V2}
	StepRequestBody                     // body after transformations
	StepSending                         // empty: to the request URI
	StepReceived                        // "status, latency in ms"
	StepResponseHeaders                 // {K=V}
	StepResponseBody                    // body before transformations
	StepEndpointRequest                 // x-amzn-RequestId of AWS's answer
	StepSelection                       // response key chosen, of those there are
	StepReply                           // what the client was sent
	StepFailure                         // AWS's line
	StepConnected                       // API id
	StepSent                            // status
	StepDisconnected                    // "integration response status code [200]. Close reason: [1001: Going away]"
	StepPush                            // "POST 26 bytes: 200"
	StepRefused                         // status and body of a refused handshake
	StepNote                            // anything else, as it is
	StepEnded                           // who ended the connection, and how

	steps
)

// stepNames are the lines of AWS's execution log; %s is the step's text. Steps without
// one are pasarela's own and appear in explanations only.
var stepNames = [steps]string{
	StepUsagePlan:       "Verifying Usage Plan for request: %r. API Key:  API Stage: %s",
	StepNoKeyRequired:   "API Key  authorized because route '%s' does not require API Key. Request will not contribute to throttle or quota limits",
	StepKeyAccepted:     "Usage Plan check succeeded for API Key %s and API Stage %a",
	StepRoute:           "WebSocket Request Route: [%s]",
	StepConnecting:      "Client [UserAgent: %s] is connecting to WebSocket API [%i].",
	StepMessage:         "WebSocket API [%i] received message from client [Connection Id: %c]. Message: [%s]",
	StepAuthorizer:      "Starting authorizer: %s for request: %r",
	StepIdentity:        "Incoming identity: %s",
	StepAuthorizerCall:  "Endpoint request URI: %s",
	StepAuthorizerBody:  "Authorizer result body before parsing: %s",
	StepAuthorized:      "Using valid authorizer policy for principal: %s",
	StepRequestURI:      "Endpoint request URI: %s",
	StepRequestHeaders:  "Endpoint request headers: %s",
	StepRequestBody:     "Endpoint request body after transformations: %s",
	StepSending:         "Sending request to %s",
	StepReceived:        "Received response. Status: %s ms",
	StepResponseHeaders: "Endpoint response headers: %s",
	StepResponseBody:    "Endpoint response body before transformations: %s",
	StepEndpointRequest: "AWS Integration Endpoint RequestId : %s",
	StepFailure:         "%s",
	StepConnected:       "Client [Connection Id: %c] connected to API [%i] successfully.",
	StepSent:            "Message from client [Connection Id: %c] sent to API [%i] with response status code [%s].",
	StepDisconnected:    "Client [Connection Id: %c] disconnected from API [%i]%s",
	StepPush:            "Connection API request %s",
}

// stepTexts are the texts of steps in explanations: in English AWS's lines where there are any. A
// step that has a message uses the message's own words.
var stepTexts = [steps]language.Cause{
	StepUsagePlan: language.LogUsagePlan, StepNoKeyRequired: language.LogNoKeyRequired, StepKeyAccepted: language.LogKeyAccepted,
	StepRoute: language.LogRoute, StepConnecting: language.LogConnecting, StepMessage: language.LogMessage,
	StepAuthorizer: language.LogAuthorizer, StepIdentity: language.LogIdentity, StepAuthorizerCall: language.LogAuthorizerCall,
	StepAuthorizerBody: language.LogAuthorizerBody, StepAuthorized: language.LogAuthorized,
	StepModel: language.StepModel, StepTemplate: language.StepTemplate,
	StepRequestURI: language.LogRequestURI, StepRequestHeaders: language.LogRequestHeaders, StepRequestBody: language.LogRequestBody,
	StepSending: language.LogSending, StepReceived: language.LogReceived,
	StepResponseHeaders: language.LogResponseHeaders, StepResponseBody: language.LogResponseBody, StepEndpointRequest: language.LogEndpointRequest,
	StepReply: language.StepReply, StepFailure: language.LogFailure, StepConnected: language.LogConnected, StepSent: language.LogSent,
	StepDisconnected: language.LogDisconnected, StepPush: language.LogPush, StepRefused: language.StepRefused,
}

// said is a step that has no words of its own, with its text and the names of the entry.
func (e *Entry) said(said language.Cause, text string) language.Message {
	status, millis, _ := strings.Cut(text, receivedLatency)
	args := make([]string, 0, len(said.Names()))
	for _, name := range said.Names() {
		value := text
		switch name {
		case "request":
			value = e.RequestID
		case "connection":
			value = e.ConnectionID
		case "api":
			value = e.APIID
		case "stage":
			value = e.Stage
		case "status":
			value = status
		case "millis":
			value = millis
		}
		args = append(args, value)
	}
	if said == language.LogDisconnected {
		return said.Because(closed(text), args...)
	}
	return said.Of(args...)
}

// closed reads the text of [StepDisconnected].
func closed(text string) language.Message {
	answered, why, _ := strings.Cut(text, ". Close reason: [")
	why = strings.TrimSuffix(why, "]")
	if status, ok := strings.CutPrefix(answered, " with integration response status code ["); ok {
		return language.LogClosedAnswered.Of(strings.TrimSuffix(status, "]"), why)
	}
	return language.LogClosed.Of(why)
}

// receivedLatency stands between the two numbers of [StepReceived].
const receivedLatency = ", Integration latency: "

// traced says which steps need data trace besides the logging level INFO.
func (s Step) traced() bool {
	switch s {
	case StepRequestHeaders, StepRequestBody, StepResponseHeaders, StepResponseBody, StepAuthorizerBody:
		return true
	}
	return false
}

// Phase says on what an execution spends the time from this step to the next:
// "gateway", "authorizer", "request" (making the request of the integration), "backend",
// "response" (making an answer of the backend's) or "client".
func (s Step) Phase() string {
	switch {
	case s == StepSending:
		return "backend"
	case s >= StepAuthorizer && s <= StepStatement:
		return "authorizer"
	case s >= StepTemplate && s <= StepRequestBody:
		return "request"
	case s >= StepReceived && s <= StepSelection:
		return "response"
	case s == StepReply || s >= StepConnected && s <= StepRefused:
		return "client"
	}
	return "gateway"
}

// appendStepName fills the step's text and the record's names into pattern.
func appendStepName(dst []byte, pattern, text string, e *Entry) []byte {
	for {
		before, after, found := strings.Cut(pattern, "%")
		dst = append(dst, before...)
		if !found {
			return dst
		}
		switch after[0] {
		case 's':
			dst = append(dst, text...)
		case 'r':
			dst = append(dst, e.RequestID...)
		case 'c':
			dst = append(dst, e.ConnectionID...)
		case 'i':
			dst = append(dst, e.APIID...)
		case 'a':
			dst = append(append(append(dst, e.APIID...), '/'), e.Stage...)
		}
		pattern = after[1:]
	}
}

// Received formats status and latency for [StepReceived].
func Received(dst []byte, status int, milliseconds int64) []byte {
	dst = strconv.AppendInt(dst, int64(status), 10)
	dst = append(dst, receivedLatency...)
	return strconv.AppendInt(dst, milliseconds, 10)
}

package execution

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// ResponseType is the value of $context.error.responseType (aws-dataplane §9).
type ResponseType string

// Response types that WebSocket APIs use.
const (
	AccessDenied                 ResponseType = "ACCESS_DENIED"
	APIConfigurationError        ResponseType = "API_CONFIGURATION_ERROR"
	AuthorizerConfigurationError ResponseType = "AUTHORIZER_CONFIGURATION_ERROR"
	AuthorizerFailure            ResponseType = "AUTHORIZER_FAILURE"
	BadRequestParameters         ResponseType = "BAD_REQUEST_PARAMETERS"
	BadRequestBody               ResponseType = "BAD_REQUEST_BODY"
	Default4XX                   ResponseType = "DEFAULT_4XX"
	Default5XX                   ResponseType = "DEFAULT_5XX"
	ExpiredToken                 ResponseType = "EXPIRED_TOKEN"
	IntegrationFailure           ResponseType = "INTEGRATION_FAILURE"
	IntegrationTimeout           ResponseType = "INTEGRATION_TIMEOUT"
	InvalidAPIKey                ResponseType = "INVALID_API_KEY"
	InvalidSignature             ResponseType = "INVALID_SIGNATURE"
	MissingAuthenticationToken   ResponseType = "MISSING_AUTHENTICATION_TOKEN"
	QuotaExceeded                ResponseType = "QUOTA_EXCEEDED"
	Throttled                    ResponseType = "THROTTLED"
	Unauthorized                 ResponseType = "UNAUTHORIZED"
	UnsupportedMediaType         ResponseType = "UNSUPPORTED_MEDIA_TYPE"
)

// GatewayError is why an execution failed. Clients see Status (handshake) and Message;
// operators see LogLine and Cause.
type GatewayError struct {
	ResponseType     ResponseType
	Status           int
	Code             pasarela.ErrorCode // x-amzn-ErrorType, where it is shown
	Message          string
	LogLine          string           // AWS's line in the execution log, without the request id
	Cause            language.Message // what went wrong and the field to change, for `pasarela explain`
	ValidationErrors string           // $context.error.validationErrorString
	OfBackend        bool             // the backend was away, did not answer or failed: an IntegrationError, whatever its type
	Undelivered      bool             // the backend has not taken the event: a $disconnect is tried again
	Silent           bool             // one-way routes send the client no error frame (aws-dataplane §3.2)
}

func (e *GatewayError) Error() string {
	text := string(e.ResponseType) + " " + strconv.Itoa(e.Status) + ": " + e.Message
	if e.LogLine != "" {
		text += ": " + e.LogLine
	}
	return text
}

// Texts that several errors share.
const (
	textInternal = "Internal server error"
	textTimeout  = "Endpoint request timed out"

	textUnavailable = "Service Unavailable"
)

const configurationError = "Execution failed due to configuration error: "

// Internal is a failure of this server itself, which nobody can mend by a change of the
// API (A-GATEWAY-60). cause says what failed.
func Internal(cause language.Message) *GatewayError {
	return &GatewayError{
		ResponseType: Default5XX, Status: http.StatusInternalServerError,
		Code: pasarela.CodeInternal, Message: textInternal, LogLine: "Execution failed due to an internal error", Cause: cause,
	}
}

// Misconfigured is a fault of the API's own configuration. line follows AWS's
// "Execution failed due to configuration error: "; cause names the field to change.
func Misconfigured(line string, cause language.Message) *GatewayError {
	return &GatewayError{
		ResponseType: APIConfigurationError, Status: http.StatusInternalServerError,
		Code: pasarela.CodeInternal, Message: textInternal, LogLine: configurationError + line, Cause: cause,
	}
}

// TimedOut is an integration that did not answer within timeoutInMillis.
func TimedOut(cause language.Message) *GatewayError {
	return &GatewayError{
		ResponseType: IntegrationTimeout, OfBackend: true, Status: http.StatusGatewayTimeout, Code: pasarela.CodeInternal,
		Message: textTimeout, LogLine: "Execution failed due to a timeout error", Cause: cause,
	}
}

// Unreachable is a backend that could not be connected to, closed the connection early,
// or did not respond with HTTP.
func Unreachable(cause language.Message) *GatewayError {
	return &GatewayError{
		ResponseType: IntegrationFailure, OfBackend: true, Status: http.StatusGatewayTimeout, Code: pasarela.CodeInternal,
		Message: textInternal, LogLine: "Execution failed due to a network error communicating with endpoint", Cause: cause,
	}
}

// Overloaded is a backend with as many waiting calls as allowed (A-GATEWAY-30), or a
// gateway that is stopping.
func Overloaded(cause language.Message) *GatewayError {
	return &GatewayError{
		ResponseType: IntegrationFailure, OfBackend: true, Status: http.StatusServiceUnavailable, Code: pasarela.CodeServiceUnavailable,
		Message: textUnavailable, LogLine: "Execution failed because too many calls wait for the endpoint", Cause: cause,
	}
}

// Failed is a Lambda function that ended with an error: 502 on $connect.
func Failed(line string, cause language.Message) *GatewayError {
	return &GatewayError{
		ResponseType: IntegrationFailure, OfBackend: true, Status: http.StatusBadGateway, Code: pasarela.CodeInternal,
		Message: textInternal, LogLine: line, Cause: cause,
	}
}

// Refused is an answer of the gateway itself with a status of the 4xx.
func Refused(kind ResponseType, status int, code pasarela.ErrorCode, message, line string, cause language.Message) *GatewayError {
	return &GatewayError{ResponseType: kind, Status: status, Code: code, Message: message, LogLine: line, Cause: cause}
}

// RouteNotFound is a message that selects no route where there is no $default
// (aws-dataplane §2.4).
func RouteNotFound(key string, cause language.Message) *GatewayError {
	return Refused(AccessDenied, http.StatusForbidden, pasarela.CodeForbidden, "Forbidden",
		"No route matches key ["+key+"] and there is no $default route", cause)
}

// TooManyRequests is a throttle that had no token left.
func TooManyRequests(cause language.Message) *GatewayError {
	return Refused(Throttled, http.StatusTooManyRequests, pasarela.CodeTooManyRequests, "Too Many Requests",
		"Execution failed due to throttling: Rate exceeded", cause)
}

// InvalidBody is a message that its model refuses; details are the validator's.
func InvalidBody(details string, cause language.Message) *GatewayError {
	e := Refused(BadRequestBody, http.StatusBadRequest, pasarela.CodeBadRequest, "Invalid request body",
		"Request body does not match model schema for content type application/json: "+details, cause)
	e.ValidationErrors = details
	return e
}

// AppendFrame writes the error frame, exact to the byte (aws-dataplane §2.6).
func (e *GatewayError) AppendFrame(dst []byte, connectionID, requestID string) []byte {
	dst = append(dst, `{"message": `...)
	dst = e.AppendMessageString(dst)
	dst = append(dst, `, "connectionId":"`...)
	dst = append(dst, connectionID...)
	dst = append(dst, `", "requestId":"`...)
	dst = append(dst, requestID...)
	return append(dst, `"}`...)
}

// AppendMessageString writes $context.error.messageString: the message in
// quotes, or null where AWS has none.
func (e *GatewayError) AppendMessageString(dst []byte) []byte {
	if e.Message == "" {
		return append(dst, "null"...)
	}
	return AppendQuoted(dst, e.Message)
}

// AppendQuoted writes text as a JSON string.
func AppendQuoted(dst []byte, text string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for _, r := range strings.ToValidUTF8(text, "\ufffd") {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[r>>4], hex[r&0x0f])
		default:
			dst = append(dst, string(r)...)
		}
	}
	return append(dst, '"')
}

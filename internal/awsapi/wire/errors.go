package wire

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"net/http"
	"strconv"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/sigv4"
)

// Codes that the wire itself responds with.
const (
	// CodeSerialization is a body that is not the JSON it should be, in
	// operations that model no BadRequestException.
	CodeSerialization pasarela.ErrorCode = "SerializationException"
	// CodeUnknownOperation is a path and verb that no operation has.
	CodeUnknownOperation pasarela.ErrorCode = "UnknownOperationException"
	// CodeRequestTimeout is a body that did not come in its time; the SDKs try again.
	CodeRequestTimeout pasarela.ErrorCode = "RequestTimeoutException"
)

const textInternal = "Internal server error. The request id of this answer stands in the server's log beside the cause."

// textUnavailable stands for [pasarela.ErrUnavailable] (A-APIS-18).
const textUnavailable = "The server's store does not answer for now. A change that was asked for may have been made or not: look, and try again. " +
	"GET /ready on the server says why."

// retryAfter sets the header that says when to come again.
func retryAfter(h http.Header, status int) {
	switch status {
	case http.StatusTooManyRequests:
		h.Set("Retry-After", "1")
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", "2")
	}
}

// ErrorResponse is an error as the wire carries it, in whichever protocol.
type ErrorResponse struct {
	Status  int
	Code    string
	Message string
}

// RESTErrorResponse spells err for the rest-json services. Anything that is neither a
// [pasarela.Error] nor a [sigv4.Error] is an internal error whose text stays here.
func RESTErrorResponse(err error) ErrorResponse {
	var signature *sigv4.Error
	if errors.As(err, &signature) {
		a := signature.RESTJSON()
		return ErrorResponse{a.Status, a.Code, a.Message}
	}
	var known *pasarela.Error
	if errors.As(err, &known) && known.Code != pasarela.CodeInternal {
		return ErrorResponse{restStatus(known.Code), string(known.Code), known.Message}
	}
	if errors.Is(err, pasarela.ErrUnavailable) {
		return ErrorResponse{http.StatusServiceUnavailable, string(pasarela.CodeServiceUnavailable), textUnavailable}
	}
	return ErrorResponse{http.StatusInternalServerError, string(pasarela.CodeInternal), textInternal}
}

// restStatus is the HTTP status of an error code in the rest-json protocol, as the
// services' models say; 400 for all others.
func restStatus(code pasarela.ErrorCode) int {
	switch code {
	case pasarela.CodeNotFound, "ResourceNotFoundException":
		return http.StatusNotFound
	case pasarela.CodeConflict, "ResourceConflictException":
		return http.StatusConflict
	case "PreconditionFailedException":
		return http.StatusPreconditionFailed
	case "ServiceException":
		return http.StatusInternalServerError
	case pasarela.CodeGone:
		return http.StatusGone
	case pasarela.CodePayloadTooLarge, "RequestTooLargeException":
		return http.StatusRequestEntityTooLarge
	case CodeRequestTimeout:
		return http.StatusRequestTimeout
	case pasarela.CodeTooManyRequests, pasarela.CodeLimitExceeded:
		return http.StatusTooManyRequests
	case pasarela.CodeAccessDenied, pasarela.CodeForbidden:
		return http.StatusForbidden
	case pasarela.CodeServiceUnavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusBadRequest
}

// WriteRESTError writes err in the rest-json protocol and returns what it
// answered, for the log. Clients read the code from the header alone
// (aws-controlplane §2.1); a GoneException has no body at all (aws-controlplane §4), and an
// AccessDeniedException spells its key Message with a capital.
func WriteRESTError(w http.ResponseWriter, err error) ErrorResponse {
	a := RESTErrorResponse(err)
	w.Header().Set("X-Amzn-Errortype", a.Code)
	retryAfter(w.Header(), a.Status)
	if a.Code == string(pasarela.CodeGone) {
		w.Header().Set("Content-Length", "0")
		w.WriteHeader(a.Status)
		return a
	}
	key := "message"
	if a.Code == string(pasarela.CodeAccessDenied) {
		key = "Message"
	}
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(map[string]string{key: a.Message}) // strings always encode
	writeJSON(w, a.Status, bytes.TrimSuffix(body.Bytes(), []byte("\n")))
	return a
}

func writeJSON(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client is gone: nothing to tell it
}

// QueryErrorResponse spells err for the query services. Their codes have no suffix.
func QueryErrorResponse(err error) ErrorResponse {
	var signature *sigv4.Error
	if errors.As(err, &signature) {
		a := signature.Query()
		return ErrorResponse{a.Status, a.Code, a.Message}
	}
	var known *pasarela.Error
	if errors.As(err, &known) && known.Code != pasarela.CodeInternal {
		code := known.Code
		if code == pasarela.CodeAccessDenied {
			code = "AccessDenied"
		}
		return ErrorResponse{queryStatus(code), string(code), known.Message}
	}
	if errors.Is(err, pasarela.ErrUnavailable) {
		return ErrorResponse{http.StatusServiceUnavailable, "ServiceUnavailable", textUnavailable}
	}
	return ErrorResponse{http.StatusInternalServerError, "ServiceFailure", textInternal}
}

// queryStatus is the HTTP status of an error code in the query protocol, as the services'
// models say; 400 for all others.
func queryStatus(code pasarela.ErrorCode) int {
	switch code {
	case "NoSuchEntity", "ChangeSetNotFound":
		return http.StatusNotFound
	case "EntityAlreadyExists", "DeleteConflict", "LimitExceeded", "ConcurrentModification", "EntityTemporarilyUnmodifiable":
		return http.StatusConflict
	case "AccessDenied":
		return http.StatusForbidden
	case "Throttling":
		return http.StatusTooManyRequests
	case pasarela.CodeServiceUnavailable:
		return http.StatusServiceUnavailable
	case CodeRequestTimeout:
		return http.StatusRequestTimeout
	}
	return http.StatusBadRequest
}

// failed says whether an answer is a fault of this server, which its operator should
// see. What clients do wrong anybody could make as often as they like, and a lack of
// memory for bodies is counted by [Bodies].
func failed(a ErrorResponse) bool {
	return a.Status >= http.StatusInternalServerError && a.Status != http.StatusServiceUnavailable
}

// queryError is the answer of the query protocol to a call that failed.
type queryError struct {
	XMLName   xml.Name `xml:"ErrorResponse"`
	Namespace string   `xml:"xmlns,attr"`
	Type      string   `xml:"Error>Type"`
	Code      string   `xml:"Error>Code"`
	Message   string   `xml:"Error>Message"`
	RequestID string   `xml:"RequestId"`
}

// WriteQueryError writes err in the query protocol and returns what it
// answered, for the log.
func WriteQueryError(w http.ResponseWriter, namespace, requestID string, err error) ErrorResponse {
	a := QueryErrorResponse(err)
	doc := queryError{Namespace: namespace, Type: "Sender", Code: a.Code, Message: a.Message, RequestID: requestID}
	if a.Status >= http.StatusInternalServerError {
		doc.Type = "Receiver"
	}
	retryAfter(w.Header(), a.Status)
	body, _ := xml.Marshal(doc) // strings always encode
	w.Header().Set("Content-Type", "text/xml")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(a.Status)
	_, _ = w.Write(body)
	return a
}

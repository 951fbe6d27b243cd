package pasarela

import (
	"errors"
	"fmt"
	"strings"
)

// ErrorCode is AWS's name of an error; each protocol adds its HTTP status and
// encoding.
type ErrorCode string

// Error codes of apigatewayv2 and of the v1 operations.
const (
	CodeBadRequest         ErrorCode = "BadRequestException"
	CodeNotFound           ErrorCode = "NotFoundException"
	CodeConflict           ErrorCode = "ConflictException"
	CodeTooManyRequests    ErrorCode = "TooManyRequestsException"
	CodeAccessDenied       ErrorCode = "AccessDeniedException"
	CodeForbidden          ErrorCode = "ForbiddenException"
	CodeGone               ErrorCode = "GoneException"
	CodePayloadTooLarge    ErrorCode = "PayloadTooLargeException"
	CodeLimitExceeded      ErrorCode = "LimitExceededException"
	CodeInternal           ErrorCode = "InternalServerErrorException"
	CodeServiceUnavailable ErrorCode = "ServiceUnavailableException"
)

// Error is what a service returns when it cannot do what was asked. Message is
// for the caller and says what was wrong and where; Cause is for the operator's
// log and never leaves the server.
type Error struct {
	Code    ErrorCode
	Message string
	Cause   error
}

func (e *Error) Error() string {
	text := string(e.Code) + ": " + e.Message
	if e.Cause == nil {
		return text
	}
	cause := e.Cause.Error()
	if strings.HasPrefix(e.Message, cause) { // the caller is told the cause itself
		return text
	}
	return text + ": " + cause
}

func (e *Error) Unwrap() error { return e.Cause }

// CodeOf is the code of the [Error] that err is or wraps; empty if there is none.
func CodeOf(err error) ErrorCode {
	var known *Error
	if errors.As(err, &known) {
		return known.Code
	}
	return ""
}

// MessageOf is what err says to a caller: the message of the [Error] that it is or wraps,
// without code and cause; else all of its text.
func MessageOf(err error) string {
	var known *Error
	if errors.As(err, &known) {
		return known.Message
	}
	return err.Error()
}

// Errorf makes an [Error] of that code with a formatted message. It is not inlined: hundreds of
// calls, all on the way to a failure, would make programs larger.
//
//go:noinline
func Errorf(code ErrorCode, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

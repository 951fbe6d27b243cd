package stack

import (
	"errors"
	"fmt"

	"github.com/pasarela-ws/pasarela"
)

// Codes of CloudFormation.
const (
	CodeValidation             pasarela.ErrorCode = "ValidationError"
	CodeAlreadyExists          pasarela.ErrorCode = "AlreadyExistsException"
	CodeChangeSetNotFound      pasarela.ErrorCode = "ChangeSetNotFound"
	CodeInvalidChangeSetStatus pasarela.ErrorCode = "InvalidChangeSetStatus"
	CodeInsufficient           pasarela.ErrorCode = "InsufficientCapabilitiesException"
)

func invalid(format string, args ...any) error {
	return pasarela.Errorf(CodeValidation, format, args...)
}

func noStack(name string) error { return invalid("Stack [%s] does not exist", name) }

// isUnavailable says of an error that the store did not answer, so that nobody knows yet
// whether what was asked for is done.
func isUnavailable(err error) bool { return errors.Is(err, pasarela.ErrUnavailable) }

// validation makes a ValidationError of what was wrong with a template; errors with a
// code of their own pass.
func validation(err error) error {
	var known *pasarela.Error
	if err == nil || errors.As(err, &known) || isUnavailable(err) {
		return err
	}
	return invalid("%s", err)
}

// handlerReason is a failed call as CloudFormation shows it in an event: the service's
// sentence, then what a program may look for (aws-controlplane §12.1).
func handlerReason(err error) string {
	var nested embedded
	if errors.As(err, &nested) {
		return string(nested)
	}
	var known *pasarela.Error
	if !errors.As(err, &known) {
		return fmt.Sprintf("Resource handler returned message: %q (HandlerErrorCode: InternalFailure)", err)
	}
	message := known.Message
	if known.Code == pasarela.CodeInternal {
		message = "Internal failure; the server's log has the cause."
	}
	return fmt.Sprintf("Resource handler returned message: \"%s (Error Code: %s)\" (HandlerErrorCode: %s)", message, known.Code, handlerCode(known.Code))
}

func handlerCode(code pasarela.ErrorCode) string {
	switch code {
	case pasarela.CodeNotFound, "NoSuchEntity", "ResourceNotFoundException":
		return "NotFound"
	case pasarela.CodeConflict, "EntityAlreadyExists", "AlreadyExistsException", "ResourceConflictException":
		return "AlreadyExists"
	case pasarela.CodeAccessDenied:
		return "AccessDenied"
	case pasarela.CodeTooManyRequests, "Throttling":
		return "Throttling"
	case pasarela.CodeLimitExceeded, "LimitExceeded":
		return "ServiceLimitExceeded"
	case pasarela.CodeInternal:
		return "InternalFailure"
	}
	return "InvalidRequest"
}

func insufficient(text string) error { return pasarela.Errorf(CodeInsufficient, "%s", text) }

// sentence makes an error of a sentence that people read, as CloudFormation writes it:
// with a capital and a full stop where it has them.
func sentence(format string, args ...any) error { return fmt.Errorf(format, args...) }

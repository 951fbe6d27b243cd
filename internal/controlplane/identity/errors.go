package identity

import "github.com/pasarela-ws/pasarela"

// Codes of IAM and STS (aws-controlplane §6.4).
const (
	CodeNoSuchEntity           pasarela.ErrorCode = "NoSuchEntity"
	CodeEntityAlreadyExists    pasarela.ErrorCode = "EntityAlreadyExists"
	CodeDeleteConflict         pasarela.ErrorCode = "DeleteConflict"
	CodeLimitExceeded          pasarela.ErrorCode = "LimitExceeded"
	CodeValidation             pasarela.ErrorCode = "ValidationError"
	CodeInvalidInput           pasarela.ErrorCode = "InvalidInput"
	CodeUnmodifiable           pasarela.ErrorCode = "UnmodifiableEntity"
	CodeConcurrentModification pasarela.ErrorCode = "ConcurrentModification"
	CodePolicyNotAttachable    pasarela.ErrorCode = "PolicyNotAttachable"
)

func errorf(code pasarela.ErrorCode, format string, args ...any) error {
	return pasarela.Errorf(code, format, args...)
}

func noUser(name string) error {
	return errorf(CodeNoSuchEntity, "The user with name %s cannot be found.", name)
}

func noRole(name string) error {
	return errorf(CodeNoSuchEntity, "The role with name %s cannot be found.", name)
}

func noPolicy(arn string) error {
	return errorf(CodeNoSuchEntity, "Policy %s was not found.", arn)
}

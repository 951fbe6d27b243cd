// Package authorizer decides at $connect who may come in: AWS_IAM signatures,
// REQUEST authorizers (a Lambda function or an HTTP endpoint), JSON Web Tokens and
// API keys. Everything unknown or broken keeps the client out.
package authorizer

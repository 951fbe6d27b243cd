// Package authorizer decides at $connect which clients are let in: by AWS_IAM signatures,
// REQUEST authorizers (a Lambda function or an HTTP endpoint), JSON Web Tokens and API
// keys. Whatever is unknown or broken refuses the client.
package authorizer

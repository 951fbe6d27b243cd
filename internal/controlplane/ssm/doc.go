// Package ssm does the operations on parameters of Systems Manager's Parameter Store that
// stacks, tools and functions use: one document a parameter, with its versions and tags.
package ssm

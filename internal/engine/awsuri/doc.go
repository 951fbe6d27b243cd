// Package awsuri reads the addresses of AWS services that integrations and
// authorizers name (aws-dataplane §4.1, aws-dataplane §7.2):
//
//	arn:aws:apigateway:{region}:{subdomain.}{service}:{action|path}/{rest}
//
// or, which AWS does not have, an http(s) address that responds as a function does
// (A-APIS-6). The control plane refuses with it what the data plane could not
// call.
//
// The grammar is strict because a call is signed for the region, service and
// name in the address: a region, service or function name that could hold "/",
// "?", "#" or ".." would lead a signed call to another host or another
// operation.
package awsuri

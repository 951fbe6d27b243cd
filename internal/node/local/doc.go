// Package local is what --local adds to a node: what programs made for LocalStack expect
// of their endpoint (A-NODE-20 to A-NODE-24). Nothing of it is there without the setting.
//
//	AnyKeyAuth   lets in who signs with a key that the server did not issue
//	Certificate  TLS beside plain HTTP on one port, with a certificate made at start
//	Init         runs the scripts of a folder, once the node serves
//	Pages        /_localstack/health, info and init
package local

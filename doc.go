// Package pasarela has the types of AWS API Gateway's WebSocket API service:
// APIs, routes, integrations, stages, deployments, principals, their
// identifiers and ARNs, the error codes that every protocol shares, and the two
// ports ([Bucket] and [Bus]) through which everything goes that must survive a
// restart or reach other nodes.
//
// The package imports the standard library only and has no behaviour of its
// own: the control plane writes these values, the data plane reads them, and
// neither imports the other.
package pasarela

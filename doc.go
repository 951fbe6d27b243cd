// Package pasarela has the types of AWS API Gateway's WebSocket API service:
// APIs, routes, integrations, stages, deployments, principals, their
// identifiers and ARNs, the error codes that every protocol shares, and the four
// ports through which everything goes that must survive a restart or reach other
// nodes: [Bucket], [Bus], [WorkQueue] and [Journal].
//
// The package imports the standard library only and decides nothing: it makes ids,
// parses ARNs, copies and encodes. The control plane writes these values, the data
// plane reads them, and neither imports the other.
package pasarela

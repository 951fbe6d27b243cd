// Package pasarela holds the nouns of AWS API Gateway's WebSocket API service,
// spelled in Go: APIs, routes, integrations, stages, deployments, principals,
// their identifiers and ARNs, the error codes that every protocol shares, and
// the two ports ([Bucket] and [Bus]) through which everything that must survive
// or cross nodes travels.
//
// The package is a glossary. It imports the standard library only and does
// nothing by itself: the control plane writes these nouns, the data plane reads
// them, and neither knows the other.
package pasarela

// Package identity keeps the identities of an account and their permissions: users and
// their access keys, roles and their trust policies, inline and managed policies,
// instance profiles, the root of the account, and temporary sessions.
//
// Every entity is one document under "iam/" in the [pasarela.Bucket]. A [Service] holds
// all of them in memory, compiled, as one immutable snapshot behind an atomic pointer, so
// that decisions on the paths of messages read without a lock. Its own writes are in the
// snapshot when they are acknowledged; those of other nodes arrive by watching the
// bucket.
//
// Temporary credentials are sealed into their own session token (AES-256-GCM under a key
// that all nodes share), so they survive restarts, work on every node, and take no room
// in the store.
//
// Sources: aws-controlplane §6, aws-controlplane §7, aws-controlplane §9 and
// aws-controlplane §11 of the reference.
package identity

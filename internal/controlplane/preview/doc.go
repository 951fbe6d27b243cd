// Package preview looks at an API before it is deployed and says two things AWS
// makes people guess: what changed since the deployment that a stage serves, and
// what in it would fail clients, each with the field to change.
//
// It thinks only: documents in, messages out. Whoever asks brings the API, the
// frozen definition, and the two questions that need the rest of the node
// (does this role trust the gateway, does this definition compile).
package preview

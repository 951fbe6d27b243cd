// Package preview looks at an API before it is deployed and says two things AWS
// makes people guess: what changed since the deployment that a stage serves, and
// what in it would fail clients, each with the field to change.
//
// It does no input or output of its own: the caller gives the API, the deployed definition
// and [Checks], which answer what the rest of the node knows (does this role trust the
// gateway, does this definition compile).
package preview

// Package stage keeps the deployed stages, compiled and ready to serve, and the directory
// that finds one by host and path. It watches the store, compiles what changed, and swaps
// it in with one atomic write; what does not compile changes nothing, and the stage says
// why.
package stage

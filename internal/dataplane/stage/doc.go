// Package stage keeps what clients are served: every deployed stage, compiled and
// ready, and the directory that finds one by host and path. It watches the store,
// compiles what changed, and swaps it in with one atomic write; what does not
// compile changes nothing but says why.
package stage

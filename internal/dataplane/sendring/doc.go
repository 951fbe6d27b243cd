// Package sendring sends one message to many sockets by one system call, with io_uring
// (io_uring(7), Linux 5.18 and later). A [Ring] enters the kernel once for [Size] sockets,
// where write(2) does so for each; a short message costs about half then
// (docs/performance.md).
//
// io_uring is a matter of permission: the seccomp profiles of Docker and Kubernetes refuse
// it, and so does the setting kernel.io_uring_disabled. [Open] tells, and its callers write
// to each socket then.
package sendring

// Size is how many sends are one system call: enough that entering the kernel is a small part
// of each, and few enough that what the caller locks meanwhile is locked for some 200 us.
const Size = 64

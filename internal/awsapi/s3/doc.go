// Package s3 is S3 on the wire: those operations that uploads of templates and of the code
// of functions make, in path and host style, with its signatures, framing and checksums
// (A-S3-1).
package s3

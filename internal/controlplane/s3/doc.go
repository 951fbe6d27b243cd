// Package s3 keeps buckets and objects for what deployments upload: templates and the code
// of functions (A-S3-1 to A-S3-5). It is no store for data: its bounds are low.
package s3

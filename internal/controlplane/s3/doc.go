// Package s3 keeps buckets and objects for what deployments upload: templates and the
// code of functions (A-S3-1 to A-S3-5). Its bounds are low: it is not meant for other
// data.
package s3

package node

import (
	"context"
	"log/slog"
	"net"
	"net/http"

	"github.com/pasarela-ws/pasarela/internal/awsapi/s3"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	controls3 "github.com/pasarela-ws/pasarela/internal/controlplane/s3"
	"github.com/pasarela-ws/pasarela/sigv4"
)

// openObjects makes the buckets for templates and code.
func (n *Node) openObjects(running context.Context) {
	n.objects = controls3.New(controls3.Options{
		Bucket: n.store.Bucket(), RegionAccount: n.regionAccount, MakesStagingBuckets: !n.options.Strict, Log: n.options.Log,
	})
	n.run(running, "abandoned uploads to S3", n.objects.Run)
}

// objectService serves S3. Signatures need not cover the body over TLS, nor from this
// machine, where no network lies between client and server (A-S3-5).
func (n *Node) objectService(guard wire.Guard, log *slog.Logger) *s3.Service {
	guard.Verifier = sigv4.New(sigv4.Options{
		Unsigned: func(service string) bool { return service == "s3" },
		Secure:   func(r *http.Request) bool { return r.TLS != nil || fromThisMachine(r.RemoteAddr) },
	})
	return s3.New(n.objects, &guard, log)
}

func fromThisMachine(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// codeOf reads the code of a function by bucket and key: code that `dev` has read from
// files, or an object that the caller may read.
func (n *Node) codeOf(ctx context.Context, bucket, key string) ([]byte, error) {
	if n.options.Objects != nil {
		if data, ok := n.options.Objects(bucket, key); ok {
			return data, nil
		}
	}
	if call, ok := wire.CallFrom(ctx); ok {
		resource := "arn:aws:s3:::" + bucket + "/" + key
		if err := n.guard.Authorize(ctx, call.Principal, "s3:GetObject", []string{resource}, call.Context); err != nil {
			return nil, err
		}
	}
	return n.objects.Get(ctx, bucket, key, controls3.MaxObject)
}

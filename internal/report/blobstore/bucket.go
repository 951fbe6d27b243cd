package blobstore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

const (
	unsignedPayload = "UNSIGNED-PAYLOAD"
	downloadLink    = 5 * time.Minute
	smallFile       = 4 << 20
	uploadTime      = time.Hour
)

// bucket is a backend in an S3-compatible store, called with PUT, GET, HEAD and DELETE.
// Clients download from it directly, by a presigned URL that is valid for [downloadLink].
type bucket struct {
	base        *url.URL // of the bucket, path style, with the prefix
	region      string
	credentials aws.Credentials
	signer      *v4.Signer
	http        *http.Client
}

func openBucket(address string) (*bucket, error) {
	parsed, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("the storage's address cannot be read; it is s3://KEY:SECRET@host/bucket?region=R, with %2F for a / in the secret, %2B for a + and %3D for a =")
	}
	secret, has := parsed.User.Password()
	path := strings.Trim(parsed.Path, "/")
	if parsed.Scheme != "s3" || !has || parsed.Host == "" || path == "" {
		return nil, errors.New("the storage's address must be s3://KEY:SECRET@host/bucket?region=R, with %2F for a / in the secret, %2B for a + and %3D for a =")
	}
	query := parsed.Query()
	b := &bucket{
		base: &url.URL{Scheme: "https", Host: parsed.Host, Path: "/" + path}, region: query.Get("region"),
		credentials: aws.Credentials{AccessKeyID: parsed.User.Username(), SecretAccessKey: secret},
		// S3 alone signs paths as they are on the wire.
		signer: v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }),
		http: &http.Client{
			Timeout: uploadTime,
			// Redirects are not followed: requests go only to the server that the operator
			// named, and another host would refuse the signature.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	if query.Get("tls") == "false" {
		b.base.Scheme = "http"
	}
	if b.region == "" {
		b.region = "us-east-1"
	}
	return b, nil
}

func (b *bucket) put(ctx context.Context, key, path, contentType string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()                     // only read
	defer func() { _ = os.Remove(path) }() // a draft: the next start deletes it at the latest
	info, err := file.Stat()
	if err != nil {
		return err
	}
	digest := sha256.New()
	if _, err := io.Copy(digest, file); err != nil {
		return err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, b.address(key), file)
	if err != nil {
		return err
	}
	request.ContentLength = info.Size()
	request.Header.Set("Content-Type", contentType)
	response, err := b.do(request, hex.EncodeToString(digest.Sum(nil)))
	if err != nil {
		return err
	}
	return response.Body.Close()
}

func (b *bucket) open(ctx context.Context, key string) (io.ReadCloser, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.address(key), nil)
	if err != nil {
		return nil, err
	}
	response, err := b.do(request, emptyDigest)
	if err != nil {
		return nil, err
	}
	return response.Body, nil
}

func (b *bucket) read(ctx context.Context, key string) ([]byte, error) {
	file, err := b.open(ctx, key)
	if err != nil {
		return nil, err
	}
	defer file.Close() // only read
	return io.ReadAll(io.LimitReader(file, smallFile))
}

func (b *bucket) serve(w http.ResponseWriter, r *http.Request, key string, as Attachment) error {
	head, err := http.NewRequestWithContext(r.Context(), http.MethodHead, b.address(key), nil)
	if err != nil {
		return err
	}
	response, err := b.do(head, emptyDigest)
	if err != nil {
		return err
	}
	_ = response.Body.Close() // a HEAD has none
	address, err := b.presigned(r.Context(), key, as)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "private, no-store")
	http.Redirect(w, r, address, http.StatusTemporaryRedirect)
	return nil
}

func (b *bucket) remove(ctx context.Context, key string) (int64, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodDelete, b.address(key), nil)
	if err != nil {
		return 0, err
	}
	response, err := b.do(request, emptyDigest)
	if errors.Is(err, ErrMissing) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return 0, response.Body.Close()
}

const emptyDigest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// do signs and sends a request; an answer that is no success is an error.
func (b *bucket) do(request *http.Request, digest string) (*http.Response, error) {
	request.Header.Set("X-Amz-Content-Sha256", digest)
	if err := b.signer.SignHTTP(request.Context(), b.credentials, request, digest, "s3", b.region, time.Now()); err != nil {
		return nil, err
	}
	response, err := b.http.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode < 300 {
		return response, nil
	}
	defer response.Body.Close() // only read
	// A PUT that is answered 404 has no bucket: that is a wrong setting, not a missing file.
	if response.StatusCode == http.StatusNotFound && request.Method != http.MethodPut {
		return nil, ErrMissing
	}
	reason, _ := io.ReadAll(io.LimitReader(response.Body, 1024))
	if response.StatusCode == http.StatusInsufficientStorage {
		return nil, fmt.Errorf("%w: %s", ErrFull, reason)
	}
	return nil, fmt.Errorf("%s %s answered %s: %s", request.Method, request.URL.Path, response.Status, reason)
}

func (b *bucket) presigned(ctx context.Context, key string, as Attachment) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.address(key), nil)
	if err != nil {
		return "", err
	}
	query := request.URL.Query()
	query.Set("X-Amz-Expires", strconv.Itoa(int(downloadLink.Seconds())))
	query.Set("response-content-disposition", as.disposition())
	query.Set("response-content-type", as.ContentType)
	request.URL.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	address, _, err := b.signer.PresignHTTP(ctx, b.credentials, request, unsignedPayload, "s3", b.region, time.Now())
	return address, err
}

func (b *bucket) address(key string) string { return b.base.JoinPath(key).String() }

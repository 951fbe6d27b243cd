package s3

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"regexp"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// Error codes of S3.
const (
	CodeNoBucket     pasarela.ErrorCode = "NoSuchBucket"
	CodeNoKey        pasarela.ErrorCode = "NoSuchKey"
	CodeNoUpload     pasarela.ErrorCode = "NoSuchUpload"
	CodeOwned        pasarela.ErrorCode = "BucketAlreadyOwnedByYou"
	CodeNotEmpty     pasarela.ErrorCode = "BucketNotEmpty"
	CodeName         pasarela.ErrorCode = "InvalidBucketName"
	CodeArgument     pasarela.ErrorCode = "InvalidArgument"
	CodeXML          pasarela.ErrorCode = "MalformedXML"
	CodePart         pasarela.ErrorCode = "InvalidPart"
	CodePartOrder    pasarela.ErrorCode = "InvalidPartOrder"
	CodeTooLarge     pasarela.ErrorCode = "EntityTooLarge"
	CodeKeyTooLong   pasarela.ErrorCode = "KeyTooLongError"
	CodeTooMany      pasarela.ErrorCode = "TooManyBuckets"
	CodePrecondition pasarela.ErrorCode = "PreconditionFailed"
)

// Bounds (A-S3-2), in bytes and in number.
const (
	MaxBody    = 32 << 20  // one PutObject or one part
	MaxObject  = 256 << 20 // all parts of an object
	maxPiece   = 8 << 20   // one value of the store
	maxKey     = 1024
	maxBuckets = 100
	maxObjects = 10_000  // in one bucket
	maxTotal   = 2 << 30 // in all buckets
	maxParts   = 10_000
	maxUploads = 1000
	forgotten  = 24 * time.Hour // after which an upload that was not completed is removed
)

// Prefixes of the keys in the store.
const (
	prefixBucket = "s3bucket/"
	prefixObject = "s3object/"
	prefixUpload = "s3upload/"
	prefixPiece  = "s3piece/"
)

// Options of a [Service].
type Options struct {
	Bucket        pasarela.Bucket
	RegionAccount pasarela.RegionAccount
	// MakesStagingBuckets makes the bucket of the CDK's bootstrap when it is first used, so
	// that no bootstrap is needed (A-S3-4).
	MakesStagingBuckets bool
	Now                 func() time.Time // nil: time.Now
	Log                 *slog.Logger     // nil: nothing is logged
}

// Service does the operations. Make one with [New]; it is safe for concurrent use.
type Service struct {
	options Options
	buckets *document.Store[Bucket]
	objects *document.Store[Object]
	uploads *document.Store[upload]
	staging *regexp.Regexp
	count   objectCount
}

// New makes the service. [Service.Run] removes uploads that were not completed.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	place := o.RegionAccount
	return &Service{
		options: o, buckets: document.NewStore[Bucket](o.Bucket), objects: document.NewStore[Object](o.Bucket), uploads: document.NewStore[upload](o.Bucket),
		staging: regexp.MustCompile("^cdk-[a-z0-9]{1,10}-assets-" + place.AccountID + "-" + place.Region + "$"),
	}
}

func (s *Service) now() time.Time { return s.options.Now().UTC() }

// Region is the region of all buckets.
func (s *Service) Region() string { return s.options.RegionAccount.Region }

// AccountID is the owner of all buckets.
func (s *Service) AccountID() string { return s.options.RegionAccount.AccountID }

// Bucket is what the store has of a bucket.
type Bucket struct {
	Name    string    `json:"name"`
	Created time.Time `json:"created"`
	// Staging says that it was made by its first use, not by a call (A-S3-4).
	Staging bool `json:"staging,omitempty"`
	// Creation is the creation token that it was made with, "" without one.
	Creation string `json:"creation,omitempty"`
	// Settings are documents that were put and are shown, by [Setting.Name].
	Settings map[string]string `json:"settings,omitempty"`
}

func bucketKey(name string) string { return prefixBucket + pasarela.EscapeKey(name) }

// objectKey names objects by the hash of their key: keys have 1,024 bytes, those of the
// store less.
func objectKey(bucket, key string) string {
	hash := sha256.Sum256([]byte(key))
	return prefixObject + pasarela.EscapeKey(bucket) + "/" + hex.EncodeToString(hash[:])
}

var (
	bucketName  = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	looksLikeIP = regexp.MustCompile(`^\d+\.\d+\.\d+\.\d+$`)
)

func checkBucketName(name string) error {
	if bucketName.MatchString(name) && !strings.Contains(name, "..") && !looksLikeIP.MatchString(name) {
		return nil
	}
	return pasarela.Errorf(CodeName, "The specified bucket is not valid: %q. Names have 3 to 63 small letters, digits, dots and hyphens.", name)
}

func noBucket(name string) error {
	return pasarela.Errorf(CodeNoBucket, "The specified bucket does not exist: %s", name)
}

// Find reads a bucket. One of the CDK's bootstrap that is not there yet is made.
func (s *Service) Find(ctx context.Context, name string) (*Bucket, error) {
	if !bucketName.MatchString(name) {
		return nil, noBucket(name)
	}
	found, err := s.buckets.Get(ctx, bucketKey(name))
	if !errors.Is(err, pasarela.ErrNotFound) {
		return found.Value, err
	}
	if !s.options.MakesStagingBuckets || !s.staging.MatchString(name) {
		return nil, noBucket(name)
	}
	made := &Bucket{Name: name, Created: s.now(), Staging: true}
	if _, err := s.buckets.Create(ctx, bucketKey(name), made); err != nil && !errors.Is(err, pasarela.ErrConflict) {
		return nil, err
	}
	return made, nil
}

// CreateBucket makes a bucket. One that the first use of a staging bucket made becomes the
// caller's.
func (s *Service) CreateBucket(ctx context.Context, name string) error {
	if err := checkBucketName(name); err != nil {
		return err
	}
	all, err := s.Buckets(ctx)
	if err != nil {
		return err
	}
	if len(all) >= maxBuckets {
		return pasarela.Errorf(CodeTooMany, "You have attempted to create more buckets than allowed: %d are kept here.", maxBuckets)
	}
	_, err = s.buckets.Create(ctx, bucketKey(name), &Bucket{Name: name, Created: s.now(), Creation: pasarela.CreationToken(ctx)})
	if !errors.Is(err, pasarela.ErrConflict) {
		return err
	}
	_, err = s.buckets.Update(ctx, bucketKey(name), func(b *Bucket) error {
		if !b.Staging {
			return pasarela.Errorf(CodeOwned, "Your previous request to create the named bucket succeeded and you already own it: %s", name)
		}
		b.Staging, b.Creation = false, pasarela.CreationToken(ctx)
		return nil
	})
	return err
}

// DeleteBucket removes an empty bucket.
func (s *Service) DeleteBucket(ctx context.Context, name string) error {
	if _, err := s.Find(ctx, name); err != nil {
		return err
	}
	objects, err := s.objects.List(ctx, prefixObject+pasarela.EscapeKey(name)+"/")
	if err != nil {
		return err
	}
	if len(objects) > 0 {
		return pasarela.Errorf(CodeNotEmpty, "The bucket you tried to delete is not empty: %s has %d objects.", name, len(objects))
	}
	err = s.buckets.Delete(ctx, bucketKey(name), nil)
	if errors.Is(err, pasarela.ErrNotFound) {
		return nil
	}
	return err
}

// Buckets are all buckets, by name.
func (s *Service) Buckets(ctx context.Context) ([]*Bucket, error) {
	docs, err := s.buckets.List(ctx, prefixBucket)
	return document.Values(docs), err
}

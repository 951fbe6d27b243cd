package types

import (
	"context"
	"encoding/xml"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
)

const objectService = "s3"

// bucketTypes are the types of S3, and the repository for images that the CDK's bootstrap
// makes beside its bucket.
func bucketTypes() []resource.Type { return []resource.Type{bucket(), bucketPolicy(), repository()} }

const (
	noVersions  = "objects have one version; A-S3-3."
	keptAsFiles = "objects lie in the data directory as they are; A-S3-3."
)

func bucket() resource.Type {
	// Any: what these say has no effect here, so their members are not looked at.
	anything := resource.Document()
	return resource.Type{
		Name: "AWS::S3::Bucket", Attributes: []string{"Arn", "DomainName", "RegionalDomainName", "DualStackDomainName"},
		Properties: resource.Properties{
			"BucketName":                     resource.Text().Replaces(),
			"AccessControl":                  resource.Text().Noted("policies of identities say who may do what."),
			"BucketEncryption":               anything.Noted(keptAsFiles),
			"VersioningConfiguration":        resource.Object(resource.Properties{"Status": resource.OneOf("Enabled", "Suspended").Required()}).Noted(noVersions),
			"PublicAccessBlockConfiguration": anything.Noted("nothing is public here anyway."),
			"LifecycleConfiguration":         anything.Noted("objects are kept until they are deleted."),
			"OwnershipControls":              anything.Noted("there is one account."),
			"LoggingConfiguration":           anything.Noted("calls of S3 are not logged into buckets."),
			"CorsConfiguration":              resource.Refused("browsers are not let in: these buckets are for deployments."),
			"NotificationConfiguration":      resource.Refused("buckets notify nobody."),
			"WebsiteConfiguration":           resource.Refused("these buckets are for deployments and serve no pages."),
			"ReplicationConfiguration":       resource.Refused("objects are in the server's store, and with it on all of its nodes."),
			"ObjectLockEnabled":              resource.Refused("objects have no locks."),
			"ObjectLockConfiguration":        resource.Refused("objects have no locks."),
			"Tags":                           resource.TagList().Noted("buckets made by stacks have no tags."),
		},
		Create: func(ctx context.Context, r *resource.Request) (resource.State, error) {
			name := bucketName(r)
			if _, err := r.Call(ctx, objectService, "CreateBucket", map[string]any{"Bucket": name}); err != nil {
				return resource.State{}, err
			}
			return bucketState(r, name), versioning(ctx, r, name)
		},
		Find: func(ctx context.Context, r *resource.Request) (resource.State, bool, error) {
			name := bucketName(r)
			response, err := r.Call(ctx, objectService, "HeadBucket", map[string]any{"Bucket": name})
			if err != nil || response["Creation"] != r.CreationToken {
				return resource.State{}, false, ignoreGone(err)
			}
			err = versioning(ctx, r, name)
			return bucketState(r, name), err == nil, err
		},
		Update: func(ctx context.Context, r *resource.Request) (resource.State, error) {
			return bucketState(r, r.PhysicalID), versioning(ctx, r, r.PhysicalID)
		},
		Delete: func(ctx context.Context, r *resource.Request) error {
			_, err := r.Call(ctx, objectService, "DeleteBucket", map[string]any{"Bucket": r.PhysicalID})
			return err
		},
	}
}

func bucketName(r *resource.Request) string {
	if name := r.Text("BucketName"); name != "" {
		return name
	}
	return strings.ToLower(r.Name(63))
}

// versioning keeps what tools ask for before they empty a bucket.
func versioning(ctx context.Context, r *resource.Request, name string) error {
	configuration, _ := r.Properties["VersioningConfiguration"].(map[string]any)
	status, _ := configuration["Status"].(string)
	if status == "" {
		return nil
	}
	text, err := xml.Marshal(struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ VersioningConfiguration"`
		Status  string
	}{Status: status})
	if err != nil {
		return err
	}
	_, err = r.Call(ctx, objectService, "PutBucketVersioning", map[string]any{"Bucket": name, "Document": string(text)})
	return err
}

func bucketState(r *resource.Request, name string) resource.State {
	return resource.State{PhysicalID: name, Attributes: map[string]any{
		"Arn": "arn:aws:s3:::" + name, "DomainName": name + ".s3.amazonaws.com",
		"RegionalDomainName":  name + ".s3." + r.RegionAccount.Region + ".amazonaws.com",
		"DualStackDomainName": name + ".s3.dualstack." + r.RegionAccount.Region + ".amazonaws.com",
	}}
}

func bucketPolicy() resource.Type {
	put := func(ctx context.Context, r *resource.Request) (resource.State, error) {
		_, err := r.Call(ctx, objectService, "PutBucketPolicy", map[string]any{"Bucket": r.Text("Bucket"), "Document": r.Text("PolicyDocument")})
		return resource.State{PhysicalID: r.Text("Bucket")}, err
	}
	return resource.Type{
		Name: "AWS::S3::BucketPolicy",
		Properties: resource.Properties{
			"Bucket":         resource.Text().Required().Replaces(),
			"PolicyDocument": resource.Document().Required().Noted("policies of identities decide; a bucket's own is only kept and shown (A-S3-3)."),
		},
		Create: put, Update: put,
		Delete: func(ctx context.Context, r *resource.Request) error {
			_, err := r.Call(ctx, objectService, "DeleteBucketPolicy", map[string]any{"Bucket": r.PhysicalID})
			return err
		},
	}
}

// repository is a name and nothing else. The CDK's bootstrap cannot be deployed without it;
// functions that are images are refused, so that nothing needs what is in it.
func repository() resource.Type {
	nowhere := "this server keeps no container images, and pushing one fails."
	named := func(_ context.Context, r *resource.Request) (resource.State, error) {
		name := r.PhysicalID
		if name == "" {
			name = r.Text("RepositoryName")
		}
		if name == "" {
			name = strings.ToLower(r.Name(255))
		}
		host := r.RegionAccount.AccountID + ".dkr.ecr." + r.RegionAccount.Region + ".amazonaws.com"
		return resource.State{
			PhysicalID: name, Note: "Nothing was made but the name: " + nowhere,
			Attributes: map[string]any{"Arn": "arn:aws:ecr:" + r.RegionAccount.Region + ":" + r.RegionAccount.AccountID + ":repository/" + name, "RepositoryUri": host + "/" + name},
		}, nil
	}
	anything := resource.Document()
	return resource.Type{
		Name: "AWS::ECR::Repository", Attributes: []string{"Arn", "RepositoryUri"},
		Properties: resource.Properties{
			"RepositoryName": resource.Text().Replaces(), "ImageTagMutability": resource.Text().Noted(nowhere), "ImageScanningConfiguration": anything.Noted(nowhere),
			"LifecyclePolicy": anything.Noted(nowhere), "RepositoryPolicyText": anything.Noted(nowhere), "EncryptionConfiguration": anything.Noted(nowhere),
			"EmptyOnDelete": resource.Boolean().Noted(nowhere), "Tags": resource.TagList().Noted(nowhere),
		},
		Create: named, Update: named,
	}
}

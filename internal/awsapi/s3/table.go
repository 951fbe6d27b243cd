package s3

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/controlplane/s3"
)

// operation is what find returns for a call.
type operation struct {
	name, action string
	do           func(s *Service, ctx context.Context, c *call) error
}

// settingNames are the operations on a bucket's settings by the names in their queries,
// and settingActions the permissions, where they have another name (S3's service
// authorization reference).
var settingNames = map[string]string{
	"versioning": "BucketVersioning", "encryption": "BucketEncryption", "publicAccessBlock": "PublicAccessBlock",
	"lifecycle": "BucketLifecycleConfiguration", "tagging": "BucketTagging", "ownershipControls": "BucketOwnershipControls", "policy": "BucketPolicy",
}

func actionOf(setting s3.Setting) string {
	switch setting.Name {
	case "encryption":
		return "EncryptionConfiguration"
	case "publicAccessBlock":
		return "BucketPublicAccessBlock"
	case "lifecycle":
		return "LifecycleConfiguration"
	}
	return settingNames[setting.Name]
}

// settingOf is the setting that an operation is about: BucketPolicy.
func settingOf(operation string) (s3.Setting, bool) {
	for _, setting := range s3.Settings() {
		if settingNames[setting.Name] == operation {
			return setting, true
		}
	}
	return s3.Setting{}, false
}

// selectsNothing says whether a query parameter selects no operation: clients add it, or it
// carries the signature.
func selectsNothing(name string) bool { return name == "x-id" || strings.HasPrefix(name, "X-Amz-") }

// only says whether a query has no parameters but these and those that select no operation.
func only(query url.Values, names ...string) bool {
	for name := range query {
		found := selectsNothing(name)
		for _, each := range names {
			found = found || name == each
		}
		if !found {
			return false
		}
	}
	return true
}

// find is the operation of a call; nil where none is served.
func find(c *call) *operation {
	query := c.r.URL.Query()
	switch {
	case c.bucket == "" && c.key == "" && c.r.Method == http.MethodGet:
		return &operation{"ListBuckets", "s3:ListAllMyBuckets", (*Service).listBuckets}
	case c.bucket == "":
		return nil
	case c.key == "":
		return findOnBucket(c, query)
	}
	return findOnObject(c, query)
}

func findOnBucket(c *call, query url.Values) *operation {
	for _, setting := range s3.Settings() {
		if query.Has(setting.Name) && only(query, setting.Name) {
			return onSetting(c.r.Method, setting)
		}
	}
	switch c.r.Method {
	case http.MethodPut:
		if only(query) {
			return &operation{"CreateBucket", "s3:CreateBucket", (*Service).createBucket}
		}
	case http.MethodHead:
		return &operation{"HeadBucket", "s3:ListBucket", (*Service).headBucket}
	case http.MethodDelete:
		if only(query) {
			return &operation{"DeleteBucket", "s3:DeleteBucket", (*Service).deleteBucket}
		}
	case http.MethodPost:
		if query.Has("delete") {
			return &operation{"DeleteObjects", "", (*Service).deleteObjects} // which asks for each
		}
	case http.MethodGet:
		switch {
		case query.Has("location"):
			return &operation{"GetBucketLocation", "s3:GetBucketLocation", (*Service).location}
		case query.Has("versions"):
			return &operation{"ListObjectVersions", "s3:ListBucketVersions", (*Service).listVersions}
		case only(query, "list-type", "prefix", "delimiter", "max-keys", "continuation-token", "start-after", "encoding-type", "fetch-owner", "marker"):
			return &operation{"ListObjects", "s3:ListBucket", (*Service).list}
		}
	}
	return nil
}

func onSetting(method string, setting s3.Setting) *operation {
	name := settingNames[setting.Name]
	switch method {
	case http.MethodGet:
		return &operation{"Get" + name, "s3:Get" + actionOf(setting), func(s *Service, ctx context.Context, c *call) error {
			text, err := s.objects.Setting(ctx, c.bucket, setting)
			if err != nil {
				return err
			}
			contentType := "application/xml"
			if setting.Element == "" {
				contentType = "application/json"
			}
			writeText(c.w, http.StatusOK, contentType, text)
			return nil
		}}
	case http.MethodPut:
		return &operation{"Put" + name, "s3:Put" + actionOf(setting), func(s *Service, ctx context.Context, c *call) error {
			if err := s.objects.PutSetting(ctx, c.bucket, setting, c.body); err != nil {
				return err
			}
			if setting.Element == "" {
				return done(c.w, http.StatusNoContent)
			}
			return done(c.w, http.StatusOK)
		}}
	case http.MethodDelete:
		action := "s3:Put" + actionOf(setting)
		if setting.Element == "" {
			action = "s3:DeleteBucketPolicy"
		}
		return &operation{"Delete" + name, action, func(s *Service, ctx context.Context, c *call) error {
			if err := s.objects.DeleteSetting(ctx, c.bucket, setting); err != nil {
				return err
			}
			return done(c.w, http.StatusNoContent)
		}}
	}
	return nil
}

func findOnObject(c *call, query url.Values) *operation {
	if query.Has("versionId") && query.Get("versionId") != "null" {
		return nil
	}
	switch c.r.Method {
	case http.MethodPut:
		switch {
		case c.r.Header.Get("X-Amz-Copy-Source") != "":
			return nil
		case query.Has("uploadId"):
			return &operation{"UploadPart", "s3:PutObject", (*Service).uploadPart}
		case only(query):
			return &operation{"PutObject", "s3:PutObject", (*Service).putObject}
		}
	case http.MethodGet, http.MethodHead:
		switch {
		case query.Has("uploadId"):
			return &operation{"ListParts", "s3:ListMultipartUploadParts", (*Service).listParts}
		case only(query, "versionId", "response-content-type", "response-content-disposition"):
			return &operation{"GetObject", "s3:GetObject", (*Service).getObject}
		}
	case http.MethodDelete:
		switch {
		case query.Has("uploadId"):
			return &operation{"AbortMultipartUpload", "s3:AbortMultipartUpload", (*Service).abortUpload}
		case only(query, "versionId"):
			return &operation{"DeleteObject", "s3:DeleteObject", (*Service).deleteObject}
		}
	case http.MethodPost:
		switch {
		case query.Has("uploads"):
			return &operation{"CreateMultipartUpload", "s3:PutObject", (*Service).createUpload}
		case query.Has("uploadId"):
			return &operation{"CompleteMultipartUpload", "s3:PutObject", (*Service).completeUpload}
		}
	}
	return nil
}

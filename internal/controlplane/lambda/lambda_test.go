package lambda_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/lambda"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

var place = pasarela.RegionAccount{Region: "us-east-1", AccountID: "123456789012"}

const role = "arn:aws:iam::123456789012:role/fn"

// trusted is the only role that Lambda may assume.
type trusted struct{}

func (trusted) AssumeForService(roleARN, service, _, _ string) error {
	if roleARN != role || service != "lambda.amazonaws.com" {
		return language.RoleMissing.Of(roleARN)
	}
	return nil
}

func service(bucket pasarela.Bucket) *lambda.Service {
	return lambda.New(lambda.Options{Bucket: bucket, RegionAccount: place, Roles: trusted{}, Objects: func(_ context.Context, bucket, key string) ([]byte, error) {
		if bucket+"/"+key != "code/a.zip" {
			return nil, errors.New("the specified key does not exist")
		}
		return zipped("from S3"), nil
	}})
}

func zipped(text string) []byte {
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	to, _ := archive.Create("app.py") // a buffer takes everything
	_, _ = to.Write([]byte(text))
	_ = archive.Close()
	return out.Bytes()
}

func input(change func(*lambda.CreateFunctionInput)) lambda.CreateFunctionInput {
	in := lambda.CreateFunctionInput{FunctionName: "f", Runtime: "python3.13", Handler: "app.handler", Role: role, Code: lambda.Code{ZipFile: zipped("1")}}
	if change != nil {
		change(&in)
	}
	return in
}

func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func refused(t *testing.T, what string, err error, code pasarela.ErrorCode, says string) {
	t.Helper()
	var known *pasarela.Error
	if !errors.As(err, &known) || known.Code != code || !strings.Contains(known.Message, says) {
		t.Errorf("%s: %v, want %s with %q", what, err, code, says)
	}
}

func TestWhatCannotBeAFunctionIsRefused(t *testing.T) {
	s := service(memory.NewBucket())
	for name, c := range map[string]struct {
		change func(*lambda.CreateFunctionInput)
		says   string
	}{
		"a name":                 {func(in *lambda.CreateFunctionInput) { in.FunctionName = "a b" }, "functionName"},
		"a runtime":              {func(in *lambda.CreateFunctionInput) { in.Runtime = "ruby3.4" }, "does not run here"},
		"a path":                 {func(in *lambda.CreateFunctionInput) { in.Runtime = "python/../sh" }, "does not run here"},
		"no handler":             {func(in *lambda.CreateFunctionInput) { in.Handler = "" }, "mandatory"},
		"an image":               {func(in *lambda.CreateFunctionInput) { in.PackageType = "Image" }, "zip files"},
		"no code":                {func(in *lambda.CreateFunctionInput) { in.Code = lambda.Code{} }, "source for function code"},
		"no zip":                 {func(in *lambda.CreateFunctionInput) { in.Code.ZipFile = []byte("x") }, "Could not unzip"},
		"no object":              {func(in *lambda.CreateFunctionInput) { in.Code = lambda.Code{S3Bucket: "code", S3Key: "b.zip"} }, "key does not exist"},
		"an image's address":     {func(in *lambda.CreateFunctionInput) { in.Code.ImageURI = "1.dkr.ecr/f" }, "ImageUri"},
		"a version of an object": {func(in *lambda.CreateFunctionInput) { in.Code.S3ObjectVersion = "1" }, "S3ObjectVersion"},
		"a role":                 {func(in *lambda.CreateFunctionInput) { in.Role += "x" }, "cannot be assumed by Lambda"},
		"no role":                {func(in *lambda.CreateFunctionInput) { in.Role = "" }, "'role'"},
		"a timeout":              {func(in *lambda.CreateFunctionInput) { in.Timeout = new(901) }, "'timeout'"},
		"memory":                 {func(in *lambda.CreateFunctionInput) { in.MemorySize = new(64) }, "'memorySize'"},
		"a variable": {func(in *lambda.CreateFunctionInput) {
			in.Environment = &lambda.Environment{Variables: map[string]string{"A-B": ""}}
		}, "A-B"},
		"AWS_REGION": {func(in *lambda.CreateFunctionInput) {
			in.Environment = &lambda.Environment{Variables: map[string]string{"AWS_REGION": ""}}
		}, "reserved keys"},
		"4 KB of env": {func(in *lambda.CreateFunctionInput) {
			in.Environment = &lambda.Environment{Variables: map[string]string{"BIG": strings.Repeat("x", 4096)}}
		}, "4KB"},
	} {
		_, err := s.CreateFunction(t.Context(), input(c.change))
		refused(t, name, err, lambda.CodeInvalid, c.says)
	}
}

// removeUnusedCode runs the service until it has removed the code that no function has. Time
// is the bubble's.
func removeUnusedCode(t *testing.T, s *lambda.Service) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	go func() { _ = s.Run(ctx) }() // ends without an error
	time.Sleep(time.Hour)
	stop()
	synctest.Wait()
}

func TestTheLifeOfAFunction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := memory.NewBucket()
		s, ctx := service(bucket), t.Context()
		made := must[lambda.Configuration](t)(s.CreateFunction(ctx, input(func(in *lambda.CreateFunctionInput) { in.Tags = map[string]string{"team": "chat"} })))
		if made.FunctionARN != place.FunctionARN("f", "") || made.Version != "$LATEST" || made.Timeout != 3 || made.MemorySize != 128 || made.State != "Active" {
			t.Errorf("%+v", made)
		}
		_, err := s.CreateFunction(ctx, input(nil))
		refused(t, "a second one", err, lambda.CodeConflict, "already exist")
		first := must[lambda.Configuration](t)(s.PublishVersion(ctx, lambda.PublishInput{WholeFunctionInput: lambda.WholeFunctionInput{FunctionName: "f"}}))
		again := must[lambda.Configuration](t)(s.PublishVersion(ctx, lambda.PublishInput{WholeFunctionInput: lambda.WholeFunctionInput{FunctionName: "f"}}))
		if first.Version != "1" || again.Version != "1" || first.FunctionARN != place.FunctionARN("f", "1") {
			t.Errorf("%s, then %s of nothing new", first.Version, again.Version)
		}
		must[lambda.Alias](t)(s.CreateAlias(ctx, lambda.CreateAliasInput{FunctionName: "f", Name: "live", FunctionVersion: "1"}))
		_, err = s.CreateAlias(ctx, lambda.CreateAliasInput{FunctionName: "f", Name: "next", FunctionVersion: "7"})
		refused(t, "an alias of no version", err, lambda.CodeNotFound, "f:7")
		changed := must[lambda.Configuration](t)(s.UpdateFunctionCode(ctx, lambda.UpdateCodeInput{
			WholeFunctionInput: lambda.WholeFunctionInput{FunctionName: made.FunctionARN}, Code: lambda.Code{S3Bucket: "code", S3Key: "a.zip"}, Publish: true,
		}))
		if changed.Version != "2" || changed.CodeSHA256 == made.CodeSHA256 {
			t.Errorf("%+v", changed)
		}
		if old := must[lambda.Configuration](t)(s.GetFunctionConfiguration(ctx, lambda.FunctionInput{FunctionName: "f", Qualifier: "live"})); old.CodeSHA256 != made.CodeSHA256 || old.Version != "1" {
			t.Errorf("the alias leads to %+v", old)
		}
		_, err = s.UpdateFunctionConfiguration(ctx, lambda.UpdateConfigurationInput{WholeFunctionInput: lambda.WholeFunctionInput{FunctionName: "f"}, Timeout: new(7), RevisionID: made.RevisionID})
		refused(t, "a change of what has changed", err, lambda.CodePrecondition, "RevisionId")
		set := must[lambda.Configuration](t)(s.UpdateFunctionConfiguration(ctx, lambda.UpdateConfigurationInput{WholeFunctionInput: lambda.WholeFunctionInput{FunctionName: "f"}, Timeout: new(7)}))
		if set.Timeout != 7 || set.Handler != "app.handler" {
			t.Errorf("%+v", set)
		}
		refused(t, "a version in use", s.DeleteFunction(ctx, lambda.FunctionInput{FunctionName: "f", Qualifier: "1"}), lambda.CodeConflict, "live")
		if all := must[[]lambda.Configuration](t)(s.ListVersionsByFunction(ctx, lambda.WholeFunctionInput{FunctionName: "f"})); len(all) != 3 {
			t.Errorf("%d versions", len(all))
		}
		if err := s.DeleteFunction(ctx, lambda.FunctionInput{FunctionName: "f"}); err != nil {
			t.Fatal(err)
		}
		refused(t, "what is gone", s.DeleteFunction(ctx, lambda.FunctionInput{FunctionName: "f"}), lambda.CodeNotFound, "Function not found")
		removeUnusedCode(t, s)
		if left := must[[]pasarela.Entry](t)(bucket.List(ctx, "")); len(left) != 0 {
			t.Errorf("%d entries are left, the first %s", len(left), left[0].Key)
		}
	})
}

func TestCodeThatIsUsedTwiceIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := memory.NewBucket()
		s, ctx := service(bucket), t.Context()
		for _, name := range []string{"f", "g"} {
			must[lambda.Configuration](t)(s.CreateFunction(ctx, input(func(in *lambda.CreateFunctionInput) { in.FunctionName = name })))
		}
		for _, left := range []int{1, 0} {
			name := map[int]string{1: "f", 0: "g"}[left]
			if err := s.DeleteFunction(ctx, lambda.FunctionInput{FunctionName: name}); err != nil {
				t.Fatal(err)
			}
			removeUnusedCode(t, s)
			if got := must[[]pasarela.Entry](t)(bucket.List(ctx, pasarela.PrefixFunctionCode)); len(got) != left {
				t.Errorf("%d zip files after %s is gone", len(got), name)
			}
		}
	})
}

// large is a zip file of so many bytes that cannot be packed, and with one file more, which
// claims to have so many bytes unpacked.
func large(t *testing.T, stored int, claimed uint64) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	data := make([]byte, stored)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(data) // never fails
	to, err := archive.CreateHeader(&zip.FileHeader{Name: "data", Method: zip.Store})
	if err == nil {
		_, err = to.Write(data)
	}
	if err == nil {
		_, err = archive.CreateRaw(&zip.FileHeader{Name: "more", Method: zip.Deflate, UncompressedSize64: claimed})
	}
	if err := errors.Join(err, archive.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestHowLargeCodeMayBe holds A-FUNCTIONS-7: 50 MiB in a call, less than 250 MiB unpacked from
// wherever, and all of it is read back and removed.
func TestHowLargeCodeMayBe(t *testing.T) {
	bucket, ctx := memory.NewBucket(), t.Context()
	var stored []byte
	s := lambda.New(lambda.Options{Bucket: bucket, RegionAccount: place, Roles: trusted{}, Objects: func(context.Context, string, string) ([]byte, error) { return stored, nil }})
	_, err := s.CreateFunction(ctx, input(func(in *lambda.CreateFunctionInput) { in.Code.ZipFile = make([]byte, lambda.MaxZip+1) }))
	refused(t, "too much in a call", err, lambda.CodeRequestTooLarge, "S3Bucket")
	byS3 := input(func(in *lambda.CreateFunctionInput) { in.Code = lambda.Code{S3Bucket: "code", S3Key: "a.zip"} })
	stored = large(t, 1, 250<<20-1)
	_, err = s.CreateFunction(ctx, byS3)
	refused(t, "too much unpacked", err, lambda.CodeInvalid, "smaller than 262144000 bytes")
	stored = large(t, lambda.MaxZip+1, 1)
	made := must[lambda.Configuration](t)(s.CreateFunction(ctx, byS3))
	if made.CodeSize != int64(len(stored)) {
		t.Errorf("%d bytes of %d", made.CodeSize, len(stored))
	}
	if code := must[[]byte](t)(s.Backup().Code(ctx, made.CodeSHA256)); !bytes.Equal(code, stored) {
		t.Error("the code is not what was given")
	}
	if err := s.DeleteFunction(ctx, lambda.FunctionInput{FunctionName: "f"}); err != nil {
		t.Fatal(err)
	}
}

func TestPermissions(t *testing.T) {
	s, ctx := service(memory.NewBucket()), t.Context()
	must[lambda.Configuration](t)(s.CreateFunction(ctx, input(nil)))
	about := lambda.FunctionInput{FunctionName: "f"}
	_, err := s.GetPolicy(ctx, about)
	refused(t, "no policy", err, lambda.CodeNotFound, "does not exist")
	add := lambda.AddPermissionInput{FunctionInput: about, StatementID: "g", Action: "lambda:InvokeFunction", Principal: "apigateway.amazonaws.com", SourceARN: "arn:aws:execute-api:us-east-1:123456789012:abc/*"}
	must[lambda.Permission](t)(s.AddPermission(ctx, add))
	_, err = s.AddPermission(ctx, add)
	refused(t, "the same id", err, lambda.CodeConflict, "(g)")
	bad := add
	bad.StatementID, bad.Principal = "h", "nobody at all"
	_, err = s.AddPermission(ctx, bad)
	refused(t, "a principal", err, lambda.CodeInvalid, "principal")
	want := `{"Version":"2012-10-17","Id":"default","Statement":[{"Sid":"g","Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"lambda:InvokeFunction",` +
		`"Resource":"arn:aws:lambda:us-east-1:123456789012:function:f","Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:execute-api:us-east-1:123456789012:abc/*"}}}]}`
	if p := must[lambda.Policy](t)(s.GetPolicy(ctx, about)); p.Policy != want {
		t.Errorf("%s", p.Policy)
	}
	if err := s.RemovePermission(ctx, lambda.RemovePermissionInput{FunctionInput: about, StatementID: "g"}); err != nil {
		t.Error(err)
	}
	refused(t, "what is gone", s.RemovePermission(ctx, lambda.RemovePermissionInput{FunctionInput: about, StatementID: "g"}), lambda.CodeNotFound, "g")
}

func TestNamesOfFunctions(t *testing.T) {
	s := service(memory.NewBucket())
	for text, want := range map[string]lambda.Reference{
		"f": {"f", ""}, "f:live": {"f", "live"}, "123456789012:function:f": {"f", ""}, "arn:aws:lambda:us-east-1:123456789012:function:f:2": {"f", "2"},
		"f:$LATEST": {"f", "$LATEST"},
	} {
		if got, err := s.Refer(text, ""); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	_, err := s.Refer("arn:aws:lambda:eu-west-1:123456789012:function:f", "")
	refused(t, "another region", err, lambda.CodeNotFound, "us-east-1")
	_, err = s.Refer("f:1", "2")
	refused(t, "two qualifiers", err, lambda.CodeInvalid, "qualifier")
}

package credentials_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/credentials"
)

// alone hides this machine's own credentials from a test.
func alone(t *testing.T) (home string) {
	t.Helper()
	home = t.TempDir()
	for _, name := range []string{
		"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE",
		"AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_EC2_METADATA_DISABLED",
	} {
		t.Setenv(name, "")
		_ = os.Unsetenv(name)
	}
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(home, "credentials"))
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(home, "config"))
	return home
}

func profile(name, key string) string {
	return fmt.Sprintf("[%s]\naws_access_key_id = %s\naws_secret_access_key = secret\naws_session_token = token of %s\n", name, key, key)
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestWhereCredentialsComeFrom(t *testing.T) {
	for name, test := range map[string]struct {
		environment map[string]string
		files       map[string]string
		options     credentials.Options
		want        string // key, or what the error says
	}{
		"the environment":                 {map[string]string{"AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "s"}, map[string]string{"credentials": profile("default", "FILE")}, credentials.Options{}, "ENV"},
		"the shared file":                 {nil, map[string]string{"credentials": profile("default", "FILE")}, credentials.Options{}, "FILE"},
		"a profile of the environment":    {map[string]string{"AWS_PROFILE": "push"}, map[string]string{"credentials": profile("default", "FILE") + profile("push", "PUSH")}, credentials.Options{}, "PUSH"},
		"a profile that is named":         {map[string]string{"AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "s"}, map[string]string{"credentials": profile("push", "PUSH")}, credentials.Options{Profile: "push"}, "PUSH"},
		"a profile of the config file":    {nil, map[string]string{"config": strings.Replace(profile("push", "CONFIG"), "[push]", "[profile push]", 1)}, credentials.Options{Profile: "push"}, "CONFIG"},
		"a file of its own":               {map[string]string{"AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "s"}, map[string]string{"own": profile("default", "OWN")}, credentials.Options{File: "own"}, "OWN"},
		"nothing":                         {nil, nil, credentials.Options{}, "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile"},
		"half of a key":                   {map[string]string{"AWS_ACCESS_KEY_ID": "ENV"}, nil, credentials.Options{}, "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"},
		"a profile that is not there":     {nil, map[string]string{"credentials": profile("default", "FILE")}, credentials.Options{Profile: "push"}, "push"},
		"a file without what it is for":   {nil, map[string]string{"own": ""}, credentials.Options{File: "own"}, "default"},
		"a file of its own, with profile": {nil, map[string]string{"own": profile("push", "PUSH")}, credentials.Options{File: "own", Profile: "push"}, "PUSH"},
	} {
		t.Run(name, func(t *testing.T) {
			home := alone(t)
			for name, value := range test.environment {
				t.Setenv(name, value)
			}
			for name, content := range test.files {
				write(t, filepath.Join(home, name), content)
			}
			if test.options.File != "" {
				test.options.File = filepath.Join(home, test.options.File)
			}
			test.options.Log = slog.New(slog.DiscardHandler)
			provider, err := credentials.Open(t.Context(), test.options)
			if err != nil {
				if !strings.Contains(err.Error(), test.want) {
					t.Errorf("%v; want %q", err, test.want)
				}
				return
			}
			if found, err := provider.Retrieve(t.Context()); err != nil || found.AccessKeyID != test.want {
				t.Errorf("the key is %q, %v; want %q", found.AccessKeyID, err, test.want)
			}
		})
	}
}

// A file that is rotated is read again; one that cannot be read changes nothing.
func TestRotatedCredentialsAreFollowed(t *testing.T) {
	file := filepath.Join(alone(t), "own")
	write(t, file, profile("default", "FIRST"))
	synctest.Test(t, func(t *testing.T) {
		provider, err := credentials.Open(t.Context(), credentials.Options{File: file, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct{ content, want string }{
			{profile("default", "SECOND"), "SECOND"},
			{"[default]\naws_access_key_id = ", "SECOND"}, // half written
			{"", "SECOND"},
			{profile("default", "THE-THIRD"), "THE-THIRD"},
		} {
			write(t, file, step.content)
			time.Sleep(2 * time.Second)
			found, err := provider.Retrieve(t.Context())
			if err != nil || found.AccessKeyID != step.want || found.SessionToken != "token of "+step.want {
				t.Errorf("after %q the key is %q, %v; want %q", step.content, found.AccessKeyID, err, step.want)
			}
		}
	})
}

// Package credentials finds the AWS credentials that calls to @connections are
// signed with, where AWS's own tools find theirs, and follows them when they are
// rotated: a session token need not restart the service.
package credentials

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// lookEvery is how often files are checked for a change.
const lookEvery = time.Second

// Options say where to search; the zero value searches where AWS's tools do: in
// the environment, in the shared files (AWS_PROFILE), for a web identity, for a
// container's role.
type Options struct {
	Profile string // of the shared files
	File    string // shared credentials file
	Log     *slog.Logger
}

// A Provider gives the current credentials. It is safe for concurrent use.
type Provider struct {
	options Options
	load    []func(*config.LoadOptions) error

	mu      sync.Mutex
	current aws.CredentialsProvider
	looked  time.Time
	seen    []stamp
}

// A stamp is a file's size and time, by which a change is detected.
type stamp struct {
	changed time.Time
	size    int64
}

// Open finds the credentials. The error says where they were looked for.
func Open(ctx context.Context, options Options) (*Provider, error) {
	p := &Provider{options: options}
	profile := options.Profile
	if options.File != "" {
		profile = cmp.Or(profile, os.Getenv("AWS_PROFILE"), "default") // a profile that is named comes before the environment
		p.load = append(p.load, config.WithSharedCredentialsFiles([]string{options.File}))
	}
	if profile != "" {
		p.load = append(p.load, config.WithSharedConfigProfile(profile))
	}
	if os.Getenv("AWS_EC2_METADATA_DISABLED") != "false" { // on other machines than EC2's the request takes seconds to fail
		p.load = append(p.load, config.WithEC2IMDSClientEnableState(imds.ClientDisabled))
	}
	if err := p.reload(ctx, p.stamps()); err != nil {
		return nil, explain(err)
	}
	if _, err := p.Retrieve(ctx); err != nil {
		return nil, explain(err)
	}
	return p, nil
}

// explain says what to do, with the useful part of the SDK's error: where nothing is set
// up it ends with the last place that it looked in, the metadata of an EC2 machine.
func explain(err error) error {
	why := ""
	if missing, ok := errors.AsType[config.SharedConfigProfileNotExistError](err); ok {
		return language.Errorf("reports_program.no_profile", "name", missing.Profile, "error", noDetail{err})
	}
	if !strings.Contains(err.Error(), "EC2 IMDS") {
		why = ": " + err.Error()
	}
	return language.Errorf("reports_program.no_credentials", "why", why, "error", noDetail{err})
}

// noDetail wraps an error without printing it.
type noDetail struct{ err error }

func (noDetail) Error() string { return "" }

func (n noDetail) Unwrap() error { return n.err }

// Retrieve returns the credentials. A file that has changed is read again; while it
// cannot be read, the credentials before it are returned.
func (p *Provider) Retrieve(ctx context.Context) (aws.Credentials, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := time.Now(); now.Sub(p.looked) >= lookEvery {
		p.looked = now
		if seen := p.stamps(); !slices.Equal(seen, p.seen) {
			p.follow(ctx, seen)
		}
	}
	found, err := p.current.Retrieve(ctx)
	if err == nil && !found.HasKeys() {
		err = errors.New("the keys are empty")
	}
	return found, err
}

// follow reads changed files, and uses them if they hold credentials.
func (p *Provider) follow(ctx context.Context, seen []stamp) {
	before := p.current
	err := p.reload(ctx, seen)
	if err == nil {
		_, err = p.current.Retrieve(ctx)
	}
	if err == nil {
		p.options.Log.Info("the credentials were read again")
		return
	}
	p.current, p.seen = before, nil // checked again, since the file may be half written
	p.options.Log.Warn("the changed credentials cannot be read; the ones before stay", "cause", err)
}

func (p *Provider) reload(ctx context.Context, seen []stamp) error {
	loaded, err := config.LoadDefaultConfig(ctx, p.load...)
	if err != nil {
		return err
	}
	p.current, p.seen = loaded.Credentials, seen
	return nil
}

// stamps are those of the files that credentials may come from.
func (p *Provider) stamps() (stamps []stamp) {
	for _, file := range []string{
		cmp.Or(p.options.File, os.Getenv("AWS_SHARED_CREDENTIALS_FILE"), config.DefaultSharedCredentialsFilename()),
		cmp.Or(os.Getenv("AWS_CONFIG_FILE"), config.DefaultSharedConfigFilename()),
	} {
		info, err := os.Stat(file)
		if err != nil {
			stamps = append(stamps, stamp{})
			continue
		}
		stamps = append(stamps, stamp{info.ModTime(), info.Size()})
	}
	return stamps
}

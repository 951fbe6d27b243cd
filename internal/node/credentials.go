package node

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/atomicfile"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// Credentials are what an AWS client needs to be the administrator of a node.
type Credentials struct {
	AccessKeyID     string
	SecretAccessKey string
	Region          string
	AccountID       string
	Endpoint        string // http://127.0.0.1:4566, for --endpoint-url
}

// credentialsFile lies in the data directory, mode 0600. Its form is AWS's, so
// AWS_SHARED_CREDENTIALS_FILE may name it.
const credentialsFile = "credentials"

// CredentialsPath is where the credentials of the node with that data directory lie.
func CredentialsPath(dataDir string) string { return filepath.Join(dataDir, credentialsFile) }

func writeCredentials(dataDir string, c Credentials) error {
	text := fmt.Sprintf("[default]\naws_access_key_id = %s\naws_secret_access_key = %s\nregion = %s\naws_account_id = %s\nendpoint_url = %s\n",
		c.AccessKeyID, c.SecretAccessKey, c.Region, c.AccountID, c.Endpoint)
	return atomicfile.Write(CredentialsPath(dataDir), []byte(text), 0o600)
}

// ReadCredentials reads the credentials that the node with that data directory
// wrote when it last started.
func ReadCredentials(dataDir string) (Credentials, error) {
	file, err := os.Open(CredentialsPath(dataDir))
	if err != nil {
		return Credentials{}, language.Errorf("node.no_credentials", "dir", dataDir, "error", err)
	}
	defer file.Close()
	found := map[string]string{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if name, value, ok := strings.Cut(lines.Text(), "="); ok {
			found[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	c := Credentials{
		AccessKeyID: found["aws_access_key_id"], SecretAccessKey: found["aws_secret_access_key"],
		Region: found["region"], AccountID: found["aws_account_id"], Endpoint: found["endpoint_url"],
	}
	if c.AccessKeyID == "" || c.SecretAccessKey == "" {
		return Credentials{}, language.Errorf("node.half_file", "file", file.Name(), "dir", dataDir)
	}
	return c, lines.Err()
}

// publishCredentials writes the administrator's key down, or takes the file away
// when all root keys were deleted or deactivated. withdraw takes away a file that was not
// there before.
func (n *Node) publishCredentials(endpoint string) (withdraw func() error, err error) {
	file := CredentialsPath(n.options.DataDir)
	_, missing := os.Stat(file)
	withdraw = func() error {
		if missing == nil {
			return nil
		}
		return os.Remove(file)
	}
	n.credentials = Credentials{Region: n.regionAccount.Region, AccountID: n.regionAccount.AccountID, Endpoint: endpoint}
	key, ok := n.identity.Administrator()
	if !ok {
		if err := os.Remove(file); err != nil && !os.IsNotExist(err) {
			return withdraw, err
		}
		return func() error { return nil }, nil
	}
	n.credentials.AccessKeyID, n.credentials.SecretAccessKey = key.AccessKeyID, key.SecretAccessKey
	return withdraw, writeCredentials(n.options.DataDir, n.credentials)
}

// credentialsEvery is how often the file is held against the administrator's key: a file that
// is applied may bring another.
const credentialsEvery = time.Second

// keepCredentials has the file name the administrator's key until ctx ends, and removes it
// while there is none.
func (n *Node) keepCredentials(ctx context.Context) error {
	written := n.credentials
	tick := time.NewTicker(credentialsEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		key, ok := n.identity.Administrator()
		if key.AccessKeyID == written.AccessKeyID {
			continue
		}
		now := written
		now.AccessKeyID, now.SecretAccessKey = key.AccessKeyID, key.SecretAccessKey
		var err error
		if ok {
			err = writeCredentials(n.options.DataDir, now)
		} else if err = os.Remove(CredentialsPath(n.options.DataDir)); os.IsNotExist(err) {
			err = nil
		}
		if err != nil {
			return err // it is tried again
		}
		written = now
	}
}

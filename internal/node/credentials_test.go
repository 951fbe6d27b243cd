package node_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/fileerror"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// A program that waits for the port finds the credentials; a node that does not get its port
// leaves none behind that were not there before.
func TestCredentialsAreThereBeforeThePort(t *testing.T) {
	address, dir := testkit.FreeAddress(t), t.TempDir()
	found := make(chan error, 1)
	go func() { // ends when the port is open, or with the test's time limit
		for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
			if nc, err := net.Dial("tcp", address); err == nil {
				_, err = node.ReadCredentials(dir)
				found <- errors.Join(err, nc.Close())
				return
			}
		}
		found <- errors.New("the port was never open")
	}()
	n := start(t, node.Settings{DataDir: dir, Listen: address})
	if err := <-found; err != nil {
		t.Error(err)
	}
	if written, err := node.ReadCredentials(dir); err != nil || written != n.Credentials() || written.Endpoint != "http://"+address {
		t.Errorf("%+v, %v", written, err)
	}
	other := t.TempDir()
	if _, err := node.Start(t.Context(), node.Options{Settings: node.Settings{DataDir: other, Listen: address}, Version: "test"}); err == nil {
		t.Fatal("two nodes have one port")
	}
	if _, err := node.ReadCredentials(other); err == nil {
		t.Error("a node that did not start left credentials")
	}
}

// The credentials in the data directory are those of the administrator also when the keys
// change while the node runs, as when a back-up is applied: no restart is needed.
func TestCredentialsFollowTheAdministratorsKey(t *testing.T) {
	dir := t.TempDir()
	n := start(t, node.Settings{DataDir: dir})
	first := n.Credentials()
	keys := n.Identity().AccessKeys
	next, err := keys.CreateAccessKey(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if err := keys.DeleteAccessKey(t.Context(), "", first.AccessKeyID); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "the new key", func() bool {
		written, err := node.ReadCredentials(dir)
		return err == nil && written.AccessKeyID == next.AccessKeyID && written.SecretAccessKey == next.SecretAccessKey &&
			written.Endpoint == first.Endpoint && written.AccountID == first.AccountID
	})
	if err := keys.DeleteAccessKey(t.Context(), "", next.AccessKeyID); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "the file to go with the last key", func() bool {
		_, err := os.Stat(node.CredentialsPath(dir))
		return os.IsNotExist(err)
	})
}

// Every file that a start writes may have a folder in its place, and the error says so.
func TestAFolderInPlaceOfAFile(t *testing.T) {
	made := t.TempDir()
	n, err := node.Start(t.Context(), node.Options{Settings: node.Settings{DataDir: made, Listen: "127.0.0.1:0"}, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	stop(t, n)
	entries, err := os.ReadDir(made)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.IsDir() {
			continue
		}
		t.Run(entry.Name(), func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(made)); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, entry.Name())
			if err := errors.Join(os.Remove(path), os.MkdirAll(filepath.Join(path, "x"), 0o700)); err != nil {
				t.Fatal(err)
			}
			_, err := node.Start(t.Context(), node.Options{Settings: node.Settings{DataDir: dir, Listen: "127.0.0.1:0"}, Version: "test"})
			if said := fmt.Sprint(fileerror.Explain(err)); !strings.HasPrefix(said, path+" is a folder, and a file belongs there: move it away") {
				t.Error(said)
			}
		})
	}
}

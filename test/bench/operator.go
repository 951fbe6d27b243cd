//go:build linux

package main

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// operator asks the gateway for its profiles, signed like every operator's call.
type operator struct {
	endpoint, region, access, secret string
	certificate                      string
}

func (o *operator) Retrieve(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: o.access, SecretAccessKey: o.secret}, nil
}

func (o *operator) client() (*http.Client, error) {
	if o.certificate == "" {
		return http.DefaultClient, nil
	}
	pem, err := os.ReadFile(o.certificate)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "localhost"}}}, nil
}

// profile fetches a profile; one of the heap collects garbage first and gives
// what is free back to the system.
func (o *operator) profile(ctx context.Context, query string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, o.endpoint+"/_pasarela/profile?"+query, nil)
	if err != nil {
		return nil, err
	}
	hash, who := sha256.Sum256(nil), aws.Credentials{AccessKeyID: o.access, SecretAccessKey: o.secret}
	if err := v4.NewSigner().SignHTTP(ctx, who, r, hex.EncodeToString(hash[:]), "pasarela", o.region, time.Now()); err != nil {
		return nil, err
	}
	client, err := o.client()
	if err != nil {
		return nil, err
	}
	res, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("profile?%s: %s: %s", query, res.Status, data)
	}
	return data, err
}

// profiled runs act while a CPU profile is taken, when profiles are wanted.
func (s *site) profiled(ctx context.Context, name string, act func() error) error {
	if s.plan.profile == "" || s.operator == nil {
		return act()
	}
	done := make(chan error, 1)
	go func() {
		data, err := s.operator.profile(ctx, "kind=cpu&seconds=2")
		if err == nil {
			err = save(s.plan.profile, name+".cpu", data)
		}
		done <- err
	}()
	err := act()
	if failed := <-done; err == nil {
		err = failed
	}
	return err
}

func save(dir, name string, data []byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name), data, 0o644)
}

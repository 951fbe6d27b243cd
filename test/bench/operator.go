//go:build linux

package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"

	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
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

// tagStage gives the stage of a path "/{api}/{stage}" a tag.
func (o *operator) tagStage(ctx context.Context, path, name, value string) error {
	apiID, stageName, _ := strings.Cut(strings.Trim(path, "/"), "/")
	client := api.New(api.Options{Region: o.region, BaseEndpoint: &o.endpoint, RetryMaxAttempts: 1, Credentials: o})
	_, err := client.TagResource(ctx, &api.TagResourceInput{
		ResourceArn: aws.String("arn:aws:apigateway:" + o.region + "::/apis/" + apiID + "/stages/" + stageName), Tags: map[string]string{name: value},
	})
	return err
}

// profile fetches a profile; one of the heap collects garbage first and gives
// what is free back to the system.
func (o *operator) profile(ctx context.Context, kind string, seconds int) ([]byte, error) {
	client, err := o.client()
	if err != nil {
		return nil, err
	}
	who, err := o.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	node := extension.Client{Endpoint: o.endpoint, Region: o.region, Credentials: who, HTTP: client}
	return node.Profile(ctx, kind, seconds)
}

// profiled runs act while CPU profiles are taken of the gateway and of the node that pushes go
// to, when profiles are wanted.
func (s *site) profiled(ctx context.Context, name string, act func() error) error {
	if s.plan.profile == "" || s.operator == nil {
		return act()
	}
	taken := make(chan error, 2)
	go func() { taken <- s.saveProfile(ctx, s.operator, name) }()
	go func() {
		if len(s.others) == 0 {
			taken <- nil
			return
		}
		other := *s.operator
		other.endpoint = "http://" + s.push
		taken <- s.saveProfile(ctx, &other, name+"-other")
	}()
	err := act()
	return errors.Join(err, <-taken, <-taken)
}

func (s *site) saveProfile(ctx context.Context, o *operator, name string) error {
	data, err := o.profile(ctx, "cpu", 2)
	if err != nil {
		return err
	}
	return save(s.plan.profile, name+".cpu", data)
}

func save(dir, name string, data []byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name), data, 0o644)
}

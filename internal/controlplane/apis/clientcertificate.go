package apis

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"sort"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// GenerateClientCertificateInput is the input of [ClientCertificates.GenerateClientCertificate].
type GenerateClientCertificateInput struct {
	Description *string           `json:"description"`
	Tags        map[string]string `json:"tags"`
}

// ClientCertificateInput names a client certificate.
type ClientCertificateInput struct {
	ClientCertificateID string `json:"-" uri:"clientcertificate_id"`
}

// UpdateClientCertificateInput is the input of [ClientCertificates.UpdateClientCertificate].
type UpdateClientCertificateInput struct {
	ClientCertificateInput
	PatchInput
}

// ClientCertificate is the view of a client certificate, without its key.
type ClientCertificate struct {
	ClientCertificateID   string            `json:"clientCertificateId"`
	Description           string            `json:"description,omitempty"`
	PEMEncodedCertificate string            `json:"pemEncodedCertificate"`
	CreatedDate           Epoch             `json:"createdDate"`
	ExpirationDate        Epoch             `json:"expirationDate"`
	Tags                  map[string]string `json:"tags,omitempty"`
}

func viewCertificate(c pasarela.ClientCertificate) ClientCertificate {
	return ClientCertificate{c.ClientCertificateID, c.Description, c.PEMEncodedCertificate, Epoch(c.CreatedDate), Epoch(c.ExpirationDate), c.Tags}
}

func noCertificate() error {
	return pasarela.Errorf(pasarela.CodeNotFound, "Invalid Client Certificate ID specified")
}

// ClientCertificates does the operations on the certificates that the gateway shows to
// backends, one document each.
type ClientCertificates struct {
	*Options
	apis         *Service
	certificates *document.Store[pasarela.ClientCertificate]
}

// GenerateClientCertificate makes a certificate that the gateway shows to HTTP
// backends of the stages that name it. It is valid for a year, as on AWS.
func (s *ClientCertificates) GenerateClientCertificate(ctx context.Context, in GenerateClientCertificateInput) (ClientCertificate, error) {
	var c check
	c.atMost("description", in.Description, 1024)
	c.ownTags(in.Tags, "a client certificate")
	if c.tags(in.Tags); c.err != nil {
		return ClientCertificate{}, c.err
	}
	at := s.now()
	made := pasarela.ClientCertificate{CreatedDate: at, ExpirationDate: at.AddDate(1, 0, 0), Tags: in.Tags}
	set(&made.Description, in.Description)
	for {
		made.ClientCertificateID = pasarela.NewShortID()
		if err := sign(&made); err != nil {
			return ClientCertificate{}, err
		}
		_, err := s.certificates.Create(ctx, pasarela.PrefixClientCertificate+made.ClientCertificateID, &made)
		if !errors.Is(err, pasarela.ErrConflict) {
			return viewCertificate(made), err
		}
	}
}

// sign makes the key and the self-signed certificate: P-256, which every current TLS
// stack accepts.
func sign(c *pasarela.ClientCertificate) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: "ApiGateway", Organization: []string{"pasarela"}},
		NotBefore:             c.CreatedDate.Add(-time.Minute), // clocks differ
		NotAfter:              c.ExpirationDate,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	c.PEMEncodedCertificate = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	c.PEMEncodedPrivateKey = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
	return nil
}

// GetClientCertificate returns one client certificate.
func (s *ClientCertificates) GetClientCertificate(ctx context.Context, in ClientCertificateInput) (ClientCertificate, error) {
	if !isID(in.ClientCertificateID) {
		return ClientCertificate{}, noCertificate()
	}
	doc, err := s.certificates.Get(ctx, pasarela.PrefixClientCertificate+in.ClientCertificateID)
	if errors.Is(err, pasarela.ErrNotFound) {
		return ClientCertificate{}, noCertificate()
	}
	if err != nil {
		return ClientCertificate{}, err
	}
	return viewCertificate(*doc.Value), nil
}

// GetClientCertificates returns all client certificates, newest first.
func (s *ClientCertificates) GetClientCertificates(ctx context.Context, _ Nothing) ([]ClientCertificate, error) {
	docs, err := s.certificates.List(ctx, pasarela.PrefixClientCertificate)
	if err != nil {
		return nil, err
	}
	sort.SliceStable(docs, func(i, j int) bool { return docs[i].Value.CreatedDate.After(docs[j].Value.CreatedDate) })
	views := make([]ClientCertificate, len(docs))
	for i := range docs {
		views[i] = viewCertificate(*docs[i].Value)
	}
	return views, nil
}

// UpdateClientCertificate changes the description.
func (s *ClientCertificates) UpdateClientCertificate(ctx context.Context, in UpdateClientCertificateInput) (ClientCertificate, error) {
	if !isID(in.ClientCertificateID) {
		return ClientCertificate{}, noCertificate()
	}
	doc, err := s.certificates.Update(ctx, pasarela.PrefixClientCertificate+in.ClientCertificateID, func(c *pasarela.ClientCertificate) error {
		return in.each(func(op PatchOperation) error {
			if op.Path != "/description" {
				return badPath(op, "/description")
			}
			c.Description = op.unlessRemoved()
			return nil
		})
	})
	if errors.Is(err, pasarela.ErrNotFound) {
		return ClientCertificate{}, noCertificate()
	}
	if err != nil {
		return ClientCertificate{}, err
	}
	return viewCertificate(*doc.Value), nil
}

// DeleteClientCertificate removes a client certificate that no stage shows.
func (s *ClientCertificates) DeleteClientCertificate(ctx context.Context, in ClientCertificateInput) error {
	if !isID(in.ClientCertificateID) {
		return noCertificate()
	}
	docs, err := s.apis.apis.List(ctx, pasarela.PrefixAPI)
	if err != nil {
		return err
	}
	for _, doc := range docs {
		for i := range doc.Value.Stages {
			if doc.Value.Stages[i].ClientCertificateID == in.ClientCertificateID {
				return bad("Client certificate %s cannot be deleted: stage %s of API %s uses it.", in.ClientCertificateID, doc.Value.Stages[i].StageName, doc.Value.API.APIID)
			}
		}
	}
	err = s.certificates.Delete(ctx, pasarela.PrefixClientCertificate+in.ClientCertificateID, nil)
	if errors.Is(err, pasarela.ErrNotFound) {
		return noCertificate()
	}
	return err
}

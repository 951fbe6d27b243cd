package acceptance

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// An authority is Pebble, Let's Encrypt's server for tests, and a DNS server for it,
// which resolves every name to this machine.
type authority struct {
	directory string // URL
	trusted   string // PEM file of the certificate that the directory has
	program   *testkit.Program
}

func newAuthority(t *testing.T, tlsPort int) authority {
	t.Helper()
	folder := t.TempDir()
	pebble, names := filepath.Join(folder, "pebble"), filepath.Join(folder, "names")
	for path, command := range map[string]string{pebble: "pebble", names: "pebble-challtestsrv"} {
		build := exec.CommandContext(t.Context(), "go", "build", "-modfile=../../tools/go.mod", "-o", path, "github.com/letsencrypt/pebble/v2/cmd/"+command)
		if said, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
	}
	a := authority{trusted: filepath.Join(folder, "directory.pem")}
	key := filepath.Join(folder, "directory.key")
	selfSigned(t, a.trusted, key)
	listen, resolver := testkit.FreeAddress(t), testkit.FreeAddress(t)
	config, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": listen, "managementListenAddress": testkit.FreeAddress(t), "certificate": a.trusted, "privateKey": key, "tlsPort": tlsPort,
		"profiles": map[string]any{"default": map[string]any{"description": "a day", "validityPeriod": 90 * 86400}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "pebble.json")
	if err := os.WriteFile(path, config, 0o600); err != nil {
		t.Fatal(err)
	}
	testkit.Start(t, nil, names, "-dns01", resolver, "-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-http01", "", "-https01", "", "-tlsalpn01", "", "-doh", "", "-management", testkit.FreeAddress(t)).WaitFor(t, `Starting challenge servers`)
	a.program = testkit.Start(t, []string{"PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0"}, pebble, "-config", path, "-dnsserver", resolver)
	a.program.WaitFor(t, `ACME directory available`)
	a.directory = "https://" + listen + "/dir"
	return a
}

// selfSigned writes a certificate for 127.0.0.1 and its key.
func selfSigned(t *testing.T, certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "directory"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	public, err := x509.CreateCertificate(rand.Reader, &template, &template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(
		os.WriteFile(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: public}), 0o600),
		os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600),
	); err != nil {
		t.Fatal(err)
	}
}

// TestCertificatesByACME: a server with --acme-domain has a certificate made by an authority
// that asks it on its own port, serves it, and has it still after a restart without the
// authority. Other names are refused.
func TestCertificatesByACME(t *testing.T) {
	t.Parallel()
	address := testkit.FreeAddress(t)
	_, text, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	authority := newAuthority(t, port)
	data := t.TempDir()
	start := func() *testkit.Program {
		return testkit.Start(t, []string{"SSL_CERT_FILE=" + authority.trusted}, pasarelaProgram, "serve", "--data", data, "--listen", address,
			"--acme-domain", "ws.example.test", "--acme-directory", authority.directory)
	}
	serial := func(name string) (*big.Int, error) {
		conn, err := tls.Dial("tcp", address, &tls.Config{ServerName: name, InsecureSkipVerify: true}) // the authority's root is made at each start
		if err != nil {
			return nil, err
		}
		defer conn.Close()
		leaf := conn.ConnectionState().PeerCertificates[0]
		return leaf.SerialNumber, leaf.VerifyHostname("ws.example.test")
	}
	server := start()
	if endpoint := server.WaitFor(t, `serves (https\S+) `); endpoint != "https://ws.example.test:"+text {
		t.Errorf("the endpoint is %s", endpoint)
	}
	server.WaitFor(t, `the certificate of a domain is served.*ws\.example\.test`)
	first, err := serial("ws.example.test")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := serial("other.example.test"); err == nil {
		t.Error("a name that is not the server's has a certificate")
	}
	check := exec.CommandContext(t.Context(), pasarelaProgram, "healthcheck")
	check.Env = append(os.Environ(), "PASARELA_LISTEN="+address, "PASARELA_ACME_DOMAIN=ws.example.test")
	if said, err := check.CombinedOutput(); err != nil {
		t.Errorf("the health check: %v\n%s", err, said)
	}
	server.Terminate(t)
	authority.program.Kill()
	start().WaitFor(t, `the certificate of a domain is served`)
	if again, err := serial("ws.example.test"); err != nil || again.Cmp(first) != 0 {
		t.Errorf("after a restart the certificate is %v, was %v: %v", again, first, err)
	}
}

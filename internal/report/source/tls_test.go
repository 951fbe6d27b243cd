package source_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pasarela-ws/pasarela/internal/report/source"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// An authority issues certificates, as a company's own does.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	made := authority{
		key: ecKey(t),
		certificate: &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Own authority"}, NotAfter: time.Now().Add(time.Hour),
			IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		},
	}
	der, err := x509.CreateCertificate(rand.Reader, made.certificate, made.certificate, &made.key.PublicKey, made.key)
	if err != nil {
		t.Fatal(err)
	}
	if made.certificate, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return made
}

func ecKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// file writes the authority's certificate.
func (a authority) file(t *testing.T, name string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	writePEM(t, file, "CERTIFICATE", a.certificate.Raw, nil)
	return file
}

// issue writes a certificate for 127.0.0.1 and its key into a folder, for an account or,
// without one, for who runs the test.
func (a authority) issue(t *testing.T, folder, name string, account *syscall.Credential) (certificate, key string) {
	t.Helper()
	own := ecKey(t)
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}, a.certificate, &own.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := x509.MarshalPKCS8PrivateKey(own)
	if err != nil {
		t.Fatal(err)
	}
	certificate, key = filepath.Join(folder, name+".crt"), filepath.Join(folder, name+".key")
	writePEM(t, certificate, "CERTIFICATE", der, account)
	writePEM(t, key, "PRIVATE KEY", plain, account)
	return certificate, key
}

func writePEM(t *testing.T, file, kind string, content []byte, account *syscall.Credential) {
	t.Helper()
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600); err != nil {
		t.Fatal(err)
	}
	if account != nil {
		if err := os.Chown(file, int(account.Uid), int(account.Gid)); err != nil {
			t.Fatal(err)
		}
	}
}

// encrypted opens the address and asks the server how it sees the connection; it returns
// the answer.
func encrypted(t *testing.T, address, sql string) (string, error) {
	t.Helper()
	opened, err := source.Open("shop", address)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	if _, err := drain(t.Context(), opened, sql, time.Minute); err != nil {
		return "", err
	}
	_, rows := texts(t, opened, source.Query{SQL: sql})
	return rows[0][0], nil
}

// postgresTLS: verify-full accepts certificates of the authority that is named, and of no
// other; an address that asks for it does not go on without TLS.
func postgresTLS(t *testing.T, address string) {
	const sql = `select case when ssl then 'tls' else 'plain' end from pg_stat_ssl where pid = pg_backend_pid()`
	own := newAuthority(t)
	trusted, foreign := url.QueryEscape(own.file(t, "own.pem")), url.QueryEscape(newAuthority(t).file(t, "foreign.pem"))
	if _, err := encrypted(t, address+"?sslmode=verify-full&sslrootcert="+trusted, sql); err == nil {
		t.Error("a server without TLS was read")
	}
	admin, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(t.Context())
	var data string
	if err := admin.QueryRow(t.Context(), "show data_directory").Scan(&data); err != nil {
		t.Fatal(err)
	}
	var owned syscall.Stat_t
	if err := syscall.Stat(data, &owned); err != nil {
		t.Fatal(err)
	}
	own.issue(t, data, "server", &syscall.Credential{Uid: owned.Uid, Gid: owned.Gid}) // server.crt and server.key are the names it looks for
	for _, statement := range []string{"alter system set ssl = on", "select pg_reload_conf()"} {
		if _, err := admin.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	defer func() {
		for _, statement := range []string{"alter system reset ssl", "select pg_reload_conf()"} {
			if _, err := admin.Exec(t.Context(), statement); err != nil {
				t.Error(err)
			}
		}
	}()
	testkit.Eventually(t, "a connection by TLS", func() bool {
		said, err := encrypted(t, address+"?sslmode=verify-full&sslrootcert="+trusted, sql)
		return err == nil && said == "tls"
	})
	if said, err := encrypted(t, address+"?sslmode=verify-full&sslrootcert="+foreign, sql); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("another authority's certificate: %q, %v", said, err)
	}
}

// mariadbTLS: as of PostgreSQL, and a login that needs a certificate of its own.
func mariadbTLS(t *testing.T, address string, own authority) {
	const sql = `select if(variable_value = '', 'plain', 'tls') from information_schema.session_status where variable_name = 'Ssl_cipher'`
	trusted, foreign := url.QueryEscape(own.file(t, "own.pem")), url.QueryEscape(newAuthority(t).file(t, "foreign.pem"))
	certificate, key := own.issue(t, t.TempDir(), "client", nil)
	login := strings.Replace(address, "root@", "certified@", 1)
	pair := "&cert=" + url.QueryEscape(certificate) + "&key=" + url.QueryEscape(key)
	for of, want := range map[string]string{
		address:                         "plain",
		address + "?ca=" + trusted:      "tls",
		address + "?tls=skip-verify":    "tls",
		login + "?ca=" + trusted + pair: "tls",
		address + "?tls=true":           "error: certificate",
		address + "?ca=" + foreign:      "error: certificate",
		login + "?ca=" + trusted:        "error: certified",
		login:                           "error: certified",
	} {
		said, err := encrypted(t, of, sql)
		if reason, fails := strings.CutPrefix(want, "error: "); fails && (err == nil || !strings.Contains(err.Error(), reason)) || !fails && (err != nil || said != want) {
			t.Errorf("%s: %q, %v; want %s", of, said, err, want)
		}
	}
}

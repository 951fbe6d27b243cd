package networkerror_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/networkerror"
)

// dialled and read are errors as the net package makes them.
func dialled(code syscall.Errno) error { return of("dial", os.NewSyscallError("connect", code)) }

func read(err error) error { return of("read", err) }

func of(op string, err error) error {
	return &net.OpError{Op: op, Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(10, 0, 0, 5), Port: 8080}, Err: err}
}

// refused is what crypto/tls makes of a certificate that is not accepted.
func refused(why error) error { return &tls.CertificateVerificationError{Err: why} }

// What stands in the way of a connection is a sentence in both languages, with nothing of
// the library's or the system's text in it.
func TestNetworkErrorsAreSentences(t *testing.T) {
	now := time.Now()
	certificate := &x509.Certificate{
		Issuer: pkix.Name{CommonName: "Private CA"}, DNSNames: []string{"a.test", "b.test"}, IPAddresses: []net.IP{net.IPv4(10, 0, 0, 5)},
		NotBefore: now.Add(-2 * time.Hour), NotAfter: time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC),
	}
	early := &x509.Certificate{NotBefore: time.Date(2999, 1, 2, 3, 4, 5, 0, time.UTC)}
	many := &x509.Certificate{DNSNames: []string{"1", "2", "3", "4", "5", "6"}}
	for name, c := range map[string]struct {
		err              error
		english, spanish string
	}{
		"refused": {
			dialled(syscall.ECONNREFUSED),
			"the connection was refused: no server listens at 10.0.0.5:8080", "se rechazó la conexión: ningún servidor escucha en 10.0.0.5:8080",
		},
		"no such host": {
			&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "backend.test", IsNotFound: true}},
			"the host name backend.test is not known: look for a slip in it, or see to its DNS record", "no se conoce el nombre backend.test: busca una errata, o revisa su registro DNS",
		},
		"a silent name server": {
			&net.DNSError{Err: "i/o timeout", Name: "backend.test", IsTimeout: true},
			"the name server did not say what address backend.test has", "el servidor de nombres no dijo qué dirección tiene backend.test",
		},
		"a failing name server": {
			&net.DNSError{Err: "server misbehaving", Name: "backend.test", IsTemporary: true},
			"the name server did not say what address backend.test has", "el servidor de nombres no dijo qué dirección tiene backend.test",
		},
		"no route to the host": {
			dialled(syscall.EHOSTUNREACH),
			"10.0.0.5:8080 cannot be reached from this machine: see to its network, or to a firewall in between", "no se llega a 10.0.0.5:8080 desde esta máquina: revisa su red, o los cortafuegos de en medio",
		},
		"no network": {
			dialled(syscall.ENETUNREACH),
			"10.0.0.5:8080 cannot be reached from this machine: see to its network, or to a firewall in between", "no se llega a 10.0.0.5:8080 desde esta máquina: revisa su red, o los cortafuegos de en medio",
		},
		"a connection that times out": {dialled(syscall.ETIMEDOUT), "there was no answer in time", "no hubo respuesta a tiempo"},
		"a read that times out":       {read(os.ErrDeadlineExceeded), "there was no answer in time", "no hubo respuesta a tiempo"},
		"a call that times out":       {fmt.Errorf("get: %w", context.DeadlineExceeded), "there was no answer in time", "no hubo respuesta a tiempo"},
		"reset":                       {read(os.NewSyscallError("read", syscall.ECONNRESET)), "the other side broke the connection off", "el otro extremo cortó la conexión"},
		"a broken pipe":               {fmt.Errorf("no connection: %w", syscall.EPIPE), "the other side broke the connection off", "el otro extremo cortó la conexión"},
		"closed":                      {fmt.Errorf("read: %w", io.EOF), "the other side closed the connection before it had answered", "el otro extremo cerró la conexión antes de responder"},
		"closed within":               {io.ErrUnexpectedEOF, "the other side closed the connection before it had answered", "el otro extremo cerró la conexión antes de responder"},
		"an unknown authority": {
			refused(x509.UnknownAuthorityError{Cert: certificate}),
			"its certificate was issued by Private CA, which is not trusted here", "su certificado lo emitió Private CA, en quien aquí no se confía",
		},
		"an expired certificate": {
			refused(x509.CertificateInvalidError{Cert: certificate, Reason: x509.Expired}),
			"its certificate expired at 2020-01-02 03:04:05 UTC", "su certificado caducó el 2020-01-02 03:04:05 UTC",
		},
		"a certificate of the future": {
			refused(x509.CertificateInvalidError{Cert: early, Reason: x509.Expired}),
			"its certificate is not valid before 2999-01-02 03:04:05 UTC", "su certificado no es válido antes del 2999-01-02 03:04:05 UTC",
		},
		"another host's certificate": {
			refused(x509.HostnameError{Certificate: certificate, Host: "c.test"}),
			"its certificate is for a.test, b.test, 10.0.0.5, not for c.test", "su certificado es para a.test, b.test, 10.0.0.5, no para c.test",
		},
		"a certificate for many hosts": {
			refused(x509.HostnameError{Certificate: many, Host: "c.test"}),
			"its certificate is for 1, 2, 3, 4, 5, ..., not for c.test", "su certificado es para 1, 2, 3, 4, 5, ..., no para c.test",
		},
		"a certificate for no host": {
			refused(x509.HostnameError{Certificate: early, Host: "c.test"}),
			"its certificate names no host, so not c.test either", "su certificado no nombra ningún servidor, así que tampoco c.test",
		},
		"no TLS": {
			tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"},
			"it answers without TLS: write http:// in place of https://, or serve it with TLS", "responde sin TLS: escribe http:// en lugar de https://, o sírvelo con TLS",
		},
	} {
		said := networkerror.Explain(fmt.Errorf("no connection: %w", c.err))
		if english, spanish := said.Error(), language.Spanish.Of(said); english != c.english || spanish != c.spanish {
			t.Errorf("%s:\n%s\n%s", name, english, spanish)
		}
		if errors.Unwrap(c.err) != nil && !errors.Is(said, errors.Unwrap(c.err)) {
			t.Errorf("%s: the cause is lost: %v", name, said)
		}
	}
}

// What is not known, and what has words of its own, stays as it is.
func TestOtherErrorsStayAsTheyAre(t *testing.T) {
	for _, err := range []error{
		nil, errors.New("x"), syscall.ECONNREFUSED, of("dial", syscall.EMFILE),
		refused(x509.CertificateInvalidError{Reason: x509.TooManyIntermediates}),
		fmt.Errorf("%w: %w", io.EOF, language.EgressDenied.Of("h", "10.0.0.5")),
	} {
		if said := networkerror.Explain(err); said != err {
			t.Errorf("%v became %v", err, said)
		}
	}
}

// Package networkerror explains errors of the network and of certificates: what happened, in
// every language, in place of the text of the system or of the standard library.
package networkerror

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// Explain replaces an error of the network by one that says what happened; it wraps the
// error. One of another kind, and one that has words of this program in it, is returned
// unchanged.
func Explain(err error) error {
	if _, own := errors.AsType[language.Message](err); own || err == nil {
		return err
	}
	for _, explain := range [...]func(error) language.Message{ofName, ofCertificate, ofSystem, ofEnd} {
		if words := explain(err); !words.IsZero() {
			return words.Wrap(err)
		}
	}
	return err
}

// ofName explains a host name for which there is no address.
func ofName(err error) language.Message {
	about, ok := errors.AsType[*net.DNSError](err)
	switch {
	case !ok:
		return language.Message{}
	case about.IsNotFound:
		return language.NetworkUnknownHost.Of(about.Name)
	}
	return language.NetworkNameServer.Of(about.Name)
}

// ofCertificate explains why the other side's certificate was not accepted, or that it has none.
func ofCertificate(err error) language.Message {
	if about, ok := errors.AsType[x509.UnknownAuthorityError](err); ok && about.Cert != nil {
		return language.CertificateAuthority.Of(cmp.Or(about.Cert.Issuer.CommonName, about.Cert.Issuer.String(), "?"))
	}
	if about, ok := errors.AsType[x509.HostnameError](err); ok && about.Certificate != nil {
		names := namesOf(about.Certificate)
		if names == "" {
			return language.CertificateNoName.Of(about.Host)
		}
		return language.CertificateName.Of(names, about.Host)
	}
	if about, ok := errors.AsType[x509.CertificateInvalidError](err); ok && about.Reason == x509.Expired && about.Cert != nil {
		if time.Now().Before(about.Cert.NotBefore) {
			return language.CertificateNotYet.Of(moment(about.Cert.NotBefore))
		}
		return language.CertificateExpired.Of(moment(about.Cert.NotAfter))
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return language.NetworkPlain.Of()
	}
	return language.Message{}
}

// mostNames are how many hosts of a certificate are named: those of large sites have a hundred.
const mostNames = 5

// namesOf are the hosts that a certificate is for.
func namesOf(c *x509.Certificate) string {
	names := slices.Clone(c.DNSNames)
	for _, address := range c.IPAddresses {
		names = append(names, address.String())
	}
	if len(names) > mostNames {
		names = append(names[:mostNames], "...")
	}
	return strings.Join(names, ", ")
}

// moment is a time as all messages have it: the console writes it as it writes moments.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// ofSystem explains what the system says of a connection.
func ofSystem(err error) language.Message {
	is := func(codes ...syscall.Errno) bool {
		return slices.ContainsFunc(codes, func(code syscall.Errno) bool { return errors.Is(err, code) })
	}
	switch address := addressOf(err); {
	case is(syscall.ECONNREFUSED) && address != "":
		return language.NetworkRefused.Of(address)
	case is(syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.EHOSTDOWN, syscall.ENETDOWN) && address != "":
		return language.NetworkNoRoute.Of(address)
	case is(syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED):
		return language.NetworkReset.Of()
	}
	return language.Message{}
}

// addressOf is the address that was called; empty where the error does not tell.
func addressOf(err error) string {
	if about, ok := errors.AsType[*net.OpError](err); ok && about.Addr != nil {
		return about.Addr.String()
	}
	return ""
}

// ofEnd explains an answer that did not come, or not as a whole.
func ofEnd(err error) language.Message {
	var network net.Error
	switch {
	case errors.As(err, &network) && network.Timeout(), errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return language.NetworkTimeout.Of()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return language.NetworkClosed.Of()
	}
	return language.Message{}
}

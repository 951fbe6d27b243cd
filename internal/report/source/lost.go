package source

import (
	"context"
	"crypto/tls"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"

	"github.com/go-sql-driver/mysql"
)

// unreachable marks an error of connecting, whatever its kind.
type unreachable struct{ error }

func (u unreachable) Unwrap() error { return u.error }

// lostConnection recognizes the errors of a connection that broke or could not
// be made.
func lostConnection(err error) bool {
	var network net.Error
	var connecting unreachable
	known := []error{driver.ErrBadConn, mysql.ErrInvalidConn, mysql.ErrMalformPkt, mysql.ErrPktSync, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, io.ErrClosedPipe}
	return errors.As(err, &connecting) || slices.ContainsFunc(known, func(one error) bool { return errors.Is(err, one) }) ||
		errors.As(err, &network) && !errors.Is(err, context.DeadlineExceeded)
}

// isUntrusted recognizes the error of a server certificate that is not trusted: a
// retry does not help.
func isUntrusted(err error) bool {
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &certificate)
}

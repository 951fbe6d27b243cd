package source

import (
	"context"
	"database/sql/driver"
	"errors"
	"net/url"
	"os"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// options are those of an address that are this package's own and no driver's.
type options struct {
	zone         value.Zone // timezone: in which moments are shown; UTC without
	passwordFile string     // password-file: holds the password, and is read for each connection
}

// cutOptions takes the package's own options out of an address.
func cutOptions(address string) (string, options, error) {
	before, query, found := strings.Cut(address, "?")
	if !found {
		return address, options{}, nil
	}
	var own options
	var kept []string
	for _, option := range strings.Split(query, "&") {
		key, text, _ := strings.Cut(option, "=")
		key = strings.ToLower(key)
		if key != "timezone" && key != "password-file" {
			kept = append(kept, option)
			continue
		}
		// A plus sign is one here: "+01:00" is an offset.
		text, err := url.PathUnescape(text)
		if err != nil {
			return "", own, errors.New("the option " + key + " cannot be read")
		}
		if key == "password-file" {
			own.passwordFile = text
		} else if own.zone, err = value.ParseZone(text); err != nil {
			return "", own, err
		}
	}
	if len(kept) == 0 {
		return before, own, nil
	}
	return before + "?" + strings.Join(kept, "&"), own, nil
}

// check refuses a file that is not there, and an address that has a password besides.
func (o options) check(address string) error {
	if o.passwordFile == "" {
		return nil
	}
	parsed, err := url.Parse(address)
	if err != nil {
		return err
	}
	if _, has := parsed.User.Password(); has {
		return language.Errorf("source.two_passwords")
	}
	_, err = readPassword(o.passwordFile)
	return err
}

// readPassword reads a password, without the line end that editors put behind it.
func readPassword(file string) (string, error) {
	content, err := readRegular(file)
	if err != nil {
		return "", language.Errorf("source.password_file", "error", err)
	}
	return strings.TrimRight(string(content), "\r\n"), nil
}

// readRegular reads a file, or what a link leads to. A pipe would wait for a writer, and could not
// be read for the next connection.
func readRegular(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err == nil && !info.Mode().IsRegular() {
		err = &os.PathError{Op: "read", Path: file, Err: language.Errorf("source.no_file")}
	}
	if err != nil {
		return nil, err
	}
	return os.ReadFile(file)
}

// A rotating connector makes each connection with the password that a file has then.
type rotating struct {
	address string
	file    string
	open    func(address string) (driver.Connector, error)
	driver  driver.Driver
}

func (r *rotating) Connect(ctx context.Context) (driver.Conn, error) {
	password, err := readPassword(r.file)
	if err != nil {
		return nil, err
	}
	at, err := url.Parse(r.address)
	if err != nil {
		return nil, err
	}
	at.User = url.UserPassword(at.User.Username(), password)
	connector, err := r.open(at.String())
	if err != nil {
		return nil, withoutSecrets(err)
	}
	return connector.Connect(ctx)
}

func (r *rotating) Driver() driver.Driver { return r.driver }

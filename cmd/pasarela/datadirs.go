package main

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/node"
)

const (
	// maxDirs bounds the search for data directories.
	maxDirs = 64
	// listenTimeout bounds the check whether a server listens.
	listenTimeout = time.Second
)

// usualDirs are the usual data directories (the default ones, ./data and the folders in
// it), after those of nodes that were noted as running; then those of other nodes on this
// machine.
func usualDirs() (here, elsewhere []string) {
	here = []string{serveData, devData, filepath.Dir(serveData)}
	entries, _ := os.ReadDir(filepath.Dir(serveData)) // none: nothing ran here
	for _, entry := range entries {
		dir := filepath.Join(filepath.Dir(serveData), entry.Name())
		if entry.IsDir() && dir != filepath.FromSlash(serveData) && dir != filepath.FromSlash(devData) && len(here) < maxDirs {
			if _, err := os.Stat(node.CredentialsPath(dir)); err == nil {
				here = append(here, dir)
			}
		}
	}
	noted := runningDirs()
	running := func(dir string) int {
		if absolute, err := filepath.Abs(dir); err == nil && slices.Contains(noted, absolute) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(here, func(a, b string) int { return running(a) - running(b) })
	for _, dir := range noted {
		if !slices.ContainsFunc(here, func(each string) bool { absolute, _ := filepath.Abs(each); return absolute == dir }) {
			elsewhere = append(elsewhere, dir)
		}
	}
	return here, elsewhere
}

// defaultNode is the node to use when nothing names one: one of this folder, or the only one
// that runs on this machine.
func defaultNode(ctx context.Context) (accessKey, error) {
	here, elsewhere := usualDirs()
	for _, dir := range here {
		c, err := node.ReadCredentials(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		a := accessKey{Credentials: c, source: dir}
		if err == nil {
			a.others = slices.DeleteFunc(atEndpoint(here, c.Endpoint), func(other accessKey) bool { return other.source == dir })
		}
		return a, err
	}
	var running []accessKey
	var names []string
	for _, dir := range elsewhere {
		c, err := node.ReadCredentials(dir)
		if err == nil && listening(ctx, c.Endpoint) == nil {
			running = append(running, accessKey{Credentials: c, source: dir, elsewhere: true})
			names = append(names, c.Endpoint+" (--data "+shellWord(dir)+")")
		}
	}
	switch len(running) {
	case 0:
		return accessKey{}, language.Errorf("node_of.none", "serve", serveData, "dev", devData)
	case 1:
		return running[0], nil
	}
	return accessKey{}, language.Errorf("node_of.several", "nodes", strings.Join(names, ", "))
}

// atEndpoint are the keys of the directories whose node had that address when it last
// ran: several where nodes ran there one after another.
func atEndpoint(dirs []string, endpoint string) (found []accessKey) {
	for _, dir := range dirs {
		if c, err := node.ReadCredentials(dir); err == nil && sameNode(c.Endpoint, endpoint) {
			found = append(found, accessKey{Credentials: c, source: dir})
		}
	}
	return found
}

// listening tries whether something listens at an endpoint.
func listening(ctx context.Context, endpoint string) error {
	u, err := url.Parse(endpoint)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, listenTimeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), portOf(u)))
	if err != nil {
		return err
	}
	return conn.Close()
}

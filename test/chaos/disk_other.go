//go:build !linux

package main

import "errors"

var errNoDisks = errors.New("disks can be filled on Linux only: name other faults by -faults")

func withDisks() (bool, error) { return false, errNoDisks }
func mountDisk(string) error   { return errNoDisks }
func fillDisk(string) error    { return errNoDisks }
func clearDisk(string) error   { return errNoDisks }

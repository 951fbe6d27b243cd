package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// Every process has a file system of its own in memory, which a fault can fill. They are
// mounted in a mount namespace of this run: the harness starts itself again in one,
// which also unmounts them at its end.
const (
	diskVariable = "CHAOS_DISKS" // set in the process that may mount
	diskSize     = 384 << 20
	filler       = "filler"
)

// withDisks says whether this process may mount; else it runs the program again as one
// that may, and returns its exit status.
func withDisks() (here bool, err error) {
	if os.Getenv(diskVariable) != "" {
		return true, nil
	}
	self, err := os.Executable()
	if err != nil {
		return false, err
	}
	again := exec.Command(self, os.Args[1:]...)
	again.Stdout, again.Stderr = os.Stdout, os.Stderr
	again.Env = append(os.Environ(), diskVariable+"=1")
	again.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWUSER, Pdeathsig: syscall.SIGKILL,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	if err := again.Run(); err != nil {
		return false, fmt.Errorf("with disks of its own: %w", err)
	}
	return false, nil
}

func mountDisk(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", diskSize)); err != nil {
		return fmt.Errorf("mount a file system at %s: %w", dir, err)
	}
	return nil
}

// fillDisk leaves no room in a process's file system.
func fillDisk(dir string) error {
	file, err := os.Create(filepath.Join(dir, filler))
	if err != nil {
		return err
	}
	defer file.Close()
	block := make([]byte, 1<<20)
	for size := len(block); size > 0; {
		switch _, err := file.Write(block[:size]); {
		case errors.Is(err, syscall.ENOSPC):
			size /= 2
		case err != nil:
			return err
		}
	}
	return nil
}

func clearDisk(dir string) error { return os.Remove(filepath.Join(dir, filler)) }

package state_test

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
)

const ofSmallDisk = "PASARELA_TEST_OF_A_SMALL_DISK"

// onSmallDisk runs a test on a file system of 8 MB, which is there for that test alone: it
// starts the test again as a process with a mount namespace of its own, and, in that
// process, calls run with the directory.
func onSmallDisk(t *testing.T, run func(t *testing.T, dir string)) {
	t.Helper()
	if os.Getenv(ofSmallDisk) != "" {
		dir := t.TempDir()
		for _, mount := range []func() error{
			func() error { return syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, "") },
			func() error { return syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=8m") },
		} {
			if err := mount(); err != nil {
				t.Fatal("mount:", err)
			}
		}
		t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) }) // the namespace ends with the process
		run(t, dir)
		return
	}
	again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	again.Env = append(os.Environ(), ofSmallDisk+"=1")
	again.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	said, err := again.CombinedOutput()
	if again.ProcessState == nil { // the kernel does not let this user have namespaces
		t.Skip("a full disk is not tested: it needs a small file system, mounted by root or in a user namespace of Linux:", err)
	}
	if err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}

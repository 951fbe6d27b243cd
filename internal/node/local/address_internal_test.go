package local

import "testing"

func TestContainersAreKnownByTheirMarks(t *testing.T) {
	cases := []struct {
		file, variable string
		want           bool
	}{
		{"", "", false},
		{"/.dockerenv", "", true},
		{"/run/.containerenv", "podman", true},
		{"", "podman", true}, // its root is read-only
		{"", "systemd-nspawn", false},
		{"/run/systemd/container", "lxc", false},
	}
	for _, c := range cases {
		got := markedAsContainer(func(name string) string {
			if name != "container" {
				t.Errorf("asked for the variable %s", name)
			}
			return c.variable
		}, func(path string) bool { return path == c.file })
		if got != c.want {
			t.Errorf("%q, container=%q: %t", c.file, c.variable, got)
		}
	}
}

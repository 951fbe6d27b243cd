package lifecycle_test

import "testing"

// TestBoto3 runs the life of every resource with Python's SDK.
func TestBoto3(t *testing.T) {
	for _, life := range []string{"apis", "keys", "identities"} {
		t.Run(life, func(t *testing.T) {
			t.Parallel()
			eachPython(t, "boto3", func(t *testing.T, python string) { live(t, nil, python, "boto3/"+life+".py") })
		})
	}
}

// TestCommandLine runs the life of every resource with the AWS CLI: Debian's of
// version 2, and the first on the PATH. One process for each command would take
// most of the time, so all run in one.
func TestCommandLine(t *testing.T) {
	for _, life := range []string{"apis", "keys", "identities"} {
		t.Run(life, func(t *testing.T) {
			t.Parallel()
			eachPython(t, "awscli", func(t *testing.T, python string) { live(t, nil, python, "commandline/"+life+".py") })
		})
	}
}

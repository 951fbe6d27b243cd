package recipes

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// junit is what Debian's junit5 installs: JUnit 5 with its console launcher.
const junit = "/usr/share/java/junit-platform-console-standalone.jar"

// TestTheGuideInJUnit has JUnit run the guide's test in Java against the program.
func TestTheGuideInJUnit(t *testing.T) {
	t.Parallel()
	needed(t, "javac", "-version")
	needed(t, "test", "-e", junit)
	java, classes := filepath.Join(moduleFolder(t), "java"), t.TempDir()
	javac(t, classes, junit, filepath.Join(java, "Pasarela.java"), filepath.Join(java, "GuideTest.java"))
	cmd := exec.CommandContext(t.Context(), "java", "-XX:TieredStopAtLevel=1", "-jar", junit, "--disable-banner", "--disable-ansi-colors", "-cp", classes, "-c", "GuideTest")
	cmd.Env = append(os.Environ(), "PASARELA_BIN="+pasarelaProgram)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "1 tests successful") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestTheSpringBootSampleCompiles has javac read the sample and the container of
// Testcontainers against the signatures that they call: neither Spring Boot nor
// Testcontainers for Java can be had here, so that nothing of them is run.
func TestTheSpringBootSampleCompiles(t *testing.T) {
	t.Parallel()
	needed(t, "javac", "-version")
	needed(t, "test", "-e", junit)
	sources := signatures(t)
	modules, own := moduleFolder(t), t.TempDir()
	for _, name := range []string{"Pasarela.java", "PasarelaContainer.java"} {
		text, err := os.ReadFile(filepath.Join(modules, "java", name))
		fatal(t, err)
		path := filepath.Join(own, name)
		fatal(t, os.WriteFile(path, append([]byte("package com.example.reports;\n"), text...), 0o600)) // as the sample's comment says
		sources = append(sources, path)
	}
	sample, err := filepath.Glob(filepath.Join(modules, "spring", "src", "*", "java", "com", "example", "reports", "*.java"))
	fatal(t, err)
	if len(sample) != 5 {
		t.Fatalf("the sample has %v", sample)
	}
	javac(t, t.TempDir(), junit, append(sources, sample...)...)
}

// signatures writes the files of testdata/signatures.txt and returns their paths.
func signatures(t *testing.T) (paths []string) {
	t.Helper()
	text, err := os.ReadFile("testdata/signatures.txt")
	fatal(t, err)
	folder := t.TempDir()
	for part := range strings.SplitSeq(string(text), "\n-- ") {
		name, content, ok := strings.Cut(part, " --\n")
		if !ok {
			continue // what the file says of itself
		}
		path := filepath.Join(folder, name)
		fatal(t, os.MkdirAll(filepath.Dir(path), 0o700))
		fatal(t, os.WriteFile(path, []byte(content), 0o600))
		paths = append(paths, path)
	}
	return paths
}

func javac(t *testing.T, classes, path string, sources ...string) {
	t.Helper()
	arguments := append([]string{"-Xlint:all,-classfile", "-Werror", "-d", classes, "-cp", path}, sources...)
	if out, err := exec.CommandContext(t.Context(), "javac", arguments...).CombinedOutput(); err != nil {
		t.Fatalf("javac: %v\n%s", err, out)
	}
}

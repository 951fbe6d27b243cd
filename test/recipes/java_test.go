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

// springJars are Debian's, of Spring 4.3 and what its MVC needs to serve a call.
func springJars() string {
	var paths []string
	for _, name := range []string{
		"spring3-aop", "spring3-beans", "spring3-context", "spring3-core", "spring3-expression", "spring3-test", "spring3-web", "spring3-web.servlet",
		"commons-logging", "jackson-annotations", "jackson-core", "jackson-databind", "servlet-api", "slf4j-api",
	} {
		paths = append(paths, "/usr/share/java/"+name+".jar")
	}
	return strings.Join(paths, ":")
}

// TestTheSpringBootSample compiles the sample and the container of Testcontainers, and has
// Spring's MVC serve the call that $connect makes. Spring is Debian's 4.3. Spring Boot, the
// AWS SDK and Testcontainers for Java cannot be had here: of them there are the signatures
// that are called, so that the sample itself is not started.
func TestTheSpringBootSample(t *testing.T) {
	t.Parallel()
	needed(t, "javac", "-version")
	for _, jar := range append(strings.Split(springJars(), ":"), junit) {
		needed(t, "test", "-e", jar)
	}
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
	classes := t.TempDir()
	javac(t, classes, junit+":"+springJars(), append(append(sources, sample...), "testdata/ServeOrder.java")...)
	out, err := exec.CommandContext(t.Context(), "java", "-XX:TieredStopAtLevel=1", "-cp", classes+":"+springJars(), "com.example.reports.ServeOrder").CombinedOutput()
	if want := "201 Order[connectionId=L0SM9cOFvHcCIhw=, type=ventas]"; err != nil || !strings.Contains(string(out), want) {
		t.Errorf("%v, want %s\n%s", err, want, out)
	}
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
	arguments := append([]string{"-Xlint:all,-classfile,-path", "-Werror", "-d", classes, "-cp", path}, sources...)
	if out, err := exec.CommandContext(t.Context(), "javac", arguments...).CombinedOutput(); err != nil {
		t.Fatalf("javac: %v\n%s", err, out)
	}
}

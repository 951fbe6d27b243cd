package functions

import (
	_ "embed"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/language"
)

//go:embed bootstrap/node.mjs
var nodeBootstrap []byte

//go:embed bootstrap/python.py
var pythonBootstrap []byte

// Files of the runner, beside the folders with code.
const (
	nodeFile   = "bootstrap.mjs"
	pythonFile = "bootstrap.py"
)

// writeBootstraps puts the programs that start node and python functions into the
// runner's folder.
func (r *Runner) writeBootstraps() error {
	return errors.Join(
		os.WriteFile(filepath.Join(r.dir, nodeFile), nodeBootstrap, 0o644),     // functions read it as another user
		os.WriteFile(filepath.Join(r.dir, pythonFile), pythonBootstrap, 0o644), // as above
	)
}

// javaClient is the main class of AWS's runtime client for Java, which functions contain.
const javaClient = "com.amazonaws.services.lambda.runtime.api.client.AWSLambda"

// command is the command line that starts a process of a version, with its code in folder.
func (r *Runner) command(v *pasarela.FunctionVersion, folder string) (args []string, err error) {
	kind, known := pasarela.RuntimeKindOf(v.Runtime)
	if !known {
		return nil, language.FunctionRuntime.Of(strconv.Quote(v.Runtime))
	}
	switch kind {
	case pasarela.RuntimeNode:
		args = []string{"node", "--max-old-space-size=" + strconv.Itoa(max(v.MemorySize*9/10, 64)), filepath.Join(r.dir, nodeFile)}
	case pasarela.RuntimePython:
		args = []string{r.python(v.Runtime), "-u", filepath.Join(r.dir, pythonFile)}
	case pasarela.RuntimeJava:
		classes := strings.Join([]string{folder, filepath.Join(folder, "lib", "*")}, string(os.PathListSeparator))
		args = []string{"java", "-Xmx" + strconv.Itoa(v.MemorySize) + "m", "-cp", classes, javaClient, v.Handler}
	case pasarela.RuntimeProvided:
		args = []string{filepath.Join(folder, "bootstrap")}
	}
	path, err := exec.LookPath(args[0])
	if err != nil {
		return nil, language.FunctionProgram.Of(v.Runtime, args[0])
	}
	args[0] = path
	return args, nil
}

// python is the interpreter of a runtime if this machine has it, else the one that it
// has. It is run once as a test: version managers leave programs that do not start.
func (r *Runner) python(runtime string) string {
	if known, ok := r.pythons.Load(runtime); ok {
		return known.(string)
	}
	found := "python3"
	if path, err := exec.LookPath(runtime); err == nil && exec.CommandContext(r.ctx, path, "-c", "").Run() == nil { // runtimes have a form
		found = path
	}
	r.pythons.Store(runtime, found)
	return found
}

// pythons are the runtimes of Python that Lambda has, the newest first.
var pythons = []string{"python3.14", "python3.13", "python3.12", "python3.11", "python3.10", "python3.9"}

// Runtimes are those whose program this machine has, by AWS's names. Of Node.js and Java any
// version runs functions of all their runtimes; of Python the one of the same name, else python3.
func Runtimes() []string {
	var found []string
	has := func(program string) bool {
		_, err := exec.LookPath(program)
		return err == nil
	}
	if has("node") {
		found = append(found, "nodejs24.x", "nodejs22.x")
	}
	named := slices.DeleteFunc(slices.Clone(pythons), func(runtime string) bool { return !has(runtime) })
	if len(named) == 0 && has("python3") {
		named = []string{"python3.13"}
	}
	found = append(found, named...)
	if has("java") {
		found = append(found, "java25", "java21")
	}
	return append(found, "provided.al2023")
}

// Variables that mark the processes that a function starts; a function's configuration
// cannot set them.
const (
	folderVariable  = "LAMBDA_RUNTIME_DIR"     // one runner's
	addressVariable = "AWS_LAMBDA_RUNTIME_API" // one process's
)

// runtimeAPI is the address of the Runtime API for this process alone.
func (p *process) runtimeAPI() string { return p.runner.address + "/" + p.token }

// environment is the whole environment of a process: of the node's own only the paths of
// programs (aws-lambda §3).
func (p *process) environment(folder string, credentials Credentials) []string {
	v, o, name := p.pool.version, p.runner.options, p.pool.name
	env := map[string]string{
		"PATH": os.Getenv("PATH"), "LANG": "C.UTF-8", "TZ": ":UTC", "HOME": os.TempDir(), "TMPDIR": os.TempDir(),
		"LAMBDA_TASK_ROOT": folder, "PYTHONDONTWRITEBYTECODE": "1",
		"AWS_REGION": o.RegionAccount.Region, "AWS_DEFAULT_REGION": o.RegionAccount.Region,
		"AWS_EXECUTION_ENV": "AWS_Lambda_" + v.Runtime, "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
		"AWS_LAMBDA_FUNCTION_NAME": name, "AWS_LAMBDA_FUNCTION_VERSION": v.Version,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(v.MemorySize),
		"AWS_LAMBDA_LOG_GROUP_NAME":       LogName(name), "AWS_LAMBDA_LOG_STREAM_NAME": p.stream,
		"AWS_ENDPOINT_URL": o.Endpoint, "PASARELA_ENDPOINT": o.Endpoint,
	}
	if credentials.AccessKeyID != "" {
		env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], env["AWS_SESSION_TOKEN"] =
			credentials.AccessKeyID, credentials.SecretAccessKey, credentials.SessionToken
	}
	for key, value := range v.Environment {
		env[key] = value
	}
	env[folderVariable], env[addressVariable] = p.runner.dir, p.runtimeAPI()
	env["_HANDLER"] = v.Handler
	list := make([]string, 0, len(env))
	for key, value := range env {
		list = append(list, key+"="+value)
	}
	return list
}

// LogName is the log of a function: /aws/lambda/{name}.
func LogName(function string) string { return "/aws/lambda/" + function }

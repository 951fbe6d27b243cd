package deploy_test

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

const localFiles = "../../deploy/local"

// instructions are those of a Dockerfile, continued lines as one.
func instructions(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(localFiles, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for line := range strings.Lines(strings.ReplaceAll(string(text), "\\\n", " ")) {
		if name, rest, _ := strings.Cut(strings.TrimSpace(line), " "); name != "" && !strings.HasPrefix(name, "#") {
			found[name] = append(found[name], strings.Join(strings.Fields(rest), " "))
		}
	}
	return found
}

// enterLocal mounts what the image has, and runs a command there as a group of processes, of
// which each is ended with the first.
const enterLocal = `root=$1; shift
mount -t tmpfs none "$root" && cd "$root" && mkdir usr dev proc data tmp local-bin etc run || exit 9
for name in bin sbin lib lib64; do [ ! -L /$name ] || ln -s usr/$name $name; done
mount --rbind /usr usr && mount --rbind /dev dev && mount --rbind /proc proc && mount --rbind /usr/local/bin local-bin || exit 9
cp -a /etc/ld.so.cache /etc/ssl /etc/alternatives /etc/hosts etc/ && touch .dockerenv || exit 9
mkdir -p etc/localstack/init && cp -a "$image/hooks" etc/localstack/init/ready.d && mount --bind "$image/bin" usr/local/bin && mount --bind "$image/outside" run || exit 9
ln -s run/testcontainers_start.sh testcontainers_start.sh && chmod 1777 tmp && chmod 755 . && chown 65532:65532 data || exit 9
trap 'kill -TERM -$group' TERM
setsid chroot --userspec=65532:65532 . env -i "$@" & group=$!
while ! wait $group; do kill -0 -$group 2>/dev/null || break; done`

// prepareLocal copies the image's files and the init scripts of a user.
func prepareLocal(t *testing.T, hooks map[string]string) string {
	t.Helper()
	image := t.TempDir()
	for folder := image; folder != os.TempDir() && folder != "/"; folder = filepath.Dir(folder) {
		if err := os.Chmod(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	program, err := os.ReadFile(pasarelaProgram)
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(image, "bin")
	err = errors.Join(os.CopyFS(bin, os.DirFS(filepath.Join(localFiles, "image"))), os.WriteFile(filepath.Join(bin, "pasarela"), program, 0o755),
		os.Mkdir(filepath.Join(image, "hooks"), 0o755), os.Mkdir(filepath.Join(image, "outside"), 0o755))
	for name, text := range hooks {
		err = errors.Join(err, os.WriteFile(filepath.Join(image, "hooks", name), []byte(text), 0o555))
	}
	for _, script := range []string{"docker-entrypoint.sh", "awslocal"} {
		err = errors.Join(err, os.Chmod(filepath.Join(bin, script), 0o755)) // COPY --chmod
	}
	if err != nil {
		t.Fatal(err)
	}
	return image
}

// A starter is a program that starts LocalStack's image: what it does, read in its source.
type starter struct {
	name        string
	environment []string
	// Java's module, and so Spring Cloud AWS and Quarkus, replaces the entrypoint by one that
	// waits for a script, which it copies into the container once that runs.
	copiesScript bool
	hooks        map[string]string
	ready        string // pattern that it waits for in the log; none: it asks /_localstack/health
	keys, region string
	apiEndpoint  string
}

// waitForScript and copiedScript are of testcontainers-java 1.21 and 2.0, LocalStackContainer.
var (
	waitForScript = []string{"sh", "-c", "while [ ! -f /testcontainers_start.sh ]; do sleep 0.1; done; /testcontainers_start.sh"}
	copiedScript  = "#!/bin/bash\nexport LAMBDA_DOCKER_FLAGS=\"-l org.testcontainers=true -l org.testcontainers.lang=java\"\n" +
		"export ECS_DOCKER_FLAGS=\"\"\nexport EC2_DOCKER_FLAGS=\"\"\nexport BATCH_DOCKER_FLAGS=\"\"\n/usr/local/bin/docker-entrypoint.sh\n"
)

// createFunction is an init script as Quarkus' users have it: it writes into its folder of
// work, and names a role that nobody made.
const createFunction = `#!/bin/bash
set -e
cat > index.mjs <<'EOF'
export const handler = async (event) => "The product is " + event.num1 * event.num2
EOF
python3 -m zipfile -c function.zip index.mjs
awslocal lambda create-function --function-name product --runtime nodejs18.x --zip-file fileb://function.zip \
    --handler index.handler --role arn:aws:iam::000000000000:role/lambda-role
awslocal lambda invoke --function-name product --cli-binary-format raw-in-base64-out --payload '{"num1": 6, "num2": 7}' out.txt
cat out.txt
`

var starters = []starter{
	{
		name: "Testcontainers for Java, Spring Cloud AWS", copiesScript: true, environment: []string{"SERVICES=s3,ssm,sqs", "DEFAULT_REGION=eu-west-1"},
		ready: `(?m)^.*Ready\.\n`, keys: "test", region: "eu-west-1", apiEndpoint: `ws://127\.0\.0\.1:\d+/guide`,
	},
	{
		name: "Testcontainers for Java before 2", copiesScript: true, environment: []string{"SERVICES=s3,lambda,iam", "LOCALSTACK_HOST=localhost"},
		ready: `(?m)^.*Ready\.\n`, keys: "test", region: "us-east-1", apiEndpoint: `ws://localhost:4566/guide`,
	},
	{
		name: "Quarkus", copiesScript: true, environment: []string{"LOCALSTACK_HOST=127.0.0.1"},
		hooks: map[string]string{"01_create_lambda.sh": createFunction, "99_completed.sh": "#!/bin/bash\necho \"#### Tests init completed\"\n"},
		ready: `.*#### Tests init completed.*\n`, keys: "test", region: "us-east-1", apiEndpoint: `ws://127\.0\.0\.1:4566/guide`,
	},
	{
		name: "Testcontainers for Node.js", environment: []string{"LOCALSTACK_HOST=localhost", "LAMBDA_DOCKER_FLAGS= -l org.testcontainers.session-id=1"},
		ready: `(?m)^.*Ready.*$`, keys: "test", region: "us-east-1", apiEndpoint: `ws://localhost:4566/guide`,
	},
	{
		name: "Testcontainers for Python", ready: `Ready\.\n`, keys: "testcontainers-localstack", region: "us-west-1",
		environment: []string{"AWS_DEFAULT_REGION=us-west-1", "AWS_ACCESS_KEY_ID=testcontainers-localstack", "AWS_SECRET_ACCESS_KEY=testcontainers-localstack"},
		apiEndpoint: `ws://127\.0\.0\.1:\d+/guide`,
	},
	{
		name: "Testcontainers for Go", environment: []string{"LOCALSTACK_HOST=localstack"},
		keys: "test", region: "us-east-1", apiEndpoint: `ws://localstack:4566/guide`,
	},
	{name: "Testcontainers for .NET", keys: "test", region: "us-east-1", apiEndpoint: `ws://127\.0\.0\.1:\d+/guide`},
}

// firstCalls are those of a test with these modules: AWS_ENDPOINT_URL is the container's
// mapped port. Spring Cloud AWS reads its parameters by path.
const firstCalls = `
import json, os, boto3
session = boto3.Session(region_name=os.environ["REGION"], aws_access_key_id=os.environ["KEYS"], aws_secret_access_key=os.environ["KEYS"])
s3, ssm, apis = (session.client(name, endpoint_url=os.environ["ENDPOINT"]) for name in ("s3", "ssm", "apigatewayv2"))
s3.create_bucket(Bucket="foo", **({} if os.environ["REGION"] == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": os.environ["REGION"]}}))
s3.put_object(Bucket="foo", Key="bar", Body=b"baz")
ssm.put_parameter(Name="/config/application/message", Value="hello", Type="SecureString")
found = ssm.get_parameters_by_path(Path="/config/application/", Recursive=True, WithDecryption=True)["Parameters"]
api = apis.create_api(Name="guide", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action", Tags={"_custom_id_": "guide"})
print(json.dumps({
    "object": s3.get_object(Bucket="foo", Key="bar")["Body"].read().decode(), "listed": len(s3.list_objects_v2(Bucket="foo")["Contents"]),
    "parameter": found[0]["Value"], "arn": found[0]["ARN"], "endpoint": api["ApiEndpoint"],
}))`

// start starts the image as s does, and waits as s does.
func (s starter) start(t *testing.T, image, address string) *testkit.Program {
	t.Helper()
	text := strings.Join(instructions(t)["ENV"], " ")
	environment := append(strings.Fields(text), "PASARELA_LISTEN="+address, "PATH=/usr/local/bin:/local-bin:/usr/bin:/bin")
	environment = append(environment, s.environment...)
	command := []string{"docker-entrypoint.sh"}
	if s.copiesScript {
		command = waitForScript
	}
	arguments := append([]string{"-m", "sh", "-c", "image=" + image + "\n" + enterLocal, "sh", t.TempDir()}, environment...)
	server := testkit.Start(t, nil, "unshare", append(arguments, command...)...)
	if s.copiesScript {
		whole, at := filepath.Join(image, "copied"), filepath.Join(image, "outside", "testcontainers_start.sh")
		if err := errors.Join(os.WriteFile(whole, []byte(copiedScript), 0o777), os.Rename(whole, at)); err != nil {
			t.Fatal(err)
		}
	}
	if s.ready != "" {
		server.WaitFor(t, s.ready)
		return server
	}
	testkit.Eventually(t, s.name+" is answered by /_localstack/health", func() bool {
		answer, err := http.Get("http://" + address + "/_localstack/health")
		if err != nil {
			return false
		}
		answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	})
	return server
}

// TestTheLocalImageAsItIsStarted starts what deploy/local's image has as each module starts
// LocalStack's image, with its variables, entrypoint and copied files, waits for what it waits
// for, and makes the first calls with the keys and the region that it gives. The modules
// themselves need a container runtime.
func TestTheLocalImageAsItIsStarted(t *testing.T) {
	if runtime.GOOS != "linux" || os.Geteuid() != 0 || exec.Command("unshare", "-m", "true").Run() != nil {
		t.Skip("not tested: chroot and mount namespaces need root on Linux")
	}
	const python = "/usr/bin/python3"
	if exec.Command(python, "-c", "import boto3").Run() != nil {
		testkit.MissingClient(t, "no boto3; apt install python3-boto3")
	}
	for _, program := range []string{"aws", "node"} {
		if _, err := exec.LookPath(program); err != nil {
			testkit.MissingClient(t, program)
		}
	}
	for _, s := range starters {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			address := testkit.FreeAddress(t)
			server := s.start(t, prepareLocal(t, s.hooks), address)
			calls := exec.CommandContext(t.Context(), python, "-c", firstCalls)
			calls.Env = append(os.Environ(), "ENDPOINT=http://"+address, "KEYS="+s.keys, "REGION="+s.region)
			said, err := calls.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s\n%s", err, said, server.Output())
			}
			var got struct {
				Object, Parameter, ARN, Endpoint string
				Listed                           int
			}
			if err := json.Unmarshal(said, &got); err != nil {
				t.Fatalf("%v\n%s", err, said)
			}
			if got.Object != "baz" || got.Listed != 1 || got.Parameter != "hello" || !regexp.MustCompile("^"+s.apiEndpoint+"$").MatchString(got.Endpoint) {
				t.Errorf("%+v", got)
			}
			if want := "arn:aws:ssm:" + s.region + ":000000000000:parameter/config/application/message"; got.ARN != want {
				t.Errorf("the ARN is %s, want %s", got.ARN, want)
			}
			if strings.Contains(strings.Join(s.environment, " "), "sqs") != strings.Contains(server.Output(), "SERVICES names sqs") {
				t.Errorf("what is not served is not said:\n%s", server.Output())
			}
			if s.hooks != nil && !strings.Contains(server.Output(), "The product is 42") {
				t.Errorf("the function of the init script has not run:\n%s", server.Output())
			}
		})
	}
}

// TestTheLocalImagesFile: what the Dockerfile copies is there, its user is a number, for
// runtimes that ask for one, its health check is a command of the program, and the
// entrypoint's list of services is the server's.
func TestTheLocalImagesFile(t *testing.T) {
	file := instructions(t)
	known := []string{"ARG", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "RUN", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}
	if got := slices.Sorted(maps.Keys(file)); !slices.Equal(got, known) {
		t.Errorf("instructions %v, want %v", got, known)
	}
	if got := file["USER"]; !slices.Equal(got, []string{"65532:65532"}) {
		t.Errorf("user %v", got)
	}
	if !slices.Contains(file["COPY"], "--chmod=755 image/ /usr/local/bin/") || !strings.HasSuffix(file["HEALTHCHECK"][0], `CMD ["pasarela", "healthcheck"]`) {
		t.Errorf("%v, %v", file["COPY"], file["HEALTHCHECK"])
	}
	settings, err := os.ReadFile("../../docs/settings.md")
	if err != nil {
		t.Fatal(err)
	}
	entrypoint, err := os.ReadFile(filepath.Join(localFiles, "image", "docker-entrypoint.sh"))
	if err != nil {
		t.Fatal(err)
	}
	for _, variable := range regexp.MustCompile(`PASARELA_[A-Z_]+=`).FindAllString(strings.Join(file["ENV"], " ")+string(entrypoint), -1) {
		if !strings.Contains(string(settings), "`pasarela serve` | ") || !strings.Contains(string(settings), "`"+strings.TrimSuffix(variable, "=")+"`") {
			t.Errorf("pasarela serve has no %s", variable)
		}
	}
	server := testkit.Start(t, []string{"PASARELA_LOCAL=1"}, pasarelaProgram, "serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0")
	answer, err := http.Get(server.WaitFor(t, `serves (http\S+) `) + "/_localstack/health")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var health struct{ Services map[string]string }
	if err := json.NewDecoder(answer.Body).Decode(&health); err != nil {
		t.Fatal(err)
	}
	health.Services["apigatewaymanagementapi"] = "running" // LocalStack counts it to execute-api in its health page, and lets it be named
	want := strings.Join(slices.Sorted(maps.Keys(health.Services)), " ")
	if got := regexp.MustCompile(`served=' (.*) '`).FindStringSubmatch(string(entrypoint)); got == nil || got[1] != want {
		t.Errorf("the entrypoint knows %q, want %q", got, want)
	}
}

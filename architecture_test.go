package pasarela_test

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/pasarela-ws/pasarela"

// layers is docs/architecture.md as data: layers are counted upwards, from the
// lowest number. A package belongs to the longest entry that is its path or a
// parent of it, and may import only packages of lower layers, or of its own
// entry.
var layers = map[string]int{
	"":      0,
	"vtl":   1,
	"sigv4": 0,

	"connectiontags": 0,

	"vtl/internal/syntax":     0,
	"vtl/internal/javanumber": 0,
	"vtl/internal/javaregexp": 0,
	"vtl/internal/javatext":   0,

	"internal/atomicfile": 0,
	"internal/filelock":   0,
	"internal/fnv1a":      0,
	"internal/printable":  0,
	"internal/language":   0,
	"internal/logsum":     0,
	"internal/fileerror":  1,

	"internal/networkerror": 1,
	"internal/commandline":  2,
	"internal/traceparent":  1,

	"internal/engine/jsonvalue":   1,
	"internal/engine/jsonpath":    2,
	"internal/engine/event":       2,
	"internal/engine":             3,
	"internal/state/functioncode": 3,
	"internal/state":              3,
	"internal/templatetool":       4,

	"internal/proxies":              3,
	"internal/workerpool":           2,
	"internal/fastpath/requesthead": 3,
	"internal/fastpath/replay":      3,
	"internal/fastpath/bodylength":  3,
	"internal/fastpath/proxyheader": 4,
	"internal/fastpath/accept":      5,
	"internal/fastpath/pushserver":  5,

	"internal/dataplane/clusterlimit": 4,
	"internal/dataplane/fairshare":    3,
	"internal/dataplane/sendring":     3,
	"internal/dataplane/journal":      4,
	"internal/dataplane/execution":    4,
	"internal/dataplane/socket":       4,
	"internal/dataplane/backend":      4,
	"internal/dataplane/functions":    5,
	"internal/dataplane/integration":  5,
	"internal/dataplane/authorizer":   5,
	"internal/dataplane/mailbox":      5,
	"internal/dataplane/usage":        5,
	"internal/dataplane/stage":        6,
	"internal/dataplane/gateway":      7,

	"internal/controlplane/apis":     5,
	"internal/controlplane/identity": 5,
	"internal/controlplane/lambda":   5,
	"internal/controlplane/ssm":      5,
	"internal/controlplane/s3":       5,
	"internal/controlplane":          6,
	"internal/controlplane/backup":   7,

	"internal/awsapi/wire":          4,
	"internal/awsapi":               8,
	"internal/awsapi/compatibility": 9,
	"internal/stackfolder":          9,
	"internal/console":              8,
	"internal/node":                 9,
	"internal/report":               9,
	"cmd":                           10,
	"deploy/release":                10,
	"examples":                      10,
	"pasarelatest":                  10,
	"internal/testkit":              11,
	"test":                          11,
}

// outside is the list of outside modules: a module that is not listed fails, so that
// a new dependency is a decision. A name that ends where a module or one of its
// packages does stands for everything below it; the longest name that fits decides.
// The folders say where alone the product may import it; tests there may too.
// "tests" stands for every test file and everything below internal/testkit and test.
var outside = map[string][]string{
	"github.com/aws/aws-lambda-go":                                 {"tests"},
	"github.com/aws/aws-sdk-go-v2/aws":                             {"cmd/pasarela", "connectiontags", "internal/awsapi/extension", "internal/dataplane/integration", "internal/report", "pasarelatest", "tests"},
	"github.com/aws/aws-sdk-go-v2/config":                          {"examples/recipes", "internal/report/credentials"},
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds":                {"internal/report/credentials"},
	"github.com/aws/aws-sdk-go-v2/service/apigateway":              {"tests"},
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi": {"examples/recipes", "internal/report/notify", "pasarelatest", "tests"},
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2":            {"pasarelatest", "tests"},
	"github.com/aws/aws-sdk-go-v2/service/iam":                     {"pasarelatest", "tests"},
	"github.com/aws/aws-sdk-go-v2/service/sts":                     {"tests"},
	"github.com/aws/smithy-go":                                     {"internal/report/notify", "tests"},
	"github.com/chromedp":                                          {"tests"},
	"github.com/coder/websocket":                                   {"cmd/pasarela", "tests"},
	"github.com/dlclark/regexp2":                                   {"vtl/internal/javaregexp"},
	"github.com/emersion":                                          {"tests"},
	"github.com/go-sql-driver/mysql":                               {"internal/report/source"},
	"github.com/google/go-cmp":                                     {"internal/state/statetest", "tests"},
	"github.com/jackc/pgx/v5":                                      {"internal/report/source"},
	"github.com/klauspost/compress":                                {"internal/report/workbook"},
	"github.com/mattn/go-isatty":                                   {"cmd"},
	"github.com/minio/highwayhash":                                 {"internal/state"},
	"github.com/microsoft/go-mssqldb":                              {"internal/report/source"},
	"github.com/nats-io":                                           {"internal/state", "internal/report/jobs", "internal/report/schedules", "tests"},
	"github.com/oklog/ulid/v2":                                     {"internal/report/intake", "internal/report/web"},
	"github.com/pires/go-proxyproto":                               {"internal/fastpath/proxyheader"},
	"github.com/prometheus/client_golang":                          {"internal/node/metrics", "internal/report/auditlog"},
	"github.com/santhosh-tekuri/jsonschema/v6":                     {"internal/engine/schema", "tests"},
	"github.com/schollz/progressbar/v3":                            {"cmd/reports"},
	"github.com/spf13/cobra":                                       {"cmd", "internal/commandline", "tests"},
	"github.com/spf13/pflag":                                       {"cmd/pasarela", "internal/commandline", "tests"},
	"github.com/wneessen/go-mail":                                  {"internal/report/delivery"},
	"github.com/xuri/excelize/v2":                                  {"tests"},
	"go.opentelemetry.io/otel":                                     {"internal/node/tracing"},
	"go.opentelemetry.io/proto/otlp":                               {"tests"},
	"go.uber.org/goleak":                                           {"tests"},
	"go.yaml.in/yaml/v3":                                           {"internal/controlplane/backup", "internal/engine/stacktemplate", "internal/report/definition", "tests"},
	"golang.org/x/sys":                                             {"internal/dataplane/functions", "internal/filelock"},
	"golang.org/x/crypto/acme":                                     {"internal/node"},
	"golang.org/x/crypto/x509roots/fallback/bundle":                {"deploy/release"},
	"google.golang.org/protobuf/encoding/protowire":                {"internal/node/tracing"},
	"google.golang.org/protobuf/proto":                             {"tests"},
	"modernc.org/sqlite":                                           {"internal/report/source"},
	"pgregory.net/rapid":                                           {"tests"},
}

// alone lists packages that must not import each other in either direction,
// whatever their layers.
var alone = [][2]string{
	{"internal/dataplane", "internal/controlplane"},
	{"internal/engine", "internal/state"},
}

// standardOnly are the packages that other programs may use on their own;
// besides the standard library they may import what is listed.
var standardOnly = map[string][]string{
	"":                    nil,
	"vtl":                 nil,
	"sigv4":               nil,
	"internal/atomicfile": nil,

	"vtl/internal/syntax":     nil,
	"vtl/internal/javanumber": nil,
	"vtl/internal/javatext":   nil,
	"vtl/internal/javaregexp": {"github.com/dlclark/regexp2"},
}

func TestImportsPointDown(t *testing.T) {
	for _, s := range imports(t) {
		if s.test {
			continue // tests may import packages of higher layers
		}
		from, ok := layerOf(s.pkg)
		if !ok {
			t.Errorf("%s: package %q has no layer; give it one here and in docs/architecture.md", s.file, s.pkg)
			continue
		}
		to, ours := inModule(s.path)
		if !ours {
			continue
		}
		target, ok := layerOf(to)
		if !ok {
			t.Errorf("%s imports %q, which has no layer", s.file, to)
			continue
		}
		if target.height >= from.height && target.folder != from.folder {
			t.Errorf("%s (layer %d) imports %q (layer %d): imports point down", s.file, from.height, to, target.height)
		}
	}
}

func TestPlanesEnginesAndStoreStayApart(t *testing.T) {
	for _, s := range imports(t) {
		to, ours := inModule(s.path)
		if !ours || s.test {
			continue
		}
		for _, pair := range alone {
			if under(s.pkg, pair[0]) && under(to, pair[1]) || under(s.pkg, pair[1]) && under(to, pair[0]) {
				t.Errorf("%s imports %q: these meet in the store, never in code", s.file, to)
			}
		}
		if under(s.pkg, "internal/report") && !under(to, "internal/report") && to != "sigv4" && to != "internal/atomicfile" && to != "internal/filelock" && to != "internal/language" && to != "internal/traceparent" {
			t.Errorf("%s imports %q: internal/report may import only sigv4, internal/atomicfile, internal/filelock, internal/language and internal/traceparent of the gateway", s.file, to)
		}
	}
}

func TestOnlyTestsImportTheTestKit(t *testing.T) {
	for _, s := range imports(t) {
		if to, _ := inModule(s.path); under(to, "internal/testkit") && !s.test && !under(s.pkg, "internal/testkit") {
			t.Errorf("%s imports %q, which is for tests only", s.file, to)
		}
	}
}

func TestOutsideModulesAreImportedWhereListed(t *testing.T) {
	for _, s := range imports(t) {
		if _, ours := inModule(s.path); ours || !strings.Contains(s.path, ".") {
			continue
		}
		name, folders, listed := outsideOf(s.path)
		switch {
		case !listed:
			t.Errorf("%s imports %s, which is on no list: a new dependency is a decision (CONTRIBUTING.md)", s.file, s.path)
		case !underAny(s.pkg, folders) && !(s.forTests() && slices.Contains(folders, "tests")):
			t.Errorf("%s imports %s; %s may be imported in %s", s.file, s.path, name, strings.Join(folders, " or "))
		}
		if allowed, public := standardOnly[s.pkg]; public && !s.test && !underAny(s.path, allowed) {
			t.Errorf("%s imports %s: package %q lives on the standard library", s.file, s.path, s.pkg)
		}
	}
}

// TestTheTablesHaveNothingStale fails for each row of the tables above that no
// import and no package needs any more.
func TestTheTablesHaveNothingStale(t *testing.T) {
	all := imports(t)
	used := func(holds func(source) bool) bool { return slices.ContainsFunc(all, holds) }
	for folder := range layers {
		if !used(func(s source) bool { return s.pkg == folder || folder != "" && under(s.pkg, folder) }) {
			t.Errorf("layers: there is no package below %q", folder)
		}
	}
	for _, pair := range alone {
		for _, folder := range pair {
			if !used(func(s source) bool { return under(s.pkg, folder) }) {
				t.Errorf("alone: there is no package below %q", folder)
			}
		}
	}
	for pkg, allowed := range standardOnly {
		if !used(func(s source) bool { return s.pkg == pkg }) {
			t.Errorf("standardOnly: there is no package %q", pkg)
		}
		for _, name := range allowed {
			if !used(func(s source) bool { return s.pkg == pkg && under(s.path, name) }) {
				t.Errorf("standardOnly: %q does not import %s", pkg, name)
			}
		}
	}
	for name, folders := range outside {
		for _, folder := range folders {
			if !used(func(s source) bool {
				longest, _, _ := outsideOf(s.path)
				return longest == name && (under(s.pkg, folder) && !s.test || folder == "tests" && s.forTests())
			}) {
				t.Errorf("outside: %q imports no %s", folder, name)
			}
		}
	}
}

// TestArchitecturePageNamesEveryPackage holds the tables of docs/architecture.md against
// the folders: every package, or the folder two below internal that it is in, and every
// folder of test, deploy and examples has a row, and every row a folder.
func TestArchitecturePageNamesEveryPackage(t *testing.T) {
	page, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| ((?:`[^`]+`(?:, )?)+) \\|").FindAllStringSubmatch(string(page), -1) {
		for _, name := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row[1], -1) {
			rows[name[1]] = true
			if _, err := os.Stat(name[1]); err != nil {
				t.Errorf("docs/architecture.md: %v", err)
			}
		}
	}
	wanted := map[string]bool{}
	for _, s := range imports(t) {
		if parts := strings.Split(s.pkg, "/"); s.pkg != "" && !s.test {
			wanted[strings.Join(parts[:min(len(parts), 3)], "/")] = true
		}
	}
	for _, parent := range []string{"test", "deploy", "examples"} {
		folders, err := os.ReadDir(parent)
		if err != nil {
			t.Fatal(err)
		}
		for _, folder := range folders {
			wanted[parent+"/"+folder.Name()] = folder.IsDir()
		}
	}
	for folder, must := range wanted {
		if must && !rows[folder] {
			t.Errorf("docs/architecture.md has no row for %s", folder)
		}
	}
}

// TestCodeCitesNoIssueOfATracker: a reader has no access to the tracker; what one must
// know is in the code, under docs or at a URL.
func TestCodeCitesNoIssueOfATracker(t *testing.T) {
	cited := regexp.MustCompile(`(?i)\bissues? ?#?\d+|\b(pr|pull request|ticket) ?#\d+`)
	for _, path := range goFiles(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(text) {
			worthALook := bytes.IndexByte(line, '#') >= 0 || bytes.Contains(line, []byte("ssue")) || bytes.Contains(line, []byte("SSUE"))
			if !worthALook || path == "architecture_test.go" {
				continue // an expression over all of the code takes seconds
			}
			if found := cited.Find(line); found != nil {
				t.Errorf("%s cites %q of a tracker", path, found)
			}
		}
	}
}

// Every server for clients reads requests whose length can be read in one way only
// (A-WIRE-11). The Runtime API has no clients but the server's own functions.
func TestServersCompareTheLengthsOfBodies(t *testing.T) {
	for _, file := range imports(t) {
		if file.path != "net/http" || file.test || under(file.pkg, "internal/dataplane/functions") || under(file.pkg, "internal/dataplane/socket") || !under(file.pkg, "internal") && !under(file.pkg, "cmd") {
			continue
		}
		text, err := os.ReadFile(file.file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte("http.Server{")) && !bytes.Contains(text, []byte("bodylength.Listener(")) {
			t.Errorf("%s serves HTTP without internal/fastpath/bodylength", file.file)
		}
	}
}

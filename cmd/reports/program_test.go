package main_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit/shop"
)

// TestWrongCommandLinesSayWhatToDo: every wrong input ends with exit status 1, one line on
// standard error that says what to do, and no file.
func TestWrongCommandLinesSayWhatToDo(t *testing.T) {
	dir := t.TempDir()
	wrong := "type: Bad one\ntitle: x\nsql: select :year\ncolumns: [{ name: y, format: integerr }]\n"
	if err := os.WriteFile(filepath.Join(dir, "wrong.yaml"), []byte(wrong), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (stdout, stderr string, err error) {
		var out, failed bytes.Buffer
		command := exec.Command(reportsProgram, args...)
		command.Dir, command.Stdout, command.Stderr = dir, &out, &failed
		err = command.Run()
		return out.String(), failed.String(), err
	}
	for _, test := range []struct{ args, says string }{
		{"check", "reports check needs a directory of report definitions, and nothing else besides flags: reports check DIR"},
		{"check nowhere", "nowhere: there is no such folder of report definitions"},
		{"check .", "wrong.yaml:4: format must be one of"},
		{"run", "reports run needs a report type, and nothing else besides flags: reports run TYPE"},
		{"run ventas compras", "reports run needs a report type"},
		{"run compras", `there is no report type "compras"; it must be one of clientes, existencias, ventas`},
		{"run ventas -p year", "-p year: must be name=value"},
		{"run ventas -p year=abc", `year: must be a whole number, not "abc"`},
		{"run ventas -p year=1999", "year: must be at least 2022"},
		{"run ventas -p yeer=2024", "yeer: is not a parameter of this report; it has year, region"},
		{"run ventas -o nowhere/x.xlsx", "a file cannot be made in nowhere: no such file or directory"},
		{"run ventas -o x.pdf", "-o x.pdf: the name must end with .xlsx or .csv"},
		{"run ventas --format pdf", `the format must be xlsx or csv, not "pdf"`},
		{"run ventas --language fr", `the language must be es or en, not "fr"`},
		{"run ventas --source shop", "--source must be name=ADDRESS"},
		{"run ventas --source sample=sqlite:none.db", "source sample: the database cannot be reached: none.db: "},
		{"run ventas --source sample=sqlite:.", "source sample: the database cannot be reached: .: "},
		{"run ventas --source sample=sqlite:wrong.yaml", "source sample: the database cannot be reached: wrong.yaml: "},
		{"serve", "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"},
		{"serve --workers 0", "--workers must be 1 or more, not 0"},
		{"serve --max-per-caller -1", "--max-per-caller must be 1 or more, not -1"},
		{"serve --source-limit erp=0", "--source-limit erp must be 1 or more, not 0"},
		{"serve --source-attempts erp=0", "--source-attempts erp must be 1 or more, not 0"},
		{"serve --log-level loud", `--log-level must be debug, info, warn or error, not "loud"`},
		{"serve --listen 8080", `--listen must be host:port, not "8080"`},
		{"serve --storage-limit huge", "--storage-limit: \"huge\" is not a size"},
		{"serve --log-format xml", `--log-format must be text or json, not "xml"`},
		{"serve --profile nobody", "no shared file has the profile \"nobody\": name another profile (AWS_PROFILE, --profile)"},
		{"runn", "unknown command"},
		{"check . --source shop", "--source must be name=ADDRESS"},
		{"serve --deliver-folder attic", "--deliver-folder must be name=ADDRESS"},
		{"schedules add ventas", "missing: --when, --timezone, and one of --mail, --web-hook and --folder"},
		{"schedules add", "reports schedules add needs a report type"},
		{"jobs replay", "reports jobs replay needs ids of reports, one or more: reports jobs replay ID..."},
	} {
		stdout, stderr, err := run(strings.Fields(test.args)...)
		if err == nil || !strings.Contains(stderr, test.says) || stdout != "" {
			t.Errorf("reports %s: %v, said %q, and on standard error\n%s", test.args, err, stdout, stderr)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 1 {
		t.Errorf("left behind are %v", left)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".report-*")); len(left) != 0 {
		t.Errorf("left behind are %v", left)
	}
	for args, says := range map[string]string{
		"run":                            "reports: reports run necesita un tipo de informe, y nada más",
		"run compras":                    `no existe el tipo de informe "compras"; debe ser uno de clientes`,
		"serve":                          "pon AWS_ACCESS_KEY_ID y AWS_SECRET_ACCESS_KEY",
		"serve --workers 0":              "--workers debe ser 1 o más, no 0",
		"jobs list --url http://[::1]:1": "no responde ningún servicio; ¿está bien --url?",
	} {
		t.Setenv("LC_ALL", "es_ES.UTF-8")
		if _, stderr, err := run(strings.Fields(args)...); err == nil || !strings.Contains(stderr, says) {
			t.Errorf("reports %s: %s", args, stderr)
		}
	}
	needs := "type: due\ntitle: {es: Vencidas, en: Due}\nparameters: [{name: until, type: date, required: true, title: {es: Hasta, en: Until}}]\nsql: select :until as a\ncolumns: [{ name: a }]\n"
	if err := os.WriteFile(filepath.Join(dir, "wrong.yaml"), []byte(needs), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("LC_ALL", "C")
	if _, stderr, err := run("run", "due", "--definitions", "."); err == nil || !strings.Contains(stderr, "the report due needs until (Hasta): give it with -p until=VALUE") {
		t.Errorf("%v: %s", err, stderr)
	}
	stdout, stderr, err := run("run", "ventas", "-p", "year=2024", "-o", "ventas.csv")
	if err != nil || stderr != "" || !strings.HasPrefix(stdout, "ventas.csv: 9884 rows, ") {
		t.Errorf("a right one, with no terminal to draw on: %v, said %q and %q", err, stdout, stderr)
	}
	content, err := os.ReadFile(filepath.Join(dir, "ventas.csv"))
	if err != nil || bytes.Count(content, []byte("\n")) != 9884+2 { // header and totals
		t.Errorf("%d lines, %v", bytes.Count(content, []byte("\n")), err)
	}
}

// With --source the databases read the queries, without running them: check names file, line
// and what the database says, and a database that is not there.
func TestCheckReadsAsTheSourceDoes(t *testing.T) {
	good, bad, file := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "shop.db")
	shop.Write(t, file)
	for path, content := range map[string]string{
		filepath.Join(good, "quoted.yaml"): "type: quoted\ntitle: x\nsource: erp\nsql: select 'a\\' as a\ncolumns: [{ name: a }]\n", // a backslash escapes the quote in MySQL alone
		filepath.Join(good, "stock.yaml"):  "type: stock\ntitle: x\nsource: erp\nsql: select name, sum(stock) as stock from products where (:only is null or id in (:only)) group by name\nparameters: [{ name: only, list: true }]\ncolumns: [{ name: name }, { name: STOCK, format: integer, total: sum }]\nsheet: { group: name }\n",
		filepath.Join(bad, "wrong.yaml"):   "type: wrong\ntitle: x\n\nsql: select nme from products\ncolumns: [{ name: nme }]\n",
		filepath.Join(bad, "other.yaml"):   "type: other\ntitle: x\nsql: select name from products\ncolumns: [{ name: nombre }]\n",
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const noOrder = "stock.yaml:4: warning: sheet: group name: the query has no ORDER BY"
	for _, test := range []struct {
		folder, args, variable, said string
		wrong                        []string
		status                       int
	}{
		{good, "", "", "source erp\n", []string{noOrder}, 0},
		{good, "--lang es", "", "base de datos erp\n", []string{"stock.yaml:4: aviso: sheet: group name: la consulta no tiene ORDER BY"}, 0},
		{good, "--source erp=sqlite:" + file, "", "source erp, which accepts the query\n", []string{noOrder}, 0},
		{good, "--source erp=sqlite:none.db", "", "", []string{noOrder, "source erp: the database cannot be reached: none.db: ", "; so 2 definitions are not checked as that database reads them\n"}, 1},
		{good, "--source erp=postgres://reports:geheim@127.0.0.1:1/erp", "", "", []string{"source erp: the database cannot be reached: ", "connection refused"}, 1},
		{good, "--source erp=mysql://reports@127.0.0.1:1/erp", "", "", []string{"quoted.yaml:4: sql, as ", "source erp: the database cannot be reached: ", "; so 1 definition is not checked as that database reads it\n"}, 1},
		{good, "", "REPORTS_SOURCE_ERP=mysql://reports@127.0.0.1:1/erp", "", []string{"never closed"}, 1},
		{good, "--source shop=sqlite:none.db", "", "", []string{`quoted.yaml:3: source "erp" is not configured; give --source erp=URL or REPORTS_SOURCE_ERP`}, 1},
		{good, "--source erp=oracle://x", "", "", []string{"the address must begin with sqlite:"}, 1},
		{good, "--source erp", "", "", []string{"--source must be name=ADDRESS"}, 1},
		{bad, "", "", "wrong, parameters: 0, columns: 1, source sample\n", nil, 0},
		{bad, "--source erp=sqlite:none.db", "", "", []string{"wrong.yaml:4: sql: source sample: the database refuses the query: ", "no such column: nme", "other.yaml:4: the query's result has no column nombre; it has name\n"}, 1},
		{bad, "--lang es --source erp=sqlite:none.db", "", "", []string{"wrong.yaml:4: la consulta: base de datos sample: la base de datos rechaza la consulta: ", "other.yaml:4: el resultado de la consulta no tiene la columna nombre; tiene name\n"}, 1},
	} {
		var out, failed bytes.Buffer
		command := exec.Command(reportsProgram, append([]string{"check", test.folder}, strings.Fields(test.args)...)...)
		command.Env = append(os.Environ(), test.variable)
		command.Stdout, command.Stderr = &out, &failed
		_ = command.Run() // the status is looked at
		lacks := slices.ContainsFunc(test.wrong, func(says string) bool { return !strings.Contains(failed.String(), says) })
		if command.ProcessState.ExitCode() != test.status || !strings.HasSuffix(out.String(), test.said) || lacks || test.wrong == nil && failed.Len() > 0 || strings.Contains(failed.String(), "geheim") {
			t.Errorf("%s %s: status %d, said %q, and on standard error\n%s", test.variable, test.args, command.ProcessState.ExitCode(), out.String(), failed.String())
		}
	}
}

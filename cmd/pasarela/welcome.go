package main

import (
	"io"
	"os"
	"path/filepath"
	"text/template"

	"github.com/mattn/go-isatty"

	"github.com/pasarela-ws/pasarela/internal/console"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/node/guide"
)

// welcomeText is what a person reads first. Lines that begin with four blanks
// are meant to be pasted.
const welcomeText = `
{{.Bold}}pasarela is ready{{.Plain}}   account {{.AccountID}}, region {{.Region}}

{{.Bold}}Connect{{.Plain}} and watch a report being made (a second terminal):

    {{.Program}} connect '{{.Socket}}?reportType=ventas'
    npx wscat -c '{{.Socket}}?reportType=ventas'

{{.Bold}}AWS CLI{{.Plain}} as the administrator:

    export AWS_ACCESS_KEY_ID={{.AccessKeyID}}
    export AWS_SECRET_ACCESS_KEY={{.SecretAccessKey}}
    export AWS_DEFAULT_REGION={{.Region}}
    export AWS_REGION={{.Region}}
    export AWS_ENDPOINT_URL={{.Endpoint}}
    aws apigatewayv2 get-routes --endpoint-url {{.Endpoint}} --api-id {{.APIID}}

{{.Bold}}Push{{.Plain}} to a client that is connected (the console and the logs show its id):

    aws apigatewaymanagementapi post-to-connection --endpoint-url {{.Endpoint}}/{{.APIID}}/{{.Stage}} \
      --connection-id CONNECTION_ID --cli-binary-format raw-in-base64-out --data '{"hello":"client"}'

{{.Bold}}Why{{.Plain}} was something refused, and what happens right now:

    {{.Program}} explain CONNECTION_ID --data {{.Data}}
    {{.Program}} logs --follow --data {{.Data}}

{{.Bold}}Pages{{.Plain}}   reports {{.Reports}}/
        console {{.Console}}
        (signs one browser in, once; {{.Program}} console --data {{.Data}} prints another)
{{.Bold}}Data{{.Plain}}    {{.Absolute}}

Ctrl-C stops it; the next start finds everything again.
`

func welcome(out io.Writer, n *node.Node, r *reports, dataDir string) error {
	text, err := template.New("welcome").Parse(welcomeText)
	if err != nil {
		return err
	}
	absolute, err := filepath.Abs(dataDir)
	if err != nil {
		return err
	}
	signIn, err := n.SignInURL()
	if err != nil {
		signIn = n.Endpoint() + console.Path
	}
	bold, plain := "", ""
	if file, ok := out.(*os.File); ok && isatty.IsTerminal(file.Fd()) {
		bold, plain = "\x1b[1m", "\x1b[0m"
	}
	return text.Execute(out, struct {
		node.Credentials
		Bold, Plain, Program, Socket, APIID, Stage, Console, Reports, Data, Absolute string
	}{
		n.Credentials(), bold, plain, program(os.Args[0]), socketURL(n, r.system.APIID), r.system.APIID, guide.StageName,
		signIn, r.url, dataDir, absolute,
	})
}

// program is how to call this program again: what "go run" built is gone with it.
func program(called string) string {
	if filepath.Base(filepath.Dir(called)) == "exe" {
		return "go run ./cmd/pasarela"
	}
	return called
}

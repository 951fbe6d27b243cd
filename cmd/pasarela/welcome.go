package main

import (
	"fmt"
	"path/filepath"

	"github.com/pasarela-ws/pasarela/internal/console"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/node/guide"
)

// welcomeText prints what a person reads first. Lines that begin with four spaces are
// meant to be pasted.
type welcomeText struct {
	screen *terminal
	l      language.Language
}

// head is a word in bold and what follows it.
func (g welcomeText) head(word language.ID, rest string) {
	fmt.Fprintln(g.screen)
	g.screen.style(bold)
	fmt.Fprint(g.screen, g.l.Say(word))
	g.screen.style(plain)
	fmt.Fprintf(g.screen, " %s\n\n", rest)
}

func (g welcomeText) paste(format string, args ...any) {
	fmt.Fprintf(g.screen, "    "+format+"\n", args...)
}

func welcome(screen *terminal, l language.Language, n *node.Node, r *reports, dataDir string) error {
	absolute, err := filepath.Abs(dataDir)
	if err != nil {
		return err
	}
	signIn, once := n.Endpoint()+console.Path, language.ID("welcome.sign_in")
	if url, err := n.SignInURL(); err == nil && screen.terminal {
		signIn, once = url, "welcome.once"
	}
	g, c, data := welcomeText{screen, l}, n.Credentials(), shellWord(dataDir)
	socket, stage := shellWord(socketURL(n, r.system.APIID)+"?reportType="+r.example()), n.Endpoint()+"/"+r.system.APIID+"/"+guide.StageName
	g.head("welcome.ready", "  "+l.Say("welcome.account", "account", c.AccountID, "region", c.Region))
	if len(r.service.Types()) == 0 {
		g.head("welcome.define", l.Say("welcome.define_why"))
		g.paste("%s/definitions", r.url)
	} else {
		g.head("welcome.connect", l.Say("welcome.connect_why"))
		g.paste("%s connect %s", program(), socket)
		g.paste("npx wscat -c %s", socket)
	}
	g.head("welcome.cli", l.Say("welcome.cli_why"))
	if screen.terminal {
		printExports(screen, "    ", c)
	} else { // this output is often kept, in a service's log or a file, so it has no secret
		g.paste(`eval "$(%s credentials --data %s)"`, program(), data)
	}
	g.paste("aws apigatewayv2 get-routes --endpoint-url %s --api-id %s", n.Endpoint(), r.system.APIID)
	g.head("welcome.push", l.Say("welcome.push_why", "command", program()+" connections --data "+data))
	g.paste(`printf '{"hello":"client"}' | aws apigatewaymanagementapi post-to-connection --endpoint-url %s \`, stage)
	g.paste("  --connection-id CONNECTION_ID --data fileb:///dev/stdin")
	g.head("welcome.why", l.Say("welcome.why_why"))
	g.paste("%s explain --last --data %s", program(), data)
	g.paste("%s logs --follow --data %s", program(), data)
	g.head("welcome.pages", l.Say(once, "command", program()+" console --data "+data))
	inUse := ""
	if r.portInUse != "" {
		inUse = "  (" + l.Say("welcome.in_use", "port", r.portInUse) + ")"
	}
	g.paste("%s  %s/%s", l.Say("welcome.reports"), r.url, inUse)
	g.paste("%s  %s", l.Say("welcome.console"), signIn)
	g.head("welcome.data", "  "+absolute)
	g.paste("%s  %s", l.Say("welcome.deliveries"), r.folder)
	_, err = fmt.Fprintln(screen, l.Say("welcome.stop"))
	return err
}

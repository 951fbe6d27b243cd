package console

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const servedTemplate = `
Resources:
  Talk: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: TalkAPI, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}}
  Live: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Talk, StageName: live}}
`

// What is said before things are deleted says whose it is, and what keeps a stack from going.
func TestADeletionSaysWhoseAndWhatIsInTheWay(t *testing.T) {
	t.Parallel()
	server := serve(t)
	o := operator{t, server}
	stock := o.stock(newBackend(t).URL)
	o.query("cloudformation", "2010-05-15", "CreateStack", "StackName", "talk", "TemplateBody", servedTemplate)
	var talk string
	for _, api := range o.items("/v2/apis") {
		if api.text("name") == "TalkAPI" {
			talk = api.text("apiId")
		}
	}
	o.rest("POST", "/v2/domainnames/ws.example.com/apimappings", object{"apiId": talk, "stage": "live", "apiMappingKey": "talk"})
	p := guided{browse(t, server), english}
	p.signIn(server)
	p.sees(apiName)
	t.Run("a stack", func(t *testing.T) {
		p := p.in(t)
		p.open("#/stacks")
		p.picksRow("talk")
		p.opens("Delete")
		p.sees("talk: Live (AWS::ApiGatewayV2::Stage), Talk (AWS::ApiGatewayV2::Api)", "ws.example.com/talk leads here: remove that API mapping first.")
		p.do(key(kb.Escape))
		p.closes()
	})
	t.Run("several APIs", func(t *testing.T) {
		p := p.in(t)
		p.open("#/apis")
		p.sees("TalkAPI", apiName)
		p.do(chromedp.Evaluate(`document.querySelector('thead input[type=checkbox]').click()`, nil))
		p.opens("Delete")
		p.sees("Stages of TalkAPI that are deleted: live", "TalkAPI: ws.example.com/talk leads here", apiName+": Usage plan basic covers it.")
		p.fill("Type the number of items to confirm", "2")
		p.shows("another number to delete nothing", `document.querySelector('[role=dialog] button[class*=variant-primary]').disabled`)
		p.fill("Type the number of items to confirm", "3")
		p.shows("the number to delete", `!document.querySelector('[role=dialog] button[class*=variant-primary]').disabled`)
		p.do(key(kb.Escape))
		p.closes()
	})
	t.Run("logs that are off", func(t *testing.T) {
		p, o := p.in(t), operator{t, server}
		p.open("#/logs")
		p.settles()
		const off = "No stage writes an execution log"
		p.shows("nothing where one stage writes its log", `!document.body.innerText.includes('`+off+`')`)
		o.rest("PATCH", "/v2/apis/"+stock.apiID+"/stages/prod", object{"defaultRouteSettings": object{"loggingLevel": "OFF"}})
		p.open("#/apis")
		p.open("#/logs")
		p.sees(off)
		p.click("link", apiName+"/prod")
		p.sees("Edit stage prod", "Execution log")
	})
	t.Run("a question of a long form on a phone", func(t *testing.T) {
		p := p.in(t)
		p.do(emulation.SetDeviceMetricsOverride(phone, 900, 1, true))
		p.open("#/apis/" + stock.apiID + "/stages/prod")
		p.opens("Edit")
		p.fill("Description", "typed")
		p.open("#/apis")
		p.open("#/apis/" + stock.apiID + "/stages/prod?form=stage")
		p.sees("What you typed is back")
		p.click("button", "Start again")
		p.shows("the question where it was asked", `(() => {
			const asked = [...document.querySelectorAll('.sub-page button')].find((one) => one.innerText === 'Discard changes');
			const { top, bottom } = asked?.getBoundingClientRect() ?? {};
			return top > 0 && bottom < innerHeight;
		})()`)
		p.do(chromedp.MouseEvent(input.MouseMoved, 1, 1))
		p.page.photograph("question390")
		p.click("button", "Keep editing")
	})
}

package blackbox

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/pasarelatest"
)

func Test30CausesOfTheEnd(t *testing.T) {
	g, b := pasarelatest.Start(t), testkit.NewBackend(t)
	api := pasarelatest.API{Routes: routes{"id": known, "$disconnect": {Integration: pasarelatest.HTTP(b.URL, gone)}}}
	s := g.Deploy(api)

	c, id := knownClient(t, s)
	if err := c.Conn.Close(4001, "bye"); err != nil {
		t.Fatal(err)
	}
	if got := b.Next(t).Body; got != id+` 4001 "bye"` {
		t.Errorf("client's own code: %s", got)
	}

	r := rawDial(t, s)
	r.frame(0x81, []byte(`{"action":"id"}`))
	id = r.read()
	r.frame(0x88, nil) // what wscat sends at Ctrl-C
	if code, _ := r.closed(); code != 1005 {
		t.Errorf("the echo of a close frame without code has %d", code)
	}
	if got := b.Next(t).Body; got != id+` 1005 "Client-side close frame status not set"` {
		t.Errorf("close frame without code: %s", got)
	}

	r = rawDial(t, s)
	r.frame(0x81, []byte(`{"action":"id"}`))
	id = r.read()
	if err := r.nc.Close(); err != nil {
		t.Fatal(err)
	}
	if got := b.Next(t).Body; got != id+` 1006 "Connection closed abnormally"` {
		t.Errorf("connection cut: %s", got)
	}

	api.Stage = apigatewayv2.CreateStageInput{Tags: map[string]string{"pasarela:idleTimeoutSeconds": "1"}}
	c, id = knownClient(t, g.Deploy(api))
	if code, reason := c.Closed(); code != websocket.StatusGoingAway || reason != "Going away" {
		t.Errorf("idle: closed with %d %q", code, reason)
	}
	if got := b.Next(t).Body; got != id+` 1001 "Going away"` {
		t.Errorf("idle: %s", got)
	}
}

func Test31WhatDisconnectKnows(t *testing.T) {
	g, f := startWithFunctions(t)
	f.returns("gate", policy("Allow"))
	f.returns("bye", `{"statusCode":200}`)
	s := authorized(t, g, "gate", routes{"id": known, "$disconnect": {Integration: g.Lambda("bye")}})
	c := testkit.Connect(t, s.URL+"?token=x", testkit.Header("X-Mine", "1"))
	<-f.asked // the authorizer
	id := c.Ask(`{"action":"id"}`)
	if err := c.Conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Fatal(err)
	}
	var got disconnectEvent
	text := <-f.asked
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if diff := cmp.Diff(map[string]string{"Host": hostOf(s), "x-api-key": "", "X-Forwarded-For": "", "x-restapi": ""}, got.Headers); diff != "" {
		t.Errorf("headers: %s", diff)
	}
	if got.QueryStringParameters != nil {
		t.Errorf("query string parameters %v", got.QueryStringParameters)
	}
	about := got.RequestContext
	if about.EventType != "DISCONNECT" || about.RouteKey != "$disconnect" || about.ConnectionID != id || about.DisconnectStatusCode != 1000 || about.MessageDirection != "IN" {
		t.Errorf("%s", text)
	}
	if about.Authorizer["principalId"] != "me" || about.Authorizer["tenant"] != "acme" {
		t.Errorf("authorizer context %v", about.Authorizer)
	}
}

// hostOf is the domain name of events: what stands between the scheme and the
// stage, so that https://{domainName}/{stage} reaches @connections.
func hostOf(s *pasarelatest.Stage) string {
	return strings.TrimSuffix(strings.TrimPrefix(s.Endpoint, "http://"), "/"+s.StageName)
}

type disconnectEvent struct {
	Headers               map[string]string
	MultiValueHeaders     map[string][]string
	QueryStringParameters map[string]string
	IsBase64Encoded       bool
	RequestContext        struct {
		RouteKey, EventType, ConnectionID, MessageDirection, DisconnectReason string
		DisconnectStatusCode                                                  int
		Authorizer                                                            map[string]any
	}
}

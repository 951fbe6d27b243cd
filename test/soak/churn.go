//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	api "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"
)

// push posts to a connection, as a backend does.
func (l *load) push(id string, data []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	_, err := l.gateway.connections().PostToConnection(ctx, &apigatewaymanagementapi.PostToConnectionInput{ConnectionId: &id, Data: data})
	l.pushes.Add(1)
	return err
}

func (l *load) remove(id string) error {
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	_, err := l.gateway.connections().DeleteConnection(ctx, &apigatewaymanagementapi.DeleteConnectionInput{ConnectionId: &id})
	l.deletes.Add(1)
	return err
}

// churnEvery is how often an operator changes something.
const churnEvery = 1500 * time.Millisecond

// operate changes the API and its stage while clients are connected.
func (l *load) operate(ctx context.Context) {
	acts := []struct {
		name string
		act  func(ctx context.Context, round int) error
	}{
		{"redeploy", l.redeploy},
		{"change stage variables", l.vary},
		{"change stage settings", l.retag},
		{"change throttles and logging", l.rethrottle},
		{"make and delete a stage", l.passingStage},
	}
	for round := 0; pause(ctx, churnEvery); round++ {
		next := acts[round%len(acts)]
		if err := l.change(next.act, round); err != nil {
			l.fault("%s: %v", next.name, err)
		}
		l.changes.Add(1)
	}
}

// change does not end with the load: half a change would be a fault of its own.
func (l *load) change(act func(ctx context.Context, round int) error, round int) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*callTimeout)
	defer cancel()
	return act(ctx, round)
}

// redeploy changes an integration and deploys; the deployment before is deleted.
func (l *load) redeploy(ctx context.Context, round int) error {
	g := l.gateway
	before, err := g.apis.GetStage(ctx, &api.GetStageInput{ApiId: &g.apiID, StageName: aws.String(stageName)})
	if err != nil {
		return err
	}
	_, err = g.apis.UpdateIntegration(ctx, &api.UpdateIntegrationInput{
		ApiId: &g.apiID, IntegrationId: aws.String(g.routes["echo"]),
		RequestTemplates: map[string]string{"application/json": echoTemplate + "## " + strconv.Itoa(round)},
	})
	if err != nil {
		return err
	}
	if _, err := g.apis.CreateDeployment(ctx, &api.CreateDeploymentInput{ApiId: &g.apiID, StageName: aws.String(stageName)}); err != nil {
		return err
	}
	_, err = g.apis.DeleteDeployment(ctx, &api.DeleteDeploymentInput{ApiId: &g.apiID, DeploymentId: before.DeploymentId})
	return err
}

func (l *load) vary(ctx context.Context, round int) error {
	_, err := l.gateway.apis.UpdateStage(ctx, &api.UpdateStageInput{
		ApiId: &l.gateway.apiID, StageName: aws.String(stageName), StageVariables: map[string]string{"round": strconv.Itoa(round)},
	})
	return err
}

// retag changes limits of sockets to values that do not affect the clients of
// this program.
func (l *load) retag(ctx context.Context, round int) error {
	g := l.gateway
	arn := fmt.Sprintf("arn:aws:apigateway:%s::/apis/%s/stages/%s", g.config.Region, g.apiID, stageName)
	tags := map[string]string{
		"pasarela:idleTimeoutSeconds": strconv.Itoa(300 + round%60), "pasarela:pingIntervalSeconds": strconv.Itoa(20 + round%7),
		"pasarela:maxFrameBytes": strconv.Itoa(32<<10 + round%1000), "pasarela:ordered": strconv.FormatBool(round%2 == 0),
	}
	_, err := g.apis.TagResource(ctx, &api.TagResourceInput{ResourceArn: &arn, Tags: tags})
	return err
}

func (l *load) rethrottle(ctx context.Context, round int) error {
	levels := [...]types.LoggingLevel{types.LoggingLevelInfo, types.LoggingLevelError, types.LoggingLevelOff}
	_, err := l.gateway.apis.UpdateStage(ctx, &api.UpdateStageInput{
		ApiId: &l.gateway.apiID, StageName: aws.String(stageName),
		DefaultRouteSettings: &types.RouteSettings{
			DetailedMetricsEnabled: aws.Bool(round%2 == 0), LoggingLevel: levels[round/5%len(levels)], DataTraceEnabled: aws.Bool(round%4 == 0),
			ThrottlingRateLimit: aws.Float64(float64(9000 + round%1000)), ThrottlingBurstLimit: aws.Int32(5000),
		},
	})
	return err
}

// passingStage makes a stage, connects to it and deletes it: its clients must get
// a close frame.
func (l *load) passingStage(ctx context.Context, round int) error {
	g, name := l.gateway, "passing"+strconv.Itoa(round)
	if err := g.newStage(ctx, name); err != nil {
		return err
	}
	var others []*client
	for range 3 {
		c, err := dial(g.addr, g.path(name)+"?name="+l.name("other"))
		if err != nil {
			return err
		}
		defer c.nc.Close()
		others = append(others, c)
	}
	stage, err := g.apis.GetStage(ctx, &api.GetStageInput{ApiId: &g.apiID, StageName: &name})
	if err != nil {
		return err
	}
	if _, err := g.apis.DeleteStage(ctx, &api.DeleteStageInput{ApiId: &g.apiID, StageName: &name}); err != nil {
		return err
	}
	for _, c := range others {
		var why *closed
		if err := c.until(callTimeout); !errors.As(err, &why) || why.code != 1001 {
			return fmt.Errorf("a client of the deleted stage ended with %v, want a close with 1001", err)
		}
	}
	l.stages.Add(1)
	_, err = g.apis.DeleteDeployment(ctx, &api.DeleteDeploymentInput{ApiId: &g.apiID, DeploymentId: stage.DeploymentId})
	return err
}

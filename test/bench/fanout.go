//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"

	"github.com/pasarela-ws/pasarela/connectiontags"
	"github.com/pasarela-ws/pasarela/internal/dataplane/sendring"
)

// fanOutPlan is one message for many, by several gateways in turn.
type fanOutPlan struct {
	conns      int
	messages   int // of which the first fanOutWarmUp do not count
	centrifugo string
	nchan      string
	apart      bool // the gateway on the first CPU, receivers on the others
	noIOUring  bool // pasarela is started with --no-io-uring
}

// fanOutWarmUp messages do not count.
const fanOutWarmUp = 3

// fanOutSite is a gateway all of whose subscribers get each message.
type fanOutSite struct {
	*site
	upgrade string // path of a subscriber's handshake
	first   string // what a subscriber sends first; "": nothing
	publish func(ctx context.Context, body []byte) error
}

// fanOutFigures are one gateway's, a delivery and a message.
type fanOutFigures struct {
	user, system time.Duration   // CPU a delivery
	spread       []time.Duration // from the first byte to the last, of each message
}

// measureFanOut measures them all and prints a table.
func measureFanOut(ctx context.Context, p plan, contestants []measuredGateway, dir string) error {
	all := []struct {
		name  string
		start func(context.Context, *fanOutSite) error
	}{
		{"bare write(2), one thread", func(_ context.Context, s *fanOutSite) error { return startBare(s) }},
		{fmt.Sprintf("bare io_uring, %d a call", sendring.Size), func(_ context.Context, s *fanOutSite) error { return startBare(s, "-ring") }},
		{"pasarela", func(ctx context.Context, s *fanOutSite) error { return startTagged(ctx, contestants[0], s) }},
		{"pasarela --no-io-uring", func(ctx context.Context, s *fanOutSite) error {
			s.plan.fanOut.noIOUring = true
			return startTagged(ctx, contestants[0], s)
		}},
		{"Centrifugo", func(ctx context.Context, s *fanOutSite) error { return startCentrifugo(s, p.fanOut.centrifugo) }},
		{"nchan", func(ctx context.Context, s *fanOutSite) error { return startNchan(s, p.fanOut.nchan) }},
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Printf("%d messages of %d bytes to %d connections, CPU of the sender\n\n", p.fanOut.messages, len(news), p.fanOut.conns)
	fmt.Fprintln(w, "sender\tuser\tsystem\tCPU a delivery\tfirst byte to last, median\tworst\t")
	for _, one := range all {
		if one.name == "Centrifugo" && p.fanOut.centrifugo == "" || one.name == "nchan" && p.fanOut.nchan == "" {
			continue
		}
		found, err := fanOutOf(ctx, p, dir, one.start)
		if err != nil {
			return errors.Join(w.Flush(), fmt.Errorf("%s: %w", one.name, err))
		}
		slices.Sort(found.spread)
		fmt.Fprintf(w, "%s\t%.2f us\t%.2f us\t%.2f us\t%.0f ms\t%.0f ms\t\n", one.name, micros(found.user), micros(found.system), micros(found.user+found.system),
			micros(found.spread[len(found.spread)/2])/1000, micros(found.spread[len(found.spread)-1])/1000)
	}
	return w.Flush()
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

func fanOutOf(ctx context.Context, p plan, dir string, begin func(context.Context, *fanOutSite) error) (f fanOutFigures, err error) {
	if dir, err = os.MkdirTemp(dir, "fanout"); err != nil {
		return f, err
	}
	s := &fanOutSite{site: &site{dir: dir, plan: p, region: "us-east-1"}}
	if p.fanOut.apart {
		s.cpus = "0"
	}
	defer s.end()
	if err := begin(ctx, s); err != nil {
		return f, err
	}
	receivers, err := role(dir, "receivers", "-addr", s.addr, "-path", s.upgrade, "-first", s.first, "-length", fmt.Sprint(len(news)))
	if err != nil {
		return f, err
	}
	s.ended = append(s.ended, receivers.stop)
	if err := receivers.ask(ctx, nil, 2*opLimit, "open %d", p.fanOut.conns); err != nil {
		return f, err
	}
	time.Sleep(settling)
	return s.deliver(ctx, receivers)
}

// deliver publishes the messages one after the other: each when the one before has
// reached everybody, and after a pause.
func (s *fanOutSite) deliver(ctx context.Context, receivers *process) (f fanOutFigures, err error) {
	n := s.plan.fanOut.messages
	for i := range fanOutWarmUp + n {
		user, system, err := s.used()
		if err != nil {
			return f, err
		}
		if err := receivers.ask(ctx, nil, opLimit, "expect"); err != nil {
			return f, err
		}
		if err := s.publish(ctx, news); err != nil {
			return f, err
		}
		var took time.Duration
		if err := receivers.ask(ctx, &took, opLimit, "received"); err != nil {
			return f, err
		}
		userAfter, systemAfter, err := s.used()
		if err != nil {
			return f, err
		}
		if i >= fanOutWarmUp {
			f.user, f.system, f.spread = f.user+userAfter-user, f.system+systemAfter-system, append(f.spread, took)
		}
		time.Sleep(100 * time.Millisecond)
	}
	deliveries := time.Duration(n * s.plan.fanOut.conns)
	f.user, f.system = f.user/deliveries, f.system/deliveries
	return f, nil
}

// used is the CPU that the sender has used.
func (s *fanOutSite) used() (user, system time.Duration, err error) {
	return cpuOf(s.gateway.cmd.Process.Pid)
}

// startBare runs this program in the role that only writes one frame to all sockets: the
// cost of the kernel's part, which no gateway that calls it so can go below.
func startBare(s *fanOutSite, args ...string) (err error) {
	if s.gateway, err = s.role("writer", args...); err != nil {
		return err
	}
	s.ended = append(s.ended, s.gateway.stop)
	line, err := s.gateway.line(startLimit)
	if err != nil {
		return err
	}
	s.addr, s.upgrade = line, "/"
	s.publish = func(ctx context.Context, body []byte) error {
		return s.gateway.ask(ctx, nil, opLimit, "write %d", len(body))
	}
	return nil
}

// startTagged runs pasarela with a stage all of whose connections have one tag.
func startTagged(ctx context.Context, c measuredGateway, s *fanOutSite) (err error) {
	opened, err := c.open(ctx, s.plan, s.dir)
	if err != nil {
		return err
	}
	opened.ended = append(opened.ended, s.ended...)
	*s.site = *opened
	client, err := s.operator.client()
	if err != nil {
		return err
	}
	apiID, stageName, _ := strings.Cut(strings.Trim(s.path, "/"), "/")
	if err := tagAll(ctx, s.operator, apiID, stageName); err != nil {
		return err
	}
	s.upgrade = s.path + "?reportType=c"
	node := connectiontags.Client{Endpoint: s.operator.endpoint + s.path, Region: s.region, HTTP: client, Credentials: s.operator}
	s.publish = func(ctx context.Context, body []byte) error {
		sent, err := node.Post(ctx, "all", body, 0)
		if err == nil && sent.Sent != s.plan.fanOut.conns {
			return fmt.Errorf("%+v for %d connections", sent, s.plan.fanOut.conns)
		}
		return err
	}
	return nil
}

// tagAll makes $connect return a tag for each connection, and allows it by the
// stage's tag.
func tagAll(ctx context.Context, o *operator, apiID, stageName string) error {
	client := api.New(api.Options{Region: o.region, BaseEndpoint: &o.endpoint, RetryMaxAttempts: 1, Credentials: o})
	all, err := client.GetIntegrations(ctx, &api.GetIntegrationsInput{ApiId: &apiID})
	if err != nil {
		return err
	}
	for _, one := range all.Items {
		if !strings.HasSuffix(*one.IntegrationUri, "/aws/connect") {
			continue
		}
		responses, err := client.GetIntegrationResponses(ctx, &api.GetIntegrationResponsesInput{ApiId: &apiID, IntegrationId: one.IntegrationId})
		if err != nil {
			return err
		}
		for _, response := range responses.Items {
			if _, err := client.UpdateIntegrationResponse(ctx, &api.UpdateIntegrationResponseInput{
				ApiId: &apiID, IntegrationId: one.IntegrationId, IntegrationResponseId: response.IntegrationResponseId,
				ResponseTemplates: map[string]string{"application/json": `#set($context.responseOverride.header.pasarela-tags = "all")`},
			}); err != nil {
				return err
			}
		}
	}
	deployment, err := client.CreateDeployment(ctx, &api.CreateDeploymentInput{ApiId: &apiID})
	if err != nil {
		return err
	}
	if _, err := client.UpdateStage(ctx, &api.UpdateStageInput{ApiId: &apiID, StageName: &stageName, DeploymentId: deployment.DeploymentId, DefaultRouteSettings: &types.RouteSettings{
		DetailedMetricsEnabled: aws.Bool(true), ThrottlingRateLimit: aws.Float64(1e6), ThrottlingBurstLimit: aws.Int32(1e6),
	}}); err != nil {
		return err
	}
	return o.tagStage(ctx, "/"+apiID+"/"+stageName, "pasarela:connectionTags", "true")
}

// centrifugoConfig is what Centrifugo's documentation advises for many connections,
// with a channel that anybody may subscribe to.
const centrifugoConfig = `{"http_server": {"address": "127.0.0.1", "port": "%s"}, "http_api": {"key": "bench"}, "log": {"level": "error"},
"client": {"insecure": true, "ping_interval": "300s", "connection_limit": 0}, "websocket": {"use_write_buffer_pool": true}, "uni_websocket": {"enabled": true},
"channel": {"without_namespace": {"allow_subscribe_for_client": true, "allow_subscribe_for_anonymous": true}}}`

// startCentrifugo runs Centrifugo, whose subscribers use its unidirectional WebSocket.
func startCentrifugo(s *fanOutSite, program string) error {
	addr, err := freeAddress()
	if err != nil {
		return err
	}
	config := filepath.Join(s.dir, "centrifugo.json")
	if err := os.WriteFile(config, fmt.Appendf(nil, centrifugoConfig, addr[strings.LastIndexByte(addr, ':')+1:]), 0o600); err != nil {
		return err
	}
	s.addr, s.upgrade, s.first = addr, "/connection/uni_websocket", `{"subs":{"all":{}}}`
	s.publish = func(ctx context.Context, body []byte) error {
		return post(ctx, "http://"+addr+"/api/publish", fmt.Sprintf(`{"channel":"all","data":%s}`, body), "X-API-Key", "bench")
	}
	return s.run(program, "--config", config)
}

// nchanConfig has one worker process, since deliveries are measured and not
// parallelism.
const nchanConfig = `load_module %s;
daemon off; master_process off; pid %s/nginx.pid; error_log %[2]s/error.log; worker_rlimit_nofile 20000;
events { worker_connections 15000; }
http { access_log off; client_body_temp_path %[2]s; proxy_temp_path %[2]s; fastcgi_temp_path %[2]s; uwsgi_temp_path %[2]s; scgi_temp_path %[2]s;
server { listen %[3]s backlog=4096; location = /sub { nchan_subscriber websocket; nchan_channel_id all; nchan_subscriber_first_message newest; } location = /pub { nchan_publisher http; nchan_channel_id all; } } }
`

// startNchan runs nginx with nchan.
func startNchan(s *fanOutSite, module string) error {
	addr, err := freeAddress()
	if err != nil {
		return err
	}
	config := filepath.Join(s.dir, "nginx.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, nchanConfig, module, s.dir, addr), 0o600); err != nil {
		return err
	}
	program, err := exec.LookPath("nginx")
	if err != nil {
		return err
	}
	s.addr, s.upgrade = addr, "/sub"
	s.publish = func(ctx context.Context, body []byte) error {
		return post(ctx, "http://"+addr+"/pub", string(body), "Content-Type", "application/json")
	}
	return s.run(program, "-p", s.dir, "-c", config)
}

// run starts a gateway and waits until it listens.
func (s *fanOutSite) run(program string, args ...string) (err error) {
	if s.gateway, err = s.start(program, args...); err != nil {
		return err
	}
	s.ended = append(s.ended, s.gateway.stop)
	if err := reachable(s.addr); err != nil {
		return fmt.Errorf("%w\n%s", err, s.gateway.complaints())
	}
	return nil
}

// post posts to the publishing interface of a gateway.
func post(ctx context.Context, url, body, header, value string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set(header, value)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= 300 {
		err = fmt.Errorf("%s: %s", response.Status, text)
	}
	return err
}

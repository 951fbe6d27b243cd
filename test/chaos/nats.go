package main

import (
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/nats-io/nats-server/v2/server"
)

// natsArgument is the first argument of this program when it is to be a NATS server.
const natsArgument = "nats-server"

// natsConfig is one of three servers; the nodes reach it by relays only, so it tells
// clients of no other.
func natsConfig(name, dir, client, cluster string, routes []string) string {
	quoted := make([]string, len(routes))
	for i, r := range routes {
		quoted[i] = fmt.Sprintf("%q", "nats://"+r)
	}
	return fmt.Sprintf(`server_name: %s
listen: %q
max_payload: 40MB
max_pending: 128MB
jetstream { store_dir: %q, sync_interval: always }
cluster { name: chaos, listen: %q, no_advertise: true, routes: [%s] }
`, name, client, dir, cluster, strings.Join(quoted, ", "))
}

// runNATS is a NATS server until it is told to end.
func runNATS(config string) error {
	text, err := os.ReadFile(config)
	if err != nil {
		return err
	}
	options := &server.Options{}
	if err := options.ProcessConfigString(string(text)); err != nil {
		return err
	}
	options.NoSigs, options.NoLog = true, true
	running, err := server.NewServer(options)
	if err != nil {
		return err
	}
	running.Start()
	fmt.Println("serves")
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM, syscall.SIGINT)
	<-ended
	running.Shutdown()
	running.WaitForShutdown()
	return nil
}

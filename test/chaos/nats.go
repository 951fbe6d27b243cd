package main

import (
	"fmt"
	"strings"
)

// natsArgument is the first argument of this program when it is to be a NATS server.
const natsArgument = "nats-server"

// natsConfig is one of three servers; the nodes reach it by relays only, so it does
// not advertise the other servers' addresses.
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

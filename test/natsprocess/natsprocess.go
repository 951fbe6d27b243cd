// Package natsprocess runs a NATS server as a process of its own, for the programs below
// test that measure or kill it from outside; tests that need one in their own process
// start it by testkit/natsserver.
package natsprocess

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/nats-io/nats-server/v2/server"
)

// Run runs a server of a configuration file, as nats-server takes it, until the process
// gets SIGTERM or SIGINT. It prints "serves" once the server has been started. Errors are
// of a file that cannot be read, or of its settings.
func Run(configFile string) error {
	text, err := os.ReadFile(configFile)
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

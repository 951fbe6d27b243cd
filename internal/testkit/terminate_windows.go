package testkit

import "os"

func terminate(p *os.Process) error { return p.Kill() } // there is no SIGTERM

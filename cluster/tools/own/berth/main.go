// Command berth holds one embedded cluster. Everything of the cluster lives in namespaces that berth made: a process
// namespace (so that the kernel ends all of it when berth ends, however that happens), a mount namespace (so that
// no mount is ever left on the machine), and one network namespace a node, with no way out. What Node cannot do
// is done here: namespaces, starting programs inside them, a doorway for TCP, X.509, and sweeping up.
package main

import (
	"fmt"
	"os"
)

const usage = "usage: berth hold|list|end|sweep|pki (see cluster/berth.ts, which calls it)"

func main() {
	if err := dispatch(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func dispatch(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf(usage)
	}
	switch args[0] {
	case "hold":
		return hold(args[1:])
	case "init":
		return initialize(args[1:])
	case "list":
		return listCommand(args[1:])
	case "end":
		return endCommand(args[1:])
	case "sweep":
		return sweepCommand(args[1:])
	case "pki":
		return issueCertificates(os.Stdin)
	}
	return fmt.Errorf(usage)
}

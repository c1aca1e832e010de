// Command supervisor runs commands and moves files inside a sandbox, for the client at the other end of its standard
// input and output. It has no rights beyond those of the sandbox's user.
package main

import (
	"fmt"
	"os"
)

const serveCommand = "serve"

func main() {
	arguments := os.Args[1:]
	switch {
	case len(arguments) >= 1 && arguments[0] == serveCommand:
		// Sent in as a file that is not needed any more: /proc/self/exe stays.
		if len(arguments) >= 2 {
			os.Remove(arguments[1])
		}
		goodbyes := hearGoodbyes()
		relieveOrphans()
		code, cutOff := serve(os.Stdin, os.Stdout)
		if patience, isGiven := orphanPatience(arguments); isGiven && !cutOff.IsZero() && isInContainer() {
			becomeOrphan()
			endOrphan(cutOff, patience, goodbyes)
		}
		os.Exit(code)
	case len(arguments) == 2 && arguments[0] == keeperCommand:
		os.Exit(keep(arguments[1]))
	case len(arguments) == 1 && arguments[0] == reaperCommand:
		os.Exit(reap())
	}
	fmt.Fprintln(os.Stderr, "usage: supervisor serve [FILE]; it speaks a binary protocol and is started by a client")
	os.Exit(2)
}

// Command attack tries one thing that a sandbox must not let happen. Status 0: it worked, and what it got is printed;
// status 1: it was refused, and the refusal is printed. Anything else is neither. Everything it does is bounded.
package main

import (
	"fmt"
	"os"
)

type attack func(arguments []string) (got string, err error)

var attacks = map[string]attack{
	"account-token":     accountToken,
	"become-root":       becomeRoot,
	"bpf":               loadIntoKernel,
	"capability":        takeCapabilities,
	"cgroup":            openForWriting,
	"change-root":       changeRoot,
	"device":            makeDevice,
	"dns":               resolve,
	"fork":              fork,
	"get":               get,
	"hostname":          setHostname,
	"keyring":           openKeyring,
	"kill-supervisor":   killParents,
	"memory":            fillMemory,
	"mount":             mountTmpfs,
	"nice":              raisePriority,
	"node-processes":    seeProcess,
	"open-for-writing":  openForWriting,
	"packet-socket":     packetSocket,
	"raw-socket":        rawSocket,
	"read":              read,
	"remount-root":      remountRoot,
	"setuid-program":    setuidProgram,
	"speak-for-parents": speakForParents,
	"fill-disk":         fillDisk,
	"flood":             flood,
	"hostile-tar":       hostileTar,
	"tls":               getOverTLS,
	"user-namespace":    userNamespace,
	"who-am-i":          whoAmI,
	"write":             write,
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		lie(os.Args[2:])
		return
	}
	if len(os.Args) < 2 || attacks[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: attack NAME ARGUMENTS...")
		os.Exit(2)
	}
	got, err := attacks[os.Args[1]](os.Args[2:])
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	if got != "" {
		fmt.Println(got)
	}
}

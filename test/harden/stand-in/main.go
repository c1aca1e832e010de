// A stand-in for the program of an example. It answers probes on the ports that its arguments name, and says first how the
// kubelet has started it.
package main

import (
	"encoding/json"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

// What the kernel says of a process, by the names of /proc/self/status.
var facts = []string{"Uid", "CapEff", "NoNewPrivs", "Seccomp"}

func main() {
	said := map[string]any{"rootIsWritable": isWritable("/"), "tmpIsWritable": isWritable("/tmp")}
	for name, value := range status() {
		said[name] = value
	}
	if err := json.NewEncoder(os.Stdout).Encode(said); err != nil {
		log.Fatal(err)
	}
	for _, port := range ports() {
		listener, err := net.Listen("tcp", ":"+port)
		if err != nil {
			log.Fatal(err)
		}
		go func() { log.Fatal(http.Serve(listener, http.HandlerFunc(well))) }()
	}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM)
	<-ended
}

func well(answer http.ResponseWriter, _ *http.Request) { answer.WriteHeader(http.StatusOK) }

func ports() []string {
	var found []string
	for _, argument := range os.Args[1:] {
		if port, ok := strings.CutPrefix(argument, "--listen="); ok {
			found = append(found, port)
		}
	}
	return found
}

func isWritable(folder string) bool {
	file := filepath.Join(folder, "written-by-the-stand-in")
	return os.WriteFile(file, nil, 0o600) == nil
}

func status() map[string]string {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		log.Fatal(err)
	}
	found := map[string]string{}
	for _, line := range strings.Split(string(text), "\n") {
		name, value, _ := strings.Cut(line, ":")
		for _, fact := range facts {
			if name == fact {
				found[fact] = strings.Fields(value)[0]
			}
		}
	}
	return found
}

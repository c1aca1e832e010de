package main

import (
	"bytes"
	"os"
	"strconv"
)

// Where the kernel counts what it killed in this container for lack of memory: cgroup v2, and v1.
var oomCounters = []string{"/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"}

// oomKills is that count, and 0 where it cannot be read: then SIGKILL is only SIGKILL.
func oomKills() int {
	for _, path := range oomCounters {
		content, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		for line := range bytes.Lines(content) {
			if value, isCount := bytes.CutPrefix(line, []byte("oom_kill ")); isCount {
				count, _ := strconv.Atoi(string(bytes.TrimSpace(value)))
				return count
			}
		}
	}
	return 0
}

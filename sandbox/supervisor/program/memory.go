package main

import (
	"bytes"
	"strconv"
	"sync"
	"syscall"
)

// Where the kernel counts what it killed in this container for lack of memory: cgroup v2, and v1.
var oomCounters = []string{"/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"}

// The counter stays open: it is read before and after every command.
var oomCounter = sync.OnceValue(func() int {
	for _, path := range oomCounters {
		if descriptor, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC, 0); err == nil {
			return descriptor
		}
	}
	return -1
})

// oomKills is that count, and 0 where it cannot be read: then SIGKILL is only SIGKILL.
func oomKills() int {
	var content [512]byte
	length, err := syscall.Pread(oomCounter(), content[:], 0)
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(content[:length]) {
		if value, isCount := bytes.CutPrefix(line, []byte("oom_kill ")); isCount {
			count, _ := strconv.Atoi(string(bytes.TrimSpace(value)))
			return count
		}
	}
	return 0
}

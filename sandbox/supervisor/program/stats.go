package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// What a sandbox takes now. Left out is what its kernel does not tell.
type stats struct {
	CPUMs           *int64 `json:"cpuMs,omitempty"`
	MemoryBytes     *int64 `json:"memoryBytes,omitempty"`
	MemoryPeakBytes *int64 `json:"memoryPeakBytes,omitempty"`
	MemoryMostBytes *int64 `json:"memoryMostBytes,omitempty"`
	Processes       *int64 `json:"processes,omitempty"`
	// Of the folder that the sandbox works in, and whether there is more in it than was counted.
	DiskBytes int64 `json:"diskBytes"`
	IsPartial bool  `json:"isPartial,omitempty"`
}

const (
	cgroup = "/sys/fs/cgroup/"
	// More files would take longer than a look should.
	mostCounted = 200_000
)

func tellStats(channel *channel, _ json.RawMessage) error {
	told := stats{
		CPUMs:           part(fieldIn(cgroup+"cpu.stat", "usage_usec"), 1000),
		MemoryBytes:     numberIn("memory.current", "memory/memory.usage_in_bytes"),
		MemoryPeakBytes: numberIn("memory.peak", "memory/memory.max_usage_in_bytes"),
		MemoryMostBytes: numberIn("memory.max", "memory/memory.limit_in_bytes"),
		Processes:       numberIn("pids.current", "pids/pids.current"),
	}
	if told.CPUMs == nil {
		told.CPUMs = part(numberIn("cpuacct/cpuacct.usage"), 1_000_000)
	}
	told.DiskBytes, told.IsPartial = diskOf(channel.session.start)
	channel.done(told)
	return nil
}

// numberIn reads the first of these that is there, of control groups of version 2 and of version 1. It is nil where none
// is, and where it says `max`.
func numberIn(names ...string) *int64 {
	for _, name := range names {
		if content, err := os.ReadFile(cgroup + name); err == nil {
			return numberOf(content)
		}
	}
	return nil
}

func part(of *int64, by int64) *int64 {
	if of == nil {
		return nil
	}
	quotient := *of / by
	return &quotient
}

func numberOf(text []byte) *int64 {
	number, err := strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64)
	if err != nil {
		return nil
	}
	return &number
}

func fieldIn(path, name string) *int64 {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	for line := range bytes.Lines(content) {
		if value, isField := bytes.CutPrefix(line, []byte(name+" ")); isField {
			return numberOf(value)
		}
	}
	return nil
}

// diskOf counts blocks and not lengths: a file with holes takes less than it is long. One with several names counts once.
func diskOf(folder string) (bytes int64, isPartial bool) {
	type inode struct{ device, number uint64 }
	seen := map[inode]bool{}
	entries := 0
	filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			// It went away, or may not be read.
			return nil
		}
		if entries++; entries > mostCounted {
			isPartial = true
			return fs.SkipAll
		}
		info, err := entry.Info()
		if err != nil {
			return nil
		}
		status, isStatus := info.Sys().(*syscall.Stat_t)
		if !isStatus {
			return nil
		}
		if status.Nlink > 1 && !entry.IsDir() {
			one := inode{uint64(status.Dev), status.Ino}
			if seen[one] {
				return nil
			}
			seen[one] = true
		}
		bytes += status.Blocks * 512
		return nil
	})
	return bytes, isPartial
}

package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// process is one process of this machine. A number alone is given again, after a restart of the machine in the same
// order even; together with the moment of the start and the boot that it is counted from it names one process only.
type process struct {
	Pid   int    `json:"pid"`
	Start string `json:"start"`
	Boot  string `json:"boot"`
}

// identify tells who has a number now. A process that ended and was not collected yet still has it.
func identify(pid int) (process, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return process{}, err
	}
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return process{}, err
	}
	// The command is in parentheses and may hold blanks and parentheses of its own.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) < 20 {
		return process{}, errors.New("no start time in " + string(stat))
	}
	return process{Pid: pid, Start: fields[19], Boot: strings.TrimSpace(string(boot))}, nil
}

// identifySelf names this process as the machine does, also in a process namespace: it must come before /proc is
// mounted anew, while that folder still shows the numbers of the machine.
func identifySelf() (process, error) {
	link, err := os.Readlink("/proc/self")
	if err != nil {
		return process{}, err
	}
	pid, err := strconv.Atoi(link)
	if err != nil {
		return process{}, err
	}
	return identify(pid)
}

// open gives a descriptor of exactly this process, or an error when it has ended.
func (one process) open() (*os.File, error) {
	descriptor, err := unix.PidfdOpen(one.Pid, 0)
	if err != nil {
		return nil, err
	}
	// Asked after the opening: so the descriptor is of the process that has this start, or the answer is no.
	if now, err := identify(one.Pid); err != nil || now != one {
		unix.Close(descriptor)
		return nil, unix.ESRCH
	}
	return os.NewFile(uintptr(descriptor), "process"), nil
}

// hasEnded waits until the process of a descriptor has ended with all its threads, and no longer than that. The first
// process of a namespace ends last of all in it.
func hasEnded(opened *os.File, within time.Duration) bool {
	deadline := time.Now().Add(within)
	for {
		watched := []unix.PollFd{{Fd: int32(opened.Fd()), Events: unix.POLLIN}}
		rest := max(0, int(time.Until(deadline).Milliseconds()))
		count, err := unix.Poll(watched, rest)
		if err == nil {
			return count > 0
		}
		if err != unix.EINTR {
			return false
		}
	}
}

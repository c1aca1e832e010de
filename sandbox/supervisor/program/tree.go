package main

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
	"time"
)

const (
	prSetDumpable       = 4
	prSetChildSubreaper = 36

	// Between SIGTERM and SIGKILL.
	grace = 500 * time.Millisecond
	// How long SIGKILL may take, until survivors are reported.
	sweepBound = time.Second
	sweepPause = 5 * time.Millisecond
)

// adopt makes this process the parent of every descendant whose own parent is gone.
func adopt() error {
	if _, _, failed := syscall.RawSyscall(syscall.SYS_PRCTL, prSetChildSubreaper, 1, 0); failed != 0 {
		return failed
	}
	// Against accidents of the tenant: nobody of the same user reads or traces this process. A tenant can still end it.
	syscall.RawSyscall(syscall.SYS_PRCTL, prSetDumpable, 0, 0)
	return nil
}

// descendants lists every process below this one, except what lies below those that are `apart`.
func descendants(apart map[int]bool) []int {
	children := map[int][]int{}
	for _, pid := range processes() {
		if parent, ok := parentOf(pid); ok {
			children[parent] = append(children[parent], pid)
		}
	}
	found := []int{}
	below := []int{os.Getpid()}
	for len(below) > 0 {
		next := children[below[0]]
		below = below[1:]
		for _, pid := range next {
			if !apart[pid] {
				found = append(found, pid)
				below = append(below, pid)
			}
		}
	}
	return found
}

func processes() []int {
	proc, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer proc.Close()
	names, _ := proc.Readdirnames(-1)
	pids := []int{}
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// parentOf reads the parent of a process that lives; the dead that nobody waited for yet are not there.
func parentOf(pid int) (int, bool) {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	// The name before it may hold anything, also brackets and spaces.
	end := bytes.LastIndexByte(stat, ')')
	if err != nil || end < 0 {
		return 0, false
	}
	fields := bytes.Fields(stat[end+1:])
	if len(fields) < 2 || fields[0][0] == 'Z' || fields[0][0] == 'X' {
		return 0, false
	}
	parent, err := strconv.Atoi(string(fields[1]))
	return parent, err == nil
}

func signalAll(pids []int, signal syscall.Signal) {
	for _, pid := range pids {
		syscall.Kill(pid, signal)
	}
}

// freezeAndKill stops what lives, so that nothing forks between being listed and being killed, then kills it.
func freezeAndKill(apart map[int]bool) {
	known := 0
	for range 8 {
		living := descendants(apart)
		signalAll(living, syscall.SIGSTOP)
		if len(living) == known {
			break
		}
		known = len(living)
	}
	signalAll(descendants(apart), syscall.SIGKILL)
}

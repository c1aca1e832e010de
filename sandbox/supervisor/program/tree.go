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

// descendants lists every process below this one that lives.
func descendants() []int {
	children := map[int][]int{}
	isDead := map[int]bool{}
	for _, pid := range processes() {
		if parent, dead, ok := parentOf(pid); ok {
			children[parent] = append(children[parent], pid)
			isDead[pid] = dead
		}
	}
	found := []int{}
	below := []int{os.Getpid()}
	for len(below) > 0 {
		next := children[below[0]]
		below = below[1:]
		for _, pid := range next {
			// Below one that died just now, others may not have been given to us yet.
			below = append(below, pid)
			if !isDead[pid] {
				found = append(found, pid)
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

func parentOf(pid int) (parent int, isDead bool, ok bool) {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	// The name before it may hold anything, also brackets and spaces.
	end := bytes.LastIndexByte(stat, ')')
	if err != nil || end < 0 {
		return 0, false, false
	}
	fields := bytes.Fields(stat[end+1:])
	if len(fields) < 2 {
		return 0, false, false
	}
	parent, err = strconv.Atoi(string(fields[1]))
	return parent, fields[0][0] == 'Z' || fields[0][0] == 'X', err == nil
}

func signalAll(pids []int, signal syscall.Signal) {
	for _, pid := range pids {
		syscall.Kill(pid, signal)
	}
}

// freezeAndKill stops what lives, so that nothing forks between being listed and being killed, then kills it.
func freezeAndKill() {
	known := 0
	for range 8 {
		living := descendants()
		signalAll(living, syscall.SIGSTOP)
		if len(living) == known {
			break
		}
		known = len(living)
	}
	signalAll(descendants(), syscall.SIGKILL)
}

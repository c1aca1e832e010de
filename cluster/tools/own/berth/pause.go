package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// pause stops a process where it is. The signal reaches its threads one after the other, and one that was about to
// answer still does, so that the process stands still only when all of them do.
func pause(pid int) error {
	if err := unix.Kill(pid, unix.SIGSTOP); err != nil {
		return err
	}
	deadline := time.Now().Add(5 * time.Second)
	for !standsStill(pid) {
		if time.Now().After(deadline) {
			return errors.New("its threads do not stop")
		}
		time.Sleep(time.Millisecond)
	}
	return nil
}

// standsStill holds for a process that has ended, too.
func standsStill(pid int) bool {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	for _, thread := range threads {
		stat, err := os.ReadFile(thread)
		if err != nil {
			continue
		}
		_, after, _ := strings.Cut(string(stat[strings.LastIndexByte(string(stat), ')'):]), " ")
		if !strings.ContainsAny(after[:1], "TtZX") {
			return false
		}
	}
	return true
}

package main

import (
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// newNetwork makes a network namespace and keeps it open. It has no name on the machine: it is gone with the holder.
func newNetwork() (*os.File, error) {
	type result struct {
		file *os.File
		err  error
	}
	made := make(chan result)
	go func() {
		// Never unlocked: the thread is left in the new namespace, so the runtime throws it away with the goroutine.
		runtime.LockOSThread()
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			made <- result{nil, err}
			return
		}
		file, err := os.Open("/proc/thread-self/ns/net")
		made <- result{file, err}
	}()
	outcome := <-made
	return outcome.file, outcome.err
}

// inNetwork runs an action on a thread of its own that has entered the namespace.
func inNetwork(network *os.File, action func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		if network != nil {
			if err := unix.Setns(int(network.Fd()), unix.CLONE_NEWNET); err != nil {
				done <- err
				return
			}
		}
		done <- action()
	}()
	return <-done
}

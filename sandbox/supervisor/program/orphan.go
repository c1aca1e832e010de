package main

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
	"time"
)

// A client that ends without a word, because it was killed or cut off, leaves a sandbox that nothing uses. The end of
// its stream is seen here, so nothing outside has to ask whether it lives: after a while the main process is told to
// end, and the pod and its Job end with it.

const (
	orphanCommand = "orphan"
	mainProcess   = 1
	// Another client whose stream ended at the same moment has left by then.
	orphanSettles = 2*goodbyeBound + time.Second
	orphanLooks   = time.Second
	// What the container says of its end; the client's side reads the same words.
	terminationLog = "/dev/termination-log"
	orphanWords    = "drydock: the client of this sandbox is gone, and no other one has entered it"
)

// orphanPatience is how long a sandbox lives on without its client; none is given where it lives until its deadline.
func orphanPatience(arguments []string) (patience time.Duration, isGiven bool) {
	if len(arguments) < 3 {
		return 0, false
	}
	milliseconds, err := strconv.ParseInt(arguments[2], 10, 64)
	return time.Duration(milliseconds) * time.Millisecond, err == nil && milliseconds >= 0 && isInContainer()
}

// isInContainer says whether process 1 is the main process of a container that this one was brought into: its parent is
// outside then, and has no number here. On a machine of a developer process 1 is none of ours.
func isInContainer() bool {
	return os.Getppid() == 0
}

// becomeOrphan goes on under another name: one that waits must not be taken for a client that has entered.
func becomeOrphan(patience time.Duration) error {
	until := time.Now().Add(patience)
	arguments := []string{"drydock-orphan", orphanCommand, strconv.FormatInt(until.UnixMilli(), 10)}
	return syscall.Exec("/proc/self/exe", arguments, os.Environ())
}

// isGoodbye says that the client lets go of what is left, and that it lives.
func (frame frame) isGoodbye() bool {
	return frame.kind == frameEnd && frame.channel == 0
}

// endOrphan waits, and ends the sandbox unless another client is in it, or comes.
func endOrphan(untilMilliseconds string) int {
	milliseconds, err := strconv.ParseInt(untilMilliseconds, 10, 64)
	if err != nil || !isInContainer() {
		return 2
	}
	until := time.UnixMilli(milliseconds)
	for pause := orphanSettles; time.Now().Before(until); pause = orphanLooks {
		time.Sleep(min(pause, time.Until(until)))
		if isEntered() {
			return 0
		}
	}
	if isEntered() {
		return 0
	}
	// Both may fail: a main process that does not hear the signal lives until its deadline.
	os.WriteFile(terminationLog, []byte(orphanWords), 0o644)
	syscall.Kill(mainProcess, syscall.SIGTERM)
	return 0
}

// isEntered says whether a supervisor serves a client. A tenant could pretend that, and could end this one as well: its
// sandbox then lives until the deadline, as it may.
func isEntered() bool {
	for _, pid := range processes() {
		line, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
		if err == nil && serves(line) {
			return true
		}
	}
	return false
}

// serves says whether this is the command line of a supervisor that was brought in: FILE serve FILE [MILLISECONDS].
func serves(commandLine []byte) bool {
	words := bytes.Split(commandLine, []byte{0})
	return len(words) > 2 && string(words[1]) == serveCommand && bytes.Equal(words[0], words[2])
}

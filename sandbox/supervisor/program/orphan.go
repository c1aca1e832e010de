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
	orphanName    = "drydock-orphan"
	orphanCommand = "orphan"
	// In the place of a time: it ends nothing.
	witness     = 0
	mainProcess = 1
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
	return time.Duration(milliseconds) * time.Millisecond, err == nil && milliseconds >= 0
}

// isInContainer says whether process 1 is the main process of a container that this one was brought into: its parent is
// outside then, and has no number here. On a machine of a developer process 1 is none of ours.
func isInContainer() bool {
	return os.Getppid() == 0
}

// becomeOrphan goes on under another name: one that waits must not be taken for a client that has entered. One without
// patience ends nothing, and waits a moment all the same: so others see that its client did not release the sandbox.
func becomeOrphan(patience time.Duration, isGiven bool, others []int) error {
	until := int64(witness)
	if isGiven {
		until = time.Now().Add(patience).UnixMilli()
	}
	arguments := []string{orphanName, orphanCommand, strconv.FormatInt(until, 10)}
	for _, pid := range others {
		arguments = append(arguments, strconv.Itoa(pid))
	}
	return syscall.Exec("/proc/self/exe", arguments, os.Environ())
}

// isGoodbye says that the client lets go of what is left, and that it lives.
func (frame frame) isGoodbye() bool {
	return frame.kind == frameEnd && frame.channel == 0
}

// endOrphan waits, and ends the sandbox unless another client is in it, or comes, or was in it and has released it.
func endOrphan(untilMilliseconds string, othersThen []string) int {
	milliseconds, err := strconv.ParseInt(untilMilliseconds, 10, 64)
	if err != nil || !isInContainer() {
		return 2
	}
	if milliseconds == witness {
		time.Sleep(2 * orphanSettles)
		return 0
	}
	until := time.UnixMilli(milliseconds)
	// One that comes at this very moment ends those that wait, or is seen here: it has its name before it looks.
	others := clients(roles())
	for _, text := range othersThen {
		if pid, err := strconv.Atoi(text); err == nil {
			others = append(others, pid)
		}
	}
	for pause := orphanSettles; time.Now().Before(until); pause = orphanLooks {
		time.Sleep(min(pause, time.Until(until)))
		if isKept(others, roles()) {
			return 0
		}
	}
	if isKept(others, roles()) {
		return 0
	}
	// Both may fail: a main process that does not hear the signal lives until its deadline.
	os.WriteFile(terminationLog, []byte(orphanWords), 0o644)
	syscall.Kill(mainProcess, syscall.SIGTERM)
	return 0
}

// isKept says whether the sandbox is somebody's: a client is in it now, or one that was in it when ours went has left in
// order since. A client that went without a word goes on as one that waits, and does not count.
func isKept(others []int, now map[int]role) bool {
	if len(clients(now)) > 0 {
		return true
	}
	for _, pid := range others {
		if now[pid] == noRole {
			return true
		}
	}
	return false
}

// relieveOrphans ends those that wait: the sandbox has a client again, and what becomes of it is that one's matter.
func relieveOrphans() {
	if !isInContainer() {
		return
	}
	for pid, role := range roles() {
		if role == orphanRole {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

// A role is what a process is to the sandbox. A tenant could pretend one, and could end these processes as well: its
// sandbox then lives until the deadline, as it may.
type role int

const (
	noRole role = iota
	// A supervisor that serves a client.
	clientRole
	orphanRole
)

func roles() map[int]role {
	found := map[int]role{}
	for _, pid := range processes() {
		line, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
		if err == nil && pid != os.Getpid() {
			if role := roleOf(line); role != noRole {
				found[pid] = role
			}
		}
	}
	return found
}

func clients(all map[int]role) []int {
	found := []int{}
	for pid, role := range all {
		if role == clientRole {
			found = append(found, pid)
		}
	}
	return found
}

// roleOf reads a command line: FILE serve FILE [MILLISECONDS] of a supervisor that was brought in, or that of an orphan.
func roleOf(commandLine []byte) role {
	words := bytes.Split(commandLine, []byte{0})
	switch {
	case len(words) > 2 && string(words[0]) == orphanName && string(words[1]) == orphanCommand:
		return orphanRole
	case len(words) > 2 && string(words[1]) == serveCommand && bytes.Equal(words[0], words[2]):
		return clientRole
	}
	return noRole
}

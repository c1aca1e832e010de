package main

import (
	"bytes"
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
)

// A client that ends without a word, because it was killed or cut off, leaves a sandbox that nothing uses. The end of
// its stream is seen here, so nothing outside has to ask whether it lives: after a while the main process is told to
// end, and the pod and its Job end with it.
//
// Others may be in the same sandbox, and what they do keeps it: one that is in, one that comes, and one that says
// goodbye, which it does to the others as well, by a signal. The end of a stream may come here long after the client's,
// so a goodbye from shortly before it counts, too: that client may have come later than ours went.

const (
	orphanName    = "drydock-orphan"
	goodbyeSignal = syscall.SIGUSR1
	mainProcess   = 1
	// Another client whose stream ended at the same moment is no client any more by then.
	orphanSettles = 2*goodbyeBound + time.Second
	// How much later than a client its stream may end, on a node that is busy.
	goodbyeCounts = time.Minute
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

// isGoodbye says that the client lets go of what is left, and that it lives.
func (frame frame) isGoodbye() bool {
	return frame.kind == frameEnd && frame.channel == 0
}

// A lastGoodbye is when another client has said goodbye, if one has.
type lastGoodbye struct{ at atomic.Pointer[time.Time] }

// hearGoodbyes is called before anything else: until then the signal changes nothing, and none is meant for this one.
func hearGoodbyes() *lastGoodbye {
	last := &lastGoodbye{}
	told := make(chan os.Signal, 1)
	signal.Notify(told, goodbyeSignal)
	go func() {
		for range told {
			last.hear(time.Now())
		}
	}()
	return last
}

func (last *lastGoodbye) hear(moment time.Time) {
	last.at.Store(&moment)
}

func (last *lastGoodbye) isAfter(moment time.Time) bool {
	at := last.at.Load()
	return at != nil && at.After(moment)
}

// sayGoodbye tells every other supervisor that the client of this one has released the sandbox.
func sayGoodbye() {
	if !isInContainer() {
		return
	}
	for pid := range roles() {
		syscall.Kill(pid, goodbyeSignal)
	}
}

// becomeOrphan goes on under another name, once nothing runs below it: one that waits must not be taken for a client that
// has entered, and may be killed by one that enters.
func becomeOrphan() {
	// Its own files in /proc belong to it only so.
	syscall.RawSyscall(syscall.SYS_PRCTL, prSetDumpable, 1, 0)
	os.WriteFile("/proc/self/comm", []byte(orphanName), 0)
}

// endOrphan waits, and ends the sandbox unless another client keeps it.
func endOrphan(cutOff time.Time, patience time.Duration, goodbyes *lastGoodbye) {
	until := time.Now().Add(patience)
	for pause := orphanSettles; time.Now().Before(until); pause = orphanLooks {
		time.Sleep(min(pause, time.Until(until)))
		if isKept(roles(), goodbyes, cutOff) {
			return
		}
	}
	if isKept(roles(), goodbyes, cutOff) {
		return
	}
	// Both may fail: a main process that does not hear the signal lives until its deadline.
	os.WriteFile(terminationLog, []byte(orphanWords), 0o644)
	syscall.Kill(mainProcess, syscall.SIGTERM)
}

// isKept says whether the sandbox is somebody's: a client is in it now, or one has left in order since ours may have
// gone. A client that went without a word goes on as one that waits, and does not count.
func isKept(now map[int]role, goodbyes *lastGoodbye, cutOff time.Time) bool {
	for _, role := range now {
		if role == clientRole {
			return true
		}
	}
	return goodbyes.isAfter(cutOff.Add(-goodbyeCounts))
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
		folder := "/proc/" + strconv.Itoa(pid)
		line, err := os.ReadFile(folder + "/cmdline")
		name, nameErr := os.ReadFile(folder + "/comm")
		if err == nil && nameErr == nil && pid != os.Getpid() {
			if role := roleOf(line, name); role != noRole {
				found[pid] = role
			}
		}
	}
	return found
}

// roleOf reads a command line, which is FILE serve FILE [MILLISECONDS] of a supervisor that was brought in, and the name
// of its process.
func roleOf(commandLine, name []byte) role {
	words := bytes.Split(commandLine, []byte{0})
	switch {
	case len(words) < 3 || string(words[1]) != serveCommand || !bytes.Equal(words[0], words[2]):
		return noRole
	case string(bytes.TrimSpace(name)) == orphanName:
		return orphanRole
	}
	return clientRole
}

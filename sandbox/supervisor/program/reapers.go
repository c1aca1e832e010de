package main

import (
	"encoding/json"
	"errors"
	"os"
	"sync"
	"syscall"
)

// How many reapers wait for a command at most; one always does.
const maxIdle = 4

// reaper is this side of a reaper process.
type reaper struct {
	pid    int
	socket *os.File
	// Closed when the process is gone.
	answers chan reaperAnswer
	sending sync.Mutex
	// How many requests it was sent of the run that it is for, and whether it went and had not read the first.
	requests     int
	ignoredStart bool
}

// ask sends a request; a reaper that is gone says so by its answers.
func (reaper *reaper) ask(request reaperRequest, files []int) {
	payload, _ := json.Marshal(request)
	reaper.sending.Lock()
	defer reaper.sending.Unlock()
	if request.Start != nil {
		reaper.requests = 0
	}
	reaper.requests++
	err := sendWithFiles(reaper.socket, payload, files)
	reaper.ignoredStart = reaper.ignoredStart || request.Start != nil && errors.Is(err, syscall.EPIPE)
}

// hasIgnoredStart is true when nothing of the run was begun. When it went with more than the start before it, nobody knows
// which of them it had read.
func (reaper *reaper) hasIgnoredStart() bool {
	reaper.sending.Lock()
	defer reaper.sending.Unlock()
	return reaper.ignoredStart
}

func (reaper *reaper) wentWithUnread() {
	reaper.sending.Lock()
	defer reaper.sending.Unlock()
	reaper.ignoredStart = reaper.ignoredStart || reaper.requests == 1
}

// listen ends when the process is gone. The kernel tells an end with something unread from an ordinary one.
func (reaper *reaper) listen() {
	defer close(reaper.answers)
	for {
		payload, _, err := receiveWithFiles(reaper.socket)
		var answer reaperAnswer
		if errors.Is(err, syscall.ECONNRESET) {
			reaper.wentWithUnread()
		}
		if err != nil || json.Unmarshal(payload, &answer) != nil {
			return
		}
		reaper.answers <- answer
	}
}

// isGone asks the kernel: what a listener was told may not have reached it yet.
func (reaper *reaper) isGone() bool {
	connection, err := reaper.socket.SyscallConn()
	if err != nil {
		return true
	}
	gone := false
	err = connection.Control(func(descriptor uintptr) {
		var one [1]byte
		count, _, failed := syscall.Recvfrom(int(descriptor), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		gone = count == 0 && failed == nil || failed == syscall.ECONNRESET
	})
	return gone || err != nil
}

// reapers starts them, and keeps those that are free.
type reapers struct {
	mutex    sync.Mutex
	idle     []*reaper
	all      map[*reaper]bool
	starting bool
	isOver   bool
}

// take gives one that lives. Those that were killed while they were idle, by a tenant or for lack of memory, had nothing
// to do and are no loss.
func (reapers *reapers) take() (*reaper, error) {
	for {
		taken := reapers.takeIdle()
		if taken == nil {
			return reapers.start()
		}
		if !taken.isGone() {
			return taken, nil
		}
		reapers.dismiss(taken)
	}
}

func (reapers *reapers) takeIdle() *reaper {
	reapers.mutex.Lock()
	defer reapers.mutex.Unlock()
	last := len(reapers.idle) - 1
	if last < 0 {
		return nil
	}
	taken := reapers.idle[last]
	reapers.idle = reapers.idle[:last]
	return taken
}

// release takes back a reaper whose tree is empty.
func (reapers *reapers) release(free *reaper) {
	reapers.mutex.Lock()
	keep := len(reapers.idle) < maxIdle && !reapers.isOver && reapers.all[free]
	if keep {
		reapers.idle = append(reapers.idle, free)
	}
	reapers.mutex.Unlock()
	if !keep {
		reapers.dismiss(free)
	}
}

// dismiss ends a reaper and, by that, what lives below it.
func (reapers *reapers) dismiss(gone *reaper) {
	reapers.mutex.Lock()
	delete(reapers.all, gone)
	reapers.mutex.Unlock()
	gone.socket.Close()
}

// keepSpare makes one wait when none does.
func (reapers *reapers) keepSpare() {
	reapers.mutex.Lock()
	needed := len(reapers.idle) == 0 && !reapers.starting && !reapers.isOver
	reapers.starting = reapers.starting || needed
	reapers.mutex.Unlock()
	if !needed {
		return
	}
	spare, err := reapers.start()
	reapers.mutex.Lock()
	reapers.starting = false
	reapers.mutex.Unlock()
	// Without one the next command starts its own, and says what is wrong.
	if err == nil {
		reapers.release(spare)
	}
}

func (reapers *reapers) start() (*reaper, error) {
	sockets, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer syscall.Close(sockets[1])
	null, err := syscall.Open("/dev/null", syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	if err != nil {
		syscall.Close(sockets[0])
		return nil, err
	}
	defer syscall.Close(null)
	descriptor := uintptr(null)
	pid, err := syscall.ForkExec("/proc/self/exe", []string{"drydock-reaper", reaperCommand}, &syscall.ProcAttr{
		Files: []uintptr{descriptor, descriptor, descriptor, uintptr(sockets[1])},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
	if err != nil {
		syscall.Close(sockets[0])
		return nil, err
	}
	syscall.SetNonblock(sockets[0], true)
	made := &reaper{pid: pid, socket: os.NewFile(uintptr(sockets[0]), "reaper"), answers: make(chan reaperAnswer, 4)}
	reapers.mutex.Lock()
	reapers.all[made] = true
	isOver := reapers.isOver
	reapers.mutex.Unlock()
	if isOver {
		reapers.dismiss(made)
		return nil, os.ErrClosed
	}
	go made.listen()
	return made, nil
}

// endAll lets every reaper end what is below it, and itself.
func (reapers *reapers) endAll() {
	reapers.mutex.Lock()
	reapers.isOver = true
	all := reapers.all
	reapers.all = map[*reaper]bool{}
	reapers.idle = nil
	reapers.mutex.Unlock()
	for each := range all {
		each.socket.Close()
	}
}

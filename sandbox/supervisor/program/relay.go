package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"syscall"
	"time"
)

// How long a keeper may take to be there.
const keeperStarts = 5 * time.Second

// relay carries one operation to the keeper of the sandbox and back, frame by frame. One that nobody keeps anything
// for is answered here.
func (session *session) relay(opening frame, operation string) {
	fail := func(problem *problem) {
		session.forgetRelay(opening.channel)
		session.out.sendJSON(frameDone, opening.channel, doneMessage{Problem: problem})
	}
	connection, err := session.dialKeeper(operation == "detach")
	if err != nil {
		if !isRefused(err) {
			fail(problemOf(err, "the keeper"))
		} else if operation == "kept" {
			session.forgetRelay(opening.channel)
			session.out.sendJSON(frameDone, opening.channel, doneMessage{Result: map[string]any{"commands": []any{}}})
		} else {
			fail(noCommand(idIn(opening.payload)))
		}
		return
	}
	defer connection.Close()
	to := &frameWriter{to: connection}
	to.send(opening.kind, opening.channel, opening.payload)
	session.mutex.Lock()
	relay := session.relays[opening.channel]
	for _, early := range relay.early {
		to.send(early.kind, early.channel, early.payload)
	}
	relay.early, relay.to = nil, to
	session.mutex.Unlock()
	reader := bufio.NewReaderSize(connection, chunkBytes+outputHeader)
	for {
		frame, err := readFrame(reader)
		if err != nil {
			fail(&problem{Code: problemKeeper, Text: "what keeps detached commands was killed, and they with it"})
			return
		}
		isOver := frame.kind == frameDone
		if isOver {
			session.forgetRelay(opening.channel)
		}
		session.out.send(frame.kind, frame.channel, frame.payload)
		used(frame.payload)
		if isOver {
			return
		}
	}
}

// A relay under way; what the client sends before there is a way to the keeper waits.
type relay struct {
	to    *frameWriter
	early []frame
}

func (session *session) forgetRelay(channel uint32) {
	session.mutex.Lock()
	delete(session.relays, channel)
	session.mutex.Unlock()
}

// relayed hands a frame of the client on; false when its channel is none that is relayed.
func (session *session) relayed(frame frame) bool {
	session.mutex.Lock()
	relay := session.relays[frame.channel]
	var to *frameWriter
	if relay != nil && relay.to == nil {
		relay.early = append(relay.early, frame)
	} else if relay != nil {
		to = relay.to
	}
	session.mutex.Unlock()
	if to != nil {
		to.send(frame.kind, frame.channel, frame.payload)
	}
	return relay != nil
}

func (session *session) dialKeeper(mayStart bool) (*os.File, error) {
	address := keeperAddress(session.start)
	for until := time.Now().Add(keeperStarts); ; {
		connection, err := dialTo(address)
		if err == nil || !isRefused(err) || !mayStart || time.Now().After(until) {
			return connection, err
		}
		if err := startKeeper(address, session.start); err != nil {
			return nil, err
		}
	}
}

// startKeeper returns when it listens, or another does. It is made a child of this process's own parent: what a
// supervisor starts ends with it, and a keeper must not.
func startKeeper(address string, folder string) error {
	ends := make([]int, 2)
	if err := syscall.Pipe2(ends, syscall.O_CLOEXEC); err != nil {
		return err
	}
	defer syscall.Close(ends[0])
	null, err := syscall.Open("/dev/null", syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	if err != nil {
		syscall.Close(ends[1])
		return err
	}
	defer syscall.Close(null)
	descriptor := uintptr(null)
	_, err = syscall.ForkExec("/proc/self/exe", []string{keeperName, keeperCommand, address}, &syscall.ProcAttr{
		Dir:   folder,
		Env:   os.Environ(),
		Files: []uintptr{descriptor, descriptor, descriptor, uintptr(ends[1])},
		Sys:   &syscall.SysProcAttr{Setsid: true, Cloneflags: syscall.CLONE_PARENT},
	})
	syscall.Close(ends[1])
	if err != nil {
		return err
	}
	var none [1]byte
	for {
		// Ends when the keeper has closed its end, or is no more.
		if _, err := syscall.Read(ends[0], none[:]); err != syscall.EINTR {
			return nil
		}
	}
}

func isRefused(err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED)
}

// idIn is for a message.
func idIn(payload []byte) string {
	var request struct {
		With followRequest `json:"with"`
	}
	json.Unmarshal(payload, &request)
	return strings.ToValidUTF8(request.With.Id, "?")
}

package main

import (
	"encoding/json"
	"io"
	"os"
	"syscall"
	"time"
)

type connectRequest struct {
	Port int `json:"port"`
}

// connectPort carries bytes between the client and a port of this sandbox, in both directions, until both are over.
func connectPort(channel *channel, details json.RawMessage) error {
	var request connectRequest
	if err := json.Unmarshal(details, &request); err != nil {
		return &problem{Code: "EINVAL", Text: err.Error()}
	}
	descriptor, err := dialPort(request.Port)
	if err != nil {
		return &problem{Code: problemPort, Text: err.Error()}
	}
	return channel.carry(descriptor)
}

// carry brings bytes from the client to a connection and back, and closes it when both directions are over.
func (channel *channel) carry(descriptor int) error {
	connection := os.NewFile(uintptr(descriptor), "connection")
	defer connection.Close()
	defer channel.onLeave(func() { connection.SetDeadline(time.Now()) })()
	channel.session.out.send(frameStarted, channel.id, nil)
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		for {
			chunk, err := channel.input.next()
			if err == io.EOF {
				// The other direction may go on.
				syscall.Shutdown(descriptor, syscall.SHUT_WR)
			}
			if err != nil {
				return
			}
			// Once it is broken this fails at once, and the client is granted more all the same.
			connection.Write(chunk)
			length := len(chunk)
			used(chunk)
			channel.input.done(length)
		}
	}()
	_, err := channel.sendOutput(1, connection)
	if err != nil {
		// It broke, or the client has left: nothing that it sends arrives any more.
		channel.input.stop(io.EOF)
	} else {
		channel.session.out.sendJSON(frameExit, channel.id, nil)
	}
	<-sent
	channel.done(nil)
	return nil
}

// dialPort tries both addresses of this machine: a program may listen on one of them only.
func dialPort(port int) (int, error) {
	descriptor, err := dialAt(syscall.AF_INET, &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}})
	if err == nil {
		return descriptor, nil
	}
	descriptor, failed := dialAt(syscall.AF_INET6, &syscall.SockaddrInet6{Port: port, Addr: [16]byte{15: 1}})
	if failed == nil {
		return descriptor, nil
	}
	return 0, err
}

func dialAt(family int, address syscall.Sockaddr) (int, error) {
	descriptor, err := syscall.Socket(family, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	for {
		err = syscall.Connect(descriptor, address)
		if err != syscall.EINTR {
			break
		}
	}
	if err != nil {
		syscall.Close(descriptor)
		return 0, err
	}
	syscall.SetNonblock(descriptor, true)
	return descriptor, nil
}

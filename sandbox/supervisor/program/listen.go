package main

import (
	"encoding/json"
	"errors"
	"os"
	"sync"
	"syscall"
	"time"
)

// portListener is a port of this sandbox, on 127.0.0.1, whose connections the client takes one by one. Those that it has
// not taken wait in the kernel.
type portListener struct {
	connections chan int
	ended       chan struct{}
}

// listenOnPort tells which port it has got, and holds it until the client stops it.
func listenOnPort(channel *channel, _ json.RawMessage) error {
	socket, port, err := listenAtFreePort()
	if err != nil {
		return problemOf(err, "a port of the sandbox")
	}
	defer socket.Close()
	listener := &portListener{connections: make(chan int), ended: make(chan struct{})}
	session := channel.session
	session.mutex.Lock()
	session.listeners[port] = listener
	session.mutex.Unlock()
	defer func() {
		session.mutex.Lock()
		delete(session.listeners, port)
		session.mutex.Unlock()
	}()
	defer channel.onLeave(sync.OnceFunc(func() {
		close(listener.ended)
		socket.SetReadDeadline(time.Now())
	}))()
	session.out.send(frameStarted, channel.id, fourBytes(port))
	for {
		accepted, err := acceptFrom(socket)
		if err != nil {
			break
		}
		select {
		case listener.connections <- accepted:
		case <-listener.ended:
			syscall.Close(accepted)
		}
	}
	channel.done(nil)
	return nil
}

// acceptOnPort takes the next connection of a port, says that it came, and carries it.
func acceptOnPort(channel *channel, details json.RawMessage) error {
	var request connectRequest
	if err := json.Unmarshal(details, &request); err != nil {
		return &problem{Code: "EINVAL", Text: err.Error()}
	}
	session := channel.session
	session.mutex.Lock()
	listener := session.listeners[request.Port]
	session.mutex.Unlock()
	if listener == nil {
		return &problem{Code: problemPort, Text: "nothing listens on this port for the client"}
	}
	left := make(chan struct{})
	forget := channel.onLeave(sync.OnceFunc(func() { close(left) }))
	select {
	case descriptor := <-listener.connections:
		forget()
		return channel.carry(descriptor)
	case <-listener.ended:
	case <-left:
	}
	return &problem{Code: problemStopped, Text: "stopped by the client"}
}

// listenAtFreePort is by hand for the same reason as listenAt.
func listenAtFreePort() (*os.File, int, error) {
	descriptor, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, 0, err
	}
	err = syscall.Bind(descriptor, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
	if err == nil {
		err = syscall.Listen(descriptor, syscall.SOMAXCONN)
	}
	var address syscall.Sockaddr
	if err == nil {
		address, err = syscall.Getsockname(descriptor)
	}
	if err != nil {
		syscall.Close(descriptor)
		return nil, 0, err
	}
	return os.NewFile(uintptr(descriptor), "listener"), address.(*syscall.SockaddrInet4).Port, nil
}

func acceptFrom(socket *os.File) (int, error) {
	connection, err := socket.SyscallConn()
	if err != nil {
		return 0, err
	}
	for {
		var accepted int
		var failed error
		err := connection.Read(func(descriptor uintptr) bool {
			accepted, _, failed = syscall.Accept4(int(descriptor), syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK)
			return failed != syscall.EAGAIN
		})
		// One that has gone meanwhile is no end of the others.
		if err == nil && (failed == syscall.EINTR || failed == syscall.ECONNABORTED) {
			continue
		}
		return accepted, errors.Join(err, failed)
	}
}

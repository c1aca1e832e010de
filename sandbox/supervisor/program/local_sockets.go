package main

import (
	"os"
	"syscall"
)

// Sockets of the kernel's own names, which begin with @ and have no file. By hand: the program goes into each
// sandbox, and package net brings far more than this.

func localSocket(flags int) (int, error) {
	return syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC|flags, 0)
}

// listenAt answers with what waits for the next connection.
func listenAt(address string) (accept func() (*os.File, error), err error) {
	listener, err := localSocket(0)
	if err != nil {
		return nil, err
	}
	if err := syscall.Bind(listener, &syscall.SockaddrUnix{Name: address}); err != nil {
		syscall.Close(listener)
		return nil, err
	}
	if err := syscall.Listen(listener, syscall.SOMAXCONN); err != nil {
		syscall.Close(listener)
		return nil, err
	}
	return func() (*os.File, error) {
		for {
			accepted, _, err := syscall.Accept4(listener, syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK)
			// One that has gone meanwhile is no end of the others.
			if err == syscall.EINTR || err == syscall.ECONNABORTED {
				continue
			}
			if err != nil {
				return nil, err
			}
			return os.NewFile(uintptr(accepted), "client"), nil
		}
	}, nil
}

func dialTo(address string) (*os.File, error) {
	socket, err := localSocket(0)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Connect(socket, &syscall.SockaddrUnix{Name: address})
		if err != syscall.EINTR {
			break
		}
	}
	if err != nil {
		syscall.Close(socket)
		return nil, err
	}
	syscall.SetNonblock(socket, true)
	return os.NewFile(uintptr(socket), "keeper"), nil
}

package main

import (
	"errors"
	"net"
	"time"
)

// A moment in which others may end.
const acceptPause = 50 * time.Millisecond

// accept gives each connection to a function of its own until the listener is closed. Nothing else is its end: a process
// that has no file left for one more connection has some again when others are over.
func accept(listener net.Listener, serve func(net.Conn)) {
	for {
		connection, err := listener.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil:
			time.Sleep(acceptPause)
		default:
			go serve(connection)
		}
	}
}

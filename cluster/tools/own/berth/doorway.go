package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

// forward listens on the machine's loopback and carries each connection into the cluster's network. It is the only
// way in, there is none out.
func forward(network *os.File, address string, port int) (int, error) {
	listener, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return 0, err
	}
	go func() {
		for {
			outside, err := listener.Accept()
			if err != nil {
				return
			}
			go carry(network, outside, address)
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

func carry(network *os.File, outside net.Conn, address string) {
	defer outside.Close()
	var inside net.Conn
	err := inNetwork(network, func() (err error) {
		inside, err = net.DialTimeout("tcp4", address, 10*time.Second)
		return err
	})
	if err != nil {
		// Outside it looks like a connection that was reset, whatever the reason.
		fmt.Fprintf(os.Stderr, "%s no way to %s: %v\n", time.Now().UTC().Format("15:04:05.000"), address, err)
		return
	}
	defer inside.Close()
	done := make(chan struct{})
	go func() {
		copyOneWay(inside, outside)
		close(done)
	}()
	copyOneWay(outside, inside)
	<-done
}

// copyOneWay passes the end of one direction on and leaves the other direction open.
func copyOneWay(to, from net.Conn) {
	io.Copy(to, from)
	to.(*net.TCPConn).CloseWrite()
}

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
func (held *holder) forward(network *os.File, address string, port int) (int, error) {
	listener, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return 0, err
	}
	held.mutex.Lock()
	held.doorways = append(held.doorways, listener)
	held.mutex.Unlock()
	go accept(listener, func(outside net.Conn) { carry(network, outside, address) })
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// answers says whether a program listens at an address inside and, where a path is given, whether it is well there by
// HTTP. No port of the machine is opened for the question: other users of the machine could ask through it too.
func answers(network *os.File, address, path string) bool {
	err := inNetwork(network, func() error {
		connection, err := net.DialTimeout("tcp4", address, time.Second)
		if err != nil {
			return err
		}
		defer connection.Close()
		if path == "" {
			return nil
		}
		connection.SetDeadline(time.Now().Add(2 * time.Second))
		if _, err := fmt.Fprintf(connection, "GET %s HTTP/1.0\r\nHost: %s\r\n\r\n", path, address); err != nil {
			return err
		}
		var version string
		var status int
		if _, err := fmt.Fscan(connection, &version, &status); err != nil {
			return err
		}
		if status != 200 {
			return fmt.Errorf("status %d", status)
		}
		return nil
	})
	return err == nil
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

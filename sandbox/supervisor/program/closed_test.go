package main

import (
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"
)

func listening(t *testing.T) netip.AddrPort {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return netip.MustParseAddrPort(listener.Addr().String())
}

func TestWhatTakesAConnectionAnswersAndWhatRefusesOrDropsItDoesNot(t *testing.T) {
	open := listening(t)
	if isAnswered, err := answers(open, time.Second); !isAnswered || err != nil {
		t.Error("a listener does not answer")
	}
	if isAnswered, err := answers(netip.AddrPortFrom(open.Addr(), 1), time.Second); isAnswered || err != nil {
		t.Error("a port without a listener answers")
	}
	// A queue that is full drops the next, as a plug-in does.
	full := filled(t)
	begun := time.Now()
	if isAnswered, err := answers(full, 100*time.Millisecond); isAnswered || err != nil {
		t.Error("a listener that drops answers")
	}
	if took := time.Since(begun); took < 100*time.Millisecond {
		t.Errorf("given up after %s: it was refused, and not dropped", took)
	}
}

func TestClosedIsWhatDoesNotAnswerTwiceInARow(t *testing.T) {
	never := make(chan struct{})
	for _, each := range []struct {
		answered []bool
		tries    int
		isClosed bool
	}{
		{[]bool{false, false}, 2, true},
		{[]bool{true, false, true, false, false}, 5, true},
	} {
		tries := 0
		isClosed, err := untilUnanswered(time.Minute, never, func() (bool, error) {
			tries++
			return each.answered[tries-1], nil
		})
		if err != nil || isClosed != each.isClosed || tries != each.tries {
			t.Errorf("%v: closed %v after %d", each.answered, isClosed, tries)
		}
	}
}

func TestWhatStaysOpenIsGivenUpByItsTimeOrWhenItsClientHasLeft(t *testing.T) {
	always := func() (bool, error) { return true, nil }
	if isClosed, _ := untilUnanswered(50*time.Millisecond, make(chan struct{}), always); isClosed {
		t.Error("closed, and it always answers")
	}
	left := make(chan struct{})
	close(left)
	begun := time.Now()
	if isClosed, _ := untilUnanswered(time.Hour, left, always); isClosed || time.Since(begun) > time.Minute {
		t.Error("who has left is not told that it is closed, and not waited for")
	}
}

func TestATryThatCouldNotBeMadeIsNoTry(t *testing.T) {
	broken := func() (bool, error) { return false, syscall.EMFILE }
	if isClosed, err := untilUnanswered(time.Minute, make(chan struct{}), broken); isClosed || err != syscall.EMFILE {
		t.Errorf("closed %v, %v", isClosed, err)
	}
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	address := listening(t)
	none := syscall.Rlimit{Cur: 0, Max: before.Max}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &none); err != nil {
		t.Fatal(err)
	}
	defer syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before)
	if isAnswered, err := answers(address, time.Second); isAnswered || err != syscall.EMFILE {
		t.Errorf("answered %v, %v", isAnswered, err)
	}
}

func TestTheApiServerIsWhereTheEnvironmentSays(t *testing.T) {
	for host, expected := range map[string]string{"10.96.0.1": "10.96.0.1:443", "fd00::1": "[fd00::1]:443", "": "", "api.example.com": ""} {
		variables := map[string]string{"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": "443"}
		address, err := apiServer(func(name string) string { return variables[name] })
		if expected == "" && err == nil || expected != "" && address.String() != expected {
			t.Errorf("%q: %v, %v", host, address, err)
		}
	}
}

// filled is the address of a listener whose queue is full.
func filled(t *testing.T) netip.AddrPort {
	t.Helper()
	descriptor, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(descriptor) })
	if err := syscall.Bind(descriptor, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(descriptor, 0); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(descriptor)
	if err != nil {
		t.Fatal(err)
	}
	address := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(name.(*syscall.SockaddrInet4).Port))
	for range 2 {
		connection, err := net.DialTimeout("tcp", address.String(), 100*time.Millisecond)
		if err == nil {
			t.Cleanup(func() { connection.Close() })
		}
	}
	return address
}

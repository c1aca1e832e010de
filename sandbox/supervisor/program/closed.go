package main

import (
	"encoding/json"
	"errors"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// A network plug-in closes a new pod some moments after its start, and nothing tells the pod that it has. So it is tried:
// the address of the API server, which every pod is told, answers whoever nothing keeps from it.

const (
	// A plug-in refuses at once, or drops without a word; from within a cluster an open way answers in a few of these.
	answerBound = 300 * time.Millisecond
	// One packet may be lost: closed is what did not answer so often, one try after the other.
	unansweredTries = 2
	firstTryPause   = 25 * time.Millisecond
	// Each try that is answered is a line in the log of the API server.
	longestTryPause = 200 * time.Millisecond
)

type closedRequest struct {
	WithinMs int `json:"withinMs"`
}

type closedAnswer struct {
	IsClosed bool `json:"isClosed"`
	// What was tried; empty where the environment names nothing.
	Tried string `json:"tried"`
}

// awaitClosed answers when the network of this sandbox is closed, or is open still after that time.
func awaitClosed(channel *channel, details json.RawMessage) error {
	var request closedRequest
	if err := json.Unmarshal(details, &request); err != nil {
		return &problem{Code: "EINVAL", Text: err.Error()}
	}
	address, err := apiServer(os.Getenv)
	if err != nil {
		channel.done(closedAnswer{})
		return nil
	}
	left := make(chan struct{})
	defer channel.onLeave(func() { close(left) })()
	within := time.Duration(request.WithinMs) * time.Millisecond
	isClosed, err := untilUnanswered(within, left, func() (bool, error) { return answers(address, answerBound) })
	if err != nil {
		return problemOf(err, address.String())
	}
	channel.done(closedAnswer{IsClosed: isClosed, Tried: address.String()})
	return nil
}

func apiServer(variable func(string) string) (netip.AddrPort, error) {
	host, err := netip.ParseAddr(variable("KUBERNETES_SERVICE_HOST"))
	if err != nil {
		return netip.AddrPort{}, err
	}
	port, err := strconv.ParseUint(variable("KUBERNETES_SERVICE_PORT"), 10, 16)
	return netip.AddrPortFrom(host, uint16(port)), err
}

// untilUnanswered is true as soon as a few tries in a row were not answered.
func untilUnanswered(within time.Duration, left <-chan struct{}, isAnswered func() (bool, error)) (bool, error) {
	begun := time.Now()
	unanswered := 0
	for pause := firstTryPause; ; {
		answered, err := isAnswered()
		if err != nil {
			return false, err
		}
		if answered {
			unanswered = 0
			pause = min(longestTryPause, pause*3/2)
		} else {
			unanswered++
			pause = firstTryPause
		}
		if unanswered == unansweredTries {
			return true, nil
		}
		if time.Since(begun) > within {
			return false, nil
		}
		select {
		case <-left:
			return false, nil
		case <-time.After(pause):
		}
	}
}

// What the network says of a way that is closed. Any other error is one of this side, which has tried nothing then.
var closedWays = []error{
	syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.ETIMEDOUT,
	syscall.EPERM, syscall.EACCES,
}

// answers says whether somebody at the address takes a connection in time.
func answers(address netip.AddrPort, within time.Duration) (bool, error) {
	family, socketAddress := socketAddressOf(address)
	descriptor, err := syscall.Socket(family, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		return false, err
	}
	file := os.NewFile(uintptr(descriptor), "try")
	defer file.Close()
	err = syscall.Connect(descriptor, socketAddress)
	if err == syscall.EINPROGRESS {
		err = connected(file, descriptor, within)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) || slices.Contains(closedWays, err) {
		return false, nil
	}
	return err == nil, err
}

// connected waits for what becomes of a connection that is being made.
func connected(file *os.File, descriptor int, within time.Duration) error {
	if err := file.SetDeadline(time.Now().Add(within)); err != nil {
		return err
	}
	raw, err := file.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Write(func(uintptr) bool {
		number, err := syscall.GetsockoptInt(descriptor, syscall.SOL_SOCKET, syscall.SO_ERROR)
		if err != nil || number != 0 {
			if failed = err; err == nil {
				failed = syscall.Errno(number)
			}
			return true
		}
		_, err = syscall.Getpeername(descriptor)
		return err == nil
	})
	if err != nil {
		return err
	}
	return failed
}

func socketAddressOf(address netip.AddrPort) (family int, of syscall.Sockaddr) {
	host := address.Addr().Unmap()
	if host.Is4() {
		return syscall.AF_INET, &syscall.SockaddrInet4{Port: int(address.Port()), Addr: host.As4()}
	}
	return syscall.AF_INET6, &syscall.SockaddrInet6{Port: int(address.Port()), Addr: host.As16()}
}

package main

import (
	"encoding/binary"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// A command with a terminal has its other end for input and outputs. It leads a session that the terminal controls, so
// that Ctrl-C, job control and sizes work as on a desk. Made by hand, as a package for it brings more than this.

type terminalSize struct {
	Columns uint16 `json:"columns"`
	Rows    uint16 `json:"rows"`
}

const (
	terminalMaker = "/dev/ptmx"
	// What a person types to say that there is no more.
	endOfTyping = 4
	// When nothing of a command lives, its terminal says so at once, unless somebody was handed it.
	terminalPatience = 50 * time.Millisecond
)

// sizeOf reads what the client sends with a resize; a terminal without a cell is none.
func sizeOf(payload []byte) (terminalSize, bool) {
	if len(payload) != 4 {
		return terminalSize{}, false
	}
	size := terminalSize{Columns: binary.BigEndian.Uint16(payload), Rows: binary.BigEndian.Uint16(payload[2:])}
	return size, size.hasCells()
}

func (size terminalSize) hasCells() bool { return size.Columns > 0 && size.Rows > 0 }

// terminal is both ends of one: ours, and one of the command's that is held so that programs may close and open theirs.
type terminal struct {
	ours *os.File
	held int
}

// openTerminal gives the command's three files as well.
func openTerminal(size terminalSize) (*terminal, []int, error) {
	if !size.hasCells() {
		return nil, nil, &problem{Code: "EINVAL", Text: "a terminal without columns or rows"}
	}
	descriptor, err := syscall.Open(terminalMaker, syscall.O_RDWR|syscall.O_NOCTTY|syscall.O_CLOEXEC|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, noTerminal(err)
	}
	made := &terminal{ours: os.NewFile(uintptr(descriptor), terminalMaker), held: -1}
	files, err := made.openOthers(size)
	if err != nil {
		made.close()
		return nil, nil, noTerminal(err)
	}
	return made, files, nil
}

func (terminal *terminal) openOthers(size terminalSize) ([]int, error) {
	var locked, number int32
	if err := terminal.control(syscall.TIOCSPTLCK, unsafe.Pointer(&locked)); err != nil {
		return nil, err
	}
	if err := terminal.control(syscall.TIOCGPTN, unsafe.Pointer(&number)); err != nil {
		return nil, err
	}
	if err := terminal.resize(size); err != nil {
		return nil, err
	}
	path := "/dev/pts/" + strconv.Itoa(int(number))
	opened := []int{}
	for range 4 {
		other, err := syscall.Open(path, syscall.O_RDWR|syscall.O_NOCTTY|syscall.O_CLOEXEC, 0)
		if err != nil {
			closeAll(opened)
			return nil, err
		}
		opened = append(opened, other)
	}
	terminal.held = opened[0]
	return opened[1:], nil
}

// resize lets the kernel tell whoever is in the foreground.
func (terminal *terminal) resize(size terminalSize) error {
	window := [4]uint16{size.Rows, size.Columns}
	return terminal.control(syscall.TIOCSWINSZ, unsafe.Pointer(&window))
}

func (terminal *terminal) control(request uintptr, argument unsafe.Pointer) error {
	connection, err := terminal.ours.SyscallConn()
	if err != nil {
		return err
	}
	var failed syscall.Errno
	err = connection.Control(func(descriptor uintptr) {
		_, _, failed = syscall.Syscall(syscall.SYS_IOCTL, descriptor, request, uintptr(argument))
	})
	if err == nil && failed != 0 {
		err = failed
	}
	return err
}

// letGo makes the output end with what was written so far.
func (terminal *terminal) letGo() {
	if terminal.held >= 0 {
		syscall.Close(terminal.held)
		terminal.held = -1
	}
	terminal.ours.SetReadDeadline(time.Now().Add(terminalPatience))
}

// close hangs up: whoever is still there hears it.
func (terminal *terminal) close() {
	terminal.letGo()
	terminal.ours.Close()
}

func noTerminal(err error) *problem {
	return &problem{Code: problemTerminal, Text: problemOf(err, terminalMaker).Text}
}

// withTerm adds what programs ask for the kind of their terminal, unless it is known.
func withTerm(env []string) []string {
	for _, variable := range env {
		if strings.HasPrefix(variable, "TERM=") {
			return env
		}
	}
	return append(env, "TERM=xterm-256color")
}

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
)

const (
	mostProcesses = 2000
	mostBytes     = 512 << 20
)

// fork makes processes until it is refused, and works when there are more than a bound. They wait, and end with it.
func fork(arguments []string) (string, error) {
	bound, err := strconv.Atoi(arguments[0])
	if err != nil {
		return "", err
	}
	runtime.LockOSThread()
	children := []int{}
	defer func() {
		for _, pid := range children {
			syscall.Kill(pid, syscall.SIGKILL)
			syscall.Wait4(pid, nil, 0, nil)
		}
	}()
	var refusal error
	for len(children) < mostProcesses {
		pid, errno := waitingChild()
		if errno != 0 {
			refusal = errno
			break
		}
		children = append(children, pid)
	}
	if len(children) <= bound {
		return "", fmt.Errorf("%d processes, then: %v", len(children), refusal)
	}
	return fmt.Sprintf("%d processes", len(children)), nil
}

// waitingChild is a bare clone of this process: a thousand of them cost what their page tables do.
//
//go:norace
func waitingChild() (int, syscall.Errno) {
	pid, _, errno := syscall.RawSyscall6(syscall.SYS_CLONE, uintptr(syscall.SIGCHLD), 0, 0, 0, 0, 0)
	if errno == 0 && pid == 0 {
		syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_PDEATHSIG, uintptr(syscall.SIGKILL), 0)
		for {
			// A wait for no descriptor and no time: until a signal.
			syscall.RawSyscall6(syscall.SYS_PPOLL, 0, 0, 0, 0, 0, 0)
		}
	}
	return int(pid), errno
}

func bounded(text string) (int, error) {
	bytes, err := strconv.Atoi(text)
	if err == nil && (bytes < 0 || bytes > mostBytes) {
		err = fmt.Errorf("%d is more than an attack may take", bytes)
	}
	return bytes, err
}

func fillMemory(arguments []string) (string, error) {
	bytes, err := bounded(arguments[0])
	if err != nil {
		return "", err
	}
	held, err := syscall.Mmap(-1, 0, bytes, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return "", err
	}
	for offset := 0; offset < len(held); offset += 4096 {
		held[offset] = 1
	}
	return fmt.Sprintf("%d MiB of memory", bytes>>20), nil
}

func fillDisk(arguments []string) (string, error) {
	bytes, err := bounded(arguments[1])
	if err != nil {
		return "", err
	}
	file, err := os.Create(arguments[0])
	if err != nil {
		return "", err
	}
	defer file.Close()
	for range bytes >> 20 {
		if _, err := file.Write(make([]byte, 1<<20)); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%d MiB on the disk", bytes>>20), file.Sync()
}

// flood prints: zeros without an end of line, or nothing but short lines.
func flood(arguments []string) (string, error) {
	size, err := bounded(arguments[0])
	if err != nil {
		return "", err
	}
	piece := make([]byte, 1<<16)
	if arguments[1] == "lines" {
		piece = bytes.Repeat([]byte("y\n"), len(piece)/2)
	}
	out := bufio.NewWriterSize(os.Stdout, len(piece))
	for left := size; left > 0; left -= len(piece) {
		if _, err := out.Write(piece[:min(left, len(piece))]); err != nil {
			return "", err
		}
	}
	return "", out.Flush()
}

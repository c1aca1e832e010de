package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"unicode/utf8"
)

// problem is an answer that is no success: an errno's name or a word of ours, and what a person can read.
type problem struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// MarshalJSON writes bytes of names that are no text as \xHH: as replacement characters they would name any other file.
func (problem *problem) MarshalJSON() ([]byte, error) {
	type plain struct {
		Code string `json:"code"`
		Text string `json:"text"`
	}
	return json.Marshal(plain{Code: problem.Code, Text: textOf(problem.Text)})
}

func textOf(text string) string {
	var shown strings.Builder
	for len(text) > 0 {
		character, length := utf8.DecodeRuneInString(text)
		if character == utf8.RuneError && length == 1 {
			fmt.Fprintf(&shown, "\\x%02x", text[0])
		} else {
			shown.WriteString(text[:length])
		}
		text = text[length:]
	}
	return shown.String()
}

func (problem *problem) Error() string { return problem.Code + ": " + problem.Text }

// Words of ours.
const (
	problemStopped = "STOPPED"
	problemKind    = "KIND"
	problemLength  = "LENGTH"
	problemHash    = "HASH"
	problemRecord  = "RECORD"
	problemChanged = "CHANGED"
	problemLink    = "LINK"
	problemReaper  = "REAPER_LOST"
	problemGone    = "REAPER_GONE"
	problemCwd     = "CWD"
	// Of commands that are kept.
	problemNoCommand = "NO_COMMAND"
	problemIsThere   = "COMMAND_IS_THERE"
	problemKeeper    = "KEEPER_LOST"
	problemOffset    = "OFFSET"
	// No program takes a connection on a port.
	problemPort = "PORT"
	// The sandbox has no terminal to give.
	problemTerminal = "TERMINAL"
)

var errnoNames = map[syscall.Errno]string{
	syscall.E2BIG: "E2BIG", syscall.EACCES: "EACCES", syscall.EAGAIN: "EAGAIN", syscall.EBUSY: "EBUSY",
	syscall.EDQUOT: "EDQUOT", syscall.EEXIST: "EEXIST", syscall.EFBIG: "EFBIG", syscall.EINVAL: "EINVAL", syscall.EIO: "EIO",
	syscall.EISDIR: "EISDIR", syscall.ELOOP: "ELOOP", syscall.EMFILE: "EMFILE", syscall.ENAMETOOLONG: "ENAMETOOLONG",
	syscall.ENOENT: "ENOENT", syscall.ENOEXEC: "ENOEXEC", syscall.ENOMEM: "ENOMEM", syscall.ENOSPC: "ENOSPC",
	syscall.ENOTDIR: "ENOTDIR", syscall.ENOTEMPTY: "ENOTEMPTY", syscall.ENXIO: "ENXIO", syscall.EPERM: "EPERM",
	syscall.EROFS: "EROFS", syscall.ETXTBSY: "ETXTBSY", syscall.EXDEV: "EXDEV",
}

func problemOf(err error, what string) *problem {
	var known *problem
	if errors.As(err, &known) {
		return known
	}
	var number syscall.Errno
	if errors.As(err, &number) {
		name, isNamed := errnoNames[number]
		if !isNamed {
			name = "E" + strconv.Itoa(int(number))
		}
		return &problem{Code: name, Text: what + ": " + number.Error()}
	}
	return &problem{Code: "EIO", Text: what + ": " + err.Error()}
}

var signalNames = map[syscall.Signal]string{
	syscall.SIGHUP: "SIGHUP", syscall.SIGINT: "SIGINT", syscall.SIGQUIT: "SIGQUIT", syscall.SIGILL: "SIGILL",
	syscall.SIGTRAP: "SIGTRAP", syscall.SIGABRT: "SIGABRT", syscall.SIGBUS: "SIGBUS", syscall.SIGFPE: "SIGFPE",
	syscall.SIGKILL: "SIGKILL", syscall.SIGUSR1: "SIGUSR1", syscall.SIGSEGV: "SIGSEGV", syscall.SIGUSR2: "SIGUSR2",
	syscall.SIGPIPE: "SIGPIPE", syscall.SIGALRM: "SIGALRM", syscall.SIGTERM: "SIGTERM", syscall.SIGSTKFLT: "SIGSTKFLT",
	syscall.SIGCONT: "SIGCONT", syscall.SIGSTOP: "SIGSTOP", syscall.SIGTSTP: "SIGTSTP", syscall.SIGTTIN: "SIGTTIN",
	syscall.SIGTTOU: "SIGTTOU", syscall.SIGURG: "SIGURG", syscall.SIGXCPU: "SIGXCPU", syscall.SIGXFSZ: "SIGXFSZ",
	syscall.SIGVTALRM: "SIGVTALRM", syscall.SIGPROF: "SIGPROF", syscall.SIGWINCH: "SIGWINCH", syscall.SIGIO: "SIGIO",
	syscall.SIGPWR: "SIGPWR", syscall.SIGSYS: "SIGSYS",
}

func signalName(signal syscall.Signal) string {
	if name, isNamed := signalNames[signal]; isNamed {
		return name
	}
	return "SIG" + strconv.Itoa(int(signal))
}

func signalNamed(name string) (syscall.Signal, bool) {
	for signal, known := range signalNames {
		if known == name {
			return signal, true
		}
	}
	return 0, false
}

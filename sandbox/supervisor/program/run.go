package main

import (
	"encoding/json"
	"os"
	"syscall"
	"time"
)

// run is one command below a reaper, from its start until nothing of it lives.
type run struct {
	socket   *os.File
	requests <-chan received
	children <-chan os.Signal

	main        int
	hasTerminal bool
	timeout     <-chan time.Time
	mainOver    bool
	isEmpty     bool
	ending      bool
	told        bool
	cpu         time.Duration
	result      endOfRun

	// When the grace is over, when to sweep again, when to say that it does not help.
	graceOver, sweepAgain, sweepOver <-chan time.Time
}

func (run *run) answer(answer reaperAnswer) {
	payload, _ := json.Marshal(answer)
	sendWithFiles(run.socket, payload, nil)
}

func (run *run) start(request received) bool {
	defer closeAll(request.files)
	program, failed := findProgram(request.Start)
	if failed == nil && len(request.files) != 3 {
		failed = &problem{Code: "EINVAL", Text: "a request without its three files"}
	}
	if failed != nil {
		run.answer(reaperAnswer{Failed: failed})
		return false
	}
	files := make([]uintptr, 0, 3)
	for _, file := range request.files {
		files = append(files, uintptr(file))
	}
	pid, err := syscall.ForkExec(program, request.Start.Argv, &syscall.ProcAttr{
		Dir:   request.Start.Directory,
		Env:   request.Start.Env,
		Files: files,
		Sys:   &syscall.SysProcAttr{Setsid: true, Setctty: request.Start.Terminal},
	})
	if err != nil {
		run.answer(reaperAnswer{Failed: problemOf(err, program)})
		return false
	}
	run.main = pid
	run.result.ExitCode = -1
	run.hasTerminal = request.Start.Terminal
	if request.Start.TimeoutMs > 0 {
		run.timeout = time.After(time.Duration(request.Start.TimeoutMs) * time.Millisecond)
	}
	if request.Start.TellsStart {
		run.answer(reaperAnswer{Started: pid})
	}
	return true
}

// follow returns when nothing of the command lives; survivors are told before, and swept on.
func (run *run) follow() {
	requests := run.requests
	run.collect()
	for !run.isEmpty {
		select {
		case <-run.children:
			run.collect()
		case <-run.timeout:
			run.end(endedByTimeout, grace)
		case request, open := <-requests:
			if !open {
				// The supervisor is gone: nobody is left to be polite for.
				requests = nil
				run.end(endedByStop, 0)
			} else if request.Signal != 0 && !run.mainOver {
				syscall.Kill(run.main, request.Signal)
			} else if request.EndReason != "" {
				run.end(request.EndReason, grace)
			}
		case <-run.graceOver:
			run.graceOver = nil
			run.sweepOver = time.After(sweepBound)
			run.sweep()
		case <-run.sweepAgain:
			run.sweep()
		case <-run.sweepOver:
			run.result.Survivors = len(descendants())
			run.tell()
		}
	}
	run.tell()
}

func (run *run) sweep() {
	freezeAndKill()
	run.collect()
	run.sweepAgain = time.After(sweepPause)
}

func (run *run) tell() {
	if !run.told {
		run.told = true
		run.answer(reaperAnswer{Ended: &run.result})
	}
}

// end begins to end the whole tree. The first reason stays, and none is a reason when the command ended by itself.
func (run *run) end(reason string, politeness time.Duration) {
	if run.ending && politeness > 0 {
		return
	}
	run.ending = true
	if !run.mainOver && run.result.Reason == "" {
		run.result.Reason = reason
	}
	tree := descendants()
	signalAll(tree, syscall.SIGTERM)
	if run.hasTerminal {
		// A shell at a terminal does not hear the other.
		signalAll(tree, syscall.SIGHUP)
	}
	// Who was stopped can only hear it now.
	signalAll(tree, syscall.SIGCONT)
	run.graceOver = time.After(politeness)
}

// collect waits for whatever is dead. No child left means no descendant left: the orphans among them are ours.
func (run *run) collect() {
	for {
		var status syscall.WaitStatus
		var usage syscall.Rusage
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, &usage)
		if err == nil && pid > 0 {
			run.count(usage)
		}
		switch {
		case err == syscall.EINTR:
		case err != nil:
			run.isEmpty = true
			return
		case pid == 0:
			if run.mainOver {
				// What a command leaves behind ends with it.
				run.end("", grace)
			}
			return
		case pid == run.main:
			run.mainOver = true
			run.record(status)
		}
	}
}

// count adds what one process has used, with those that it has waited for itself.
func (run *run) count(usage syscall.Rusage) {
	run.cpu += time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	run.result.CPUMs = run.cpu.Milliseconds()
	run.result.RSSKiB = max(run.result.RSSKiB, int64(usage.Maxrss))
}

func (run *run) record(status syscall.WaitStatus) {
	if status.Signaled() {
		run.result.Signal = signalName(status.Signal())
		return
	}
	run.result.ExitCode = status.ExitStatus()
}

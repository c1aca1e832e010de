package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// component is one program of the cluster, as its control connection asked for it.
type component struct {
	Name    string   `json:"name"`
	Network string   `json:"network"`
	Command []string `json:"command"`
	Env     []string `json:"env"`
	Log     string   `json:"log"`
}

type running struct {
	pid    int
	ended  chan struct{}
	status string
}

// components starts programs, knows which one a process id is, and reaps every process that ends.
type components struct {
	mutex  sync.Mutex
	byName map[string]*running
	closed bool
	// Told of every child that ends; listening from the start, so that none is missed.
	children chan os.Signal
}

func newComponents() *components {
	all := &components{byName: map[string]*running{}, children: make(chan os.Signal, 1)}
	signal.Notify(all.children, unix.SIGCHLD)
	return all
}

func (all *components) closing() {
	all.mutex.Lock()
	defer all.mutex.Unlock()
	all.closed = true
}

// start holds the mutex while the program starts, so that reap cannot see its end before its beginning.
func (all *components) start(network *os.File, wanted component) (int, error) {
	all.mutex.Lock()
	defer all.mutex.Unlock()
	if all.closed {
		return 0, errors.New("the cluster is ending")
	}
	if current, known := all.byName[wanted.Name]; known && current.status == "" {
		return 0, fmt.Errorf("%s runs already", wanted.Name)
	}
	log, err := os.OpenFile(wanted.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return 0, err
	}
	defer log.Close()
	command := exec.Command(wanted.Command[0], wanted.Command[1:]...)
	command.Env = wanted.Env
	command.Stdout, command.Stderr = log, log
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := inNetwork(network, command.Start); err != nil {
		return 0, err
	}
	all.byName[wanted.Name] = &running{pid: command.Process.Pid, ended: make(chan struct{})}
	return command.Process.Pid, nil
}

// reap collects every child: ours, and the orphans that a process namespace hands to its first process.
func (all *components) reap() {
	for range all.children {
		for {
			var status unix.WaitStatus
			pid, err := unix.Wait4(-1, &status, unix.WNOHANG, nil)
			if pid <= 0 || err != nil {
				break
			}
			all.ended(pid, status)
		}
	}
}

func (all *components) ended(pid int, status unix.WaitStatus) {
	all.mutex.Lock()
	defer all.mutex.Unlock()
	for name, current := range all.byName {
		if current.pid != pid || current.status != "" {
			continue
		}
		current.status = fmt.Sprintf("exit status %d", status.ExitStatus())
		if status.Signaled() {
			current.status = "signal " + unix.SignalName(status.Signal())
		}
		fmt.Println(name, "ended:", current.status)
		close(current.ended)
	}
}

func (all *components) find(name string) (*running, error) {
	all.mutex.Lock()
	defer all.mutex.Unlock()
	current, known := all.byName[name]
	if !known {
		return nil, fmt.Errorf("no component %q", name)
	}
	return current, nil
}

func (all *components) send(name string, signal syscall.Signal) error {
	all.mutex.Lock()
	defer all.mutex.Unlock()
	current, known := all.byName[name]
	if !known {
		return fmt.Errorf("no component %q", name)
	}
	if current.status != "" {
		return fmt.Errorf("%s has ended (%s)", name, current.status)
	}
	if signal == unix.SIGSTOP {
		return pause(current.pid)
	}
	return unix.Kill(current.pid, signal)
}

func (all *components) statuses() map[string]string {
	all.mutex.Lock()
	defer all.mutex.Unlock()
	statuses := map[string]string{}
	for name, current := range all.byName {
		statuses[name] = current.status
	}
	return statuses
}

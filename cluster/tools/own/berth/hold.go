package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Files that the first process hands to the one in the new namespaces, by descriptor.
const (
	lockDescriptor  = 3
	readyDescriptor = 4
	ownerDescriptor = 5
)

// hold makes the cluster's folder, takes its lock, and starts the process that holds everything (init) in new
// namespaces. It prints what that process is ready with, then ends: the holder lives on by itself.
func hold(args []string) error {
	flags := flag.NewFlagSet("hold", flag.ContinueOnError)
	root := flags.String("root", "", "folder of all clusters")
	id := flags.String("id", "", "name of this cluster")
	nodes := flags.String("nodes", "node1", "network namespaces to make, comma-separated")
	pods := flags.Bool("pods", true, "make a cgroup a node")
	owner := flags.Int("owner", 0, "process whose end ends the cluster; 0 for none")
	if err := flags.Parse(args); err != nil {
		return err
	}
	directory := filepath.Join(*root, *id)
	lock, err := claimDirectory(*root, directory)
	if err != nil {
		return err
	}
	report, err := startHolder(*root, *id, *nodes, *pods, *owner, lock)
	if err != nil {
		return errors.Join(err, removeCgroups(*id), os.RemoveAll(directory))
	}
	return json.NewEncoder(os.Stdout).Encode(report)
}

// startHolder starts the process in new namespaces and waits for its word that all of them are there.
func startHolder(root, id, nodes string, pods bool, owner int, lock *os.File) (map[string]any, error) {
	if pods {
		if err := makeCgroups(id, strings.Split(nodes, ",")); err != nil {
			return nil, fmt.Errorf("NO_CGROUPS %w", err)
		}
	}
	name := filepath.Join(root, id, "berth.log")
	log, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	ready, readyWriter, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	files := []*os.File{lock, readyWriter}
	if owner != 0 {
		descriptor, err := unix.PidfdOpen(owner, 0)
		if err != nil {
			return nil, fmt.Errorf("owner %d: %w", owner, err)
		}
		files = append(files, os.NewFile(uintptr(descriptor), "owner"))
	}
	command := exec.Command("/proc/self/exe", "init", root, id, nodes, strconv.FormatBool(owner != 0))
	command.Stdout, command.Stderr = log, log
	command.ExtraFiles = files
	command.SysProcAttr = &syscall.SysProcAttr{
		Setsid:     true,
		Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS,
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("NO_NAMESPACES %w", err)
	}
	readyWriter.Close()
	var report map[string]any
	if err := json.NewDecoder(ready).Decode(&report); err != nil {
		text, _ := os.ReadFile(name)
		return nil, fmt.Errorf("NO_NAMESPACES the holder ended early: %s", text)
	}
	report["pid"] = command.Process.Pid
	return report, nil
}

// claimDirectory makes the folder and locks it. The outer lock keeps a sweep from taking a folder that is made but
// not yet locked for one that was left behind.
func claimDirectory(root, directory string) (*os.File, error) {
	if err := os.MkdirAll(root, 0o755); err != nil {
		return nil, err
	}
	outer, err := lockFile(filepath.Join(root, ".lock"), unix.LOCK_EX)
	if err != nil {
		return nil, err
	}
	defer outer.Close()
	if err := os.Mkdir(directory, 0o755); err != nil {
		return nil, err
	}
	return lockFile(filepath.Join(directory, "lock"), unix.LOCK_EX|unix.LOCK_NB)
}

func lockFile(name string, how int) (*os.File, error) {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(file.Fd()), how); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

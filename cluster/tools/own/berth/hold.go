package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Files that the first process hands to the one in the new namespaces, by descriptor.
const (
	lockDescriptor    = 3
	readyDescriptor   = 4
	starterDescriptor = 5
	ownerDescriptor   = 6
)

// order is what a holder is made from, as the first process hands it to the one in the new namespaces.
type order struct {
	Root   string   `json:"root"`
	Marker marker   `json:"marker"`
	Nodes  []string `json:"nodes"`
	Owned  bool     `json:"owned"`
}

// report is what a holder is ready with, or why it is not.
type report struct {
	process
	Networks map[string]int `json:"networks,omitempty"`
	Error    string         `json:"error,omitempty"`
}

// hold makes the cluster's folder, takes its lock, and starts the process that holds everything (init) in new
// namespaces. It prints what that process is ready with, then ends: the holder lives on by itself.
func hold(args []string) error {
	flags := flag.NewFlagSet("hold", flag.ContinueOnError)
	root := flags.String("root", "", "folder of all clusters")
	id := flags.String("id", "", "name of this cluster")
	cgroup := flags.String("cgroup", "", "name of its cgroups, which nothing else has")
	nodes := flags.String("nodes", "node1", "network namespaces to make, comma-separated")
	pods := flags.Bool("pods", true, "make a cgroup a node")
	starter := flags.Int("starter", 0, "process whose end ends a cluster that is not ready")
	owner := flags.Int("owner", 0, "process whose end ends the cluster; 0 for none")
	if err := flags.Parse(args); err != nil {
		return err
	}
	wanted := order{*root, marker{*id, *cgroup}, strings.Split(*nodes, ","), *owner != 0}
	lock, err := claimInTime(*root, wanted.Marker)
	if err != nil {
		return err
	}
	begun, err := startHolder(wanted, *pods, *starter, *owner, lock)
	// From here on the holder alone has it: it must be free for whatever cleans up.
	lock.Close()
	if err != nil {
		return errors.Join(err, endCluster(*root, *id, *cgroup))
	}
	return json.NewEncoder(os.Stdout).Encode(begun)
}

// claimInTime waits for a cluster of this name that is ending, and removes one whose holder was killed.
func claimInTime(root string, wanted marker) (*os.File, error) {
	directory := filepath.Join(root, wanted.Cluster)
	deadline := time.Now().Add(endsWithin)
	for {
		lock, err := claim(root, wanted)
		if !errors.Is(err, fs.ErrExist) {
			return lock, err
		}
		state := stateOf(directory)
		switch state {
		case stateForeign:
			return nil, fmt.Errorf("FOREIGN %s: %w", directory, errForeign)
		case stateStarting, stateReady:
			return nil, fmt.Errorf("NAME_TAKEN a cluster of that name, which is %s", state)
		case stateLeft:
			err := removeLeft(root, wanted.Cluster)
			if err != nil && !errors.Is(err, errAlive) && !errors.Is(err, fs.ErrNotExist) {
				return nil, err
			}
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("NAME_TAKEN a cluster of that name, which is still %s", state)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// startHolder starts the process in new namespaces and waits for its word that all of them are there.
func startHolder(wanted order, pods bool, starter, owner int, lock *os.File) (report, error) {
	var begun report
	if pods {
		if err := makeCgroups(wanted.Marker.Cgroup, wanted.Nodes); err != nil {
			return begun, fmt.Errorf("NO_CGROUPS %w", err)
		}
	}
	name := filepath.Join(wanted.Root, wanted.Marker.Cluster, "berth.log")
	log, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return begun, err
	}
	defer log.Close()
	ready, readyWriter, err := os.Pipe()
	if err != nil {
		return begun, err
	}
	files := []*os.File{lock, readyWriter}
	depends := []int{starter}
	if wanted.Owned {
		depends = append(depends, owner)
	}
	for _, pid := range depends {
		descriptor, err := unix.PidfdOpen(pid, 0)
		if err != nil {
			return begun, fmt.Errorf("process %d, with which the cluster is to end: %w", pid, err)
		}
		files = append(files, os.NewFile(uintptr(descriptor), "process"))
	}
	text, err := json.Marshal(wanted)
	if err != nil {
		return begun, err
	}
	command := exec.Command("/proc/self/exe", "init", string(text))
	command.Stdout, command.Stderr = log, log
	command.ExtraFiles = files
	command.SysProcAttr = &syscall.SysProcAttr{
		Setsid:     true,
		Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS,
	}
	if err := command.Start(); err != nil {
		return begun, fmt.Errorf("NO_NAMESPACES %w", err)
	}
	readyWriter.Close()
	if err := json.NewDecoder(ready).Decode(&begun); err != nil {
		return begun, fmt.Errorf("NO_NAMESPACES the holder ended early: %w", err)
	}
	if begun.Error != "" {
		return begun, errors.New("NO_NAMESPACES " + begun.Error)
	}
	return begun, nil
}

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// holder is the first process of the cluster's process namespace.
type holder struct {
	root, id, directory string
	networks            map[string]*os.File
	components          *components
	end                 chan string
}

// initialize runs inside the new namespaces: private mounts, networks, then the control socket until told to end.
func initialize(args []string) error {
	if len(args) != 4 || os.Getpid() != 1 {
		return fmt.Errorf(usage)
	}
	held := &holder{
		root:       args[0],
		id:         args[1],
		directory:  filepath.Join(args[0], args[1]),
		networks:   map[string]*os.File{},
		components: newComponents(),
		end:        make(chan string, 8),
	}
	// Not for the programs that are started from here.
	unix.CloseOnExec(lockDescriptor)
	unix.CloseOnExec(readyDescriptor)
	if err := prepareMounts(); err != nil {
		return err
	}
	descriptors := map[string]int{}
	for _, name := range strings.Split(args[2], ",") {
		network, err := newNetwork()
		if err != nil {
			return err
		}
		held.networks[name] = network
		descriptors[name] = int(network.Fd())
	}
	if err := unix.Sethostname([]byte("drydock-" + held.id)); err != nil {
		return err
	}
	if args[3] == "true" {
		unix.CloseOnExec(ownerDescriptor)
		go held.watchOwner()
	}
	go held.components.reap()
	if err := held.listen(); err != nil {
		return err
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, unix.SIGTERM)
	go func() {
		<-signals
		held.end <- "asked by a signal"
	}()
	ready := os.NewFile(readyDescriptor, "ready")
	if err := json.NewEncoder(ready).Encode(map[string]any{"networks": descriptors}); err != nil {
		return err
	}
	ready.Close()
	fmt.Println("ending:", <-held.end)
	return held.shutDown()
}

// prepareMounts gives the cluster its own view of the folders that Kubernetes writes to at fixed places.
func prepareMounts() error {
	// Mounts of the machine keep arriving and leaving; none of ours goes back. Shared again below that line, because
	// containers with mount propagation ask for it.
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_SLAVE, ""); err != nil {
		return fmt.Errorf("private mounts: %w", err)
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_SHARED, ""); err != nil {
		return fmt.Errorf("shared mounts: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("proc: %w", err)
	}
	for _, folder := range []string{"/run", "/var/log", "/var/lib/cni"} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
		if err := unix.Mount("tmpfs", folder, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=755"); err != nil {
			return fmt.Errorf("%s: %w", folder, err)
		}
	}
	return os.MkdirAll("/run/lock", 0o755)
}

// watchOwner ends the cluster with the process that asked for it, so that not even a killed test run leaves it.
func (held *holder) watchOwner() {
	watched := []unix.PollFd{{Fd: ownerDescriptor, Events: unix.POLLIN}}
	for {
		if count, err := unix.Poll(watched, -1); err == nil && count > 0 {
			held.end <- "the owner ended"
			return
		}
	}
}

// shutDown ends every process of the namespace and removes what is on disk and in the cgroup tree.
func (held *holder) shutDown() error {
	held.components.closing()
	deadline := time.Now().Add(10 * time.Second)
	for time.Now().Before(deadline) {
		// -1 is every process of this namespace but this one; it reaches nothing outside.
		if err := unix.Kill(-1, unix.SIGKILL); err == unix.ESRCH {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if err := unmountUnder(held.directory); err != nil {
		fmt.Println(err)
	}
	if err := removeCgroups(held.id); err != nil {
		fmt.Println(err)
	}
	return os.RemoveAll(held.directory)
}

// unmountUnder comes before removing the folder: a removal must not walk into a container's file system.
func unmountUnder(directory string) error {
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return err
	}
	var points []string
	for _, line := range strings.Split(string(text), "\n") {
		fields := strings.Fields(line)
		if len(fields) > 4 && strings.HasPrefix(fields[4], directory+"/") {
			points = append(points, fields[4])
		}
	}
	sort.Sort(sort.Reverse(sort.StringSlice(points)))
	for _, point := range points {
		if err := unix.Unmount(point, unix.MNT_DETACH); err != nil && err != unix.EINVAL {
			return fmt.Errorf("unmount %s: %w", point, err)
		}
	}
	return nil
}

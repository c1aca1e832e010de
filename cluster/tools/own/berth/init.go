package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// holder is the first process of the cluster's process namespace.
type holder struct {
	order
	directory  string
	networks   map[string]*os.File
	components *components
	starter    *os.File
	owner      *os.File
	end        chan string

	mutex    sync.Mutex
	doorways []net.Listener
	ready    bool
	ending   bool
}

// initialize runs inside the new namespaces: private mounts, networks, then the control socket until told to end.
// Whatever goes wrong, it takes its cluster away with it: the process that started it may be gone by then.
func initialize(args []string) error {
	if len(args) != 1 || os.Getpid() != 1 {
		return errors.New(usage)
	}
	var wanted order
	if err := json.Unmarshal([]byte(args[0]), &wanted); err != nil {
		return err
	}
	held := &holder{
		order:      wanted,
		directory:  filepath.Join(wanted.Root, wanted.Marker.Cluster),
		networks:   map[string]*os.File{},
		components: newComponents(),
		end:        make(chan string, 8),
	}
	// Not for the programs that are started from here.
	for _, descriptor := range []int{lockDescriptor, readyDescriptor, starterDescriptor, ownerDescriptor} {
		unix.CloseOnExec(descriptor)
	}
	begun, err := held.begin()
	if err != nil {
		begun.Error = err.Error()
	}
	ready := os.NewFile(readyDescriptor, "ready")
	told := json.NewEncoder(ready).Encode(begun)
	ready.Close()
	if err == nil && told == nil {
		fmt.Println("ending:", <-held.end)
	}
	return errors.Join(err, told, held.shutDown())
}

// begin makes all that a holder holds, and says what it has.
func (held *holder) begin() (report, error) {
	self, err := identifySelf()
	begun := report{process: self, Networks: map[string]int{}}
	if err != nil {
		return begun, err
	}
	// First of all: from here on others can tell this process from every other one.
	if err := writeWhole(filepath.Join(held.directory, holderName), self); err != nil {
		return begun, err
	}
	if err := prepareMounts(); err != nil {
		return begun, err
	}
	for _, name := range held.Nodes {
		network, err := newNetwork()
		if err != nil {
			return begun, err
		}
		held.networks[name] = network
		begun.Networks[name] = int(network.Fd())
	}
	if err := unix.Sethostname([]byte("drydock-" + held.Marker.Cluster)); err != nil {
		return begun, err
	}
	held.starter = os.NewFile(starterDescriptor, "starter")
	go held.watch(held.starter, "its start was not finished", func() bool { return !held.ready })
	if held.Owned {
		held.owner = os.NewFile(ownerDescriptor, "owner")
		go held.watch(held.owner, "the owner ended", func() bool { return true })
	}
	go held.components.reap()
	go func() {
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, unix.SIGTERM)
		<-signals
		held.finish("asked by a signal")
	}()
	return begun, held.listen()
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

// watch ends the cluster with a process that it depends on, so that not even a killed test run leaves it, nor a
// killed `up` half a cluster.
func (held *holder) watch(opened *os.File, why string, depends func() bool) {
	for !hasEnded(opened, time.Hour) {
	}
	held.mutex.Lock()
	ends := depends()
	held.mutex.Unlock()
	if ends {
		held.finish(why)
	}
}

// becomeReady writes what others find the cluster by, and lets go of the process that started it, in one step: a start
// that is killed leaves a cluster that is whole and known, or none.
func (held *holder) becomeReady(record json.RawMessage) error {
	held.mutex.Lock()
	defer held.mutex.Unlock()
	if held.isEnding() {
		return errors.New("the cluster is ending")
	}
	if err := writeWhole(filepath.Join(held.directory, "cluster.json"), record); err != nil {
		return err
	}
	held.ready = true
	return nil
}

func (held *holder) state() string {
	held.mutex.Lock()
	defer held.mutex.Unlock()
	switch {
	case held.isEnding():
		return stateEnding
	case held.ready:
		return stateReady
	}
	return stateStarting
}

// isEnding looks at the processes themselves: what watches them may not have had its turn yet.
func (held *holder) isEnding() bool {
	return held.ending || (held.owner != nil && hasEnded(held.owner, 0)) || (!held.ready && hasEnded(held.starter, 0))
}

func (held *holder) finish(why string) {
	held.mutex.Lock()
	defer held.mutex.Unlock()
	if !held.ending {
		held.ending = true
		held.end <- why
	}
}

// shutDown ends every process of the namespace and removes what is on disk and in the cgroup tree.
func (held *holder) shutDown() error {
	held.components.closing()
	held.mutex.Lock()
	held.ending = true
	for _, doorway := range held.doorways {
		doorway.Close()
	}
	held.mutex.Unlock()
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
	if err := removeCgroups(held.Marker.Cgroup); err != nil {
		fmt.Println(err)
	}
	return unmake(held.Root, held.directory)
}

// unmountUnder comes before removing the folder: a removal must not walk into a container's file system.
func unmountUnder(directory string) error {
	points, err := mountsUnder(directory)
	if err != nil {
		return err
	}
	for _, point := range points {
		if err := unix.Unmount(point, unix.MNT_DETACH); err != nil && err != unix.EINVAL {
			return fmt.Errorf("unmount %s: %w", point, err)
		}
	}
	return nil
}

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// What a folder below the root is. "silent" is one whose lock is held and whose holder does not answer: it begins in
// this moment, ends in this moment, or is being removed.
const (
	stateForeign  = "foreign"
	stateLeft     = "left"
	stateSilent   = "silent"
	stateStarting = "starting"
	stateReady    = "ready"
	stateEnding   = "ending"
	stateGone     = "gone"
)

func stateOf(directory string) string {
	if _, err := readMarker(directory); errors.Is(err, fs.ErrNotExist) {
		return stateGone
	} else if err != nil {
		return stateForeign
	}
	lock, err := lockLeft(directory, unix.LOCK_SH)
	if err == nil {
		lock.Close()
		return stateLeft
	}
	answer, err := ask(directory, request{Op: "state"})
	if err != nil {
		return stateSilent
	}
	return answer.Status
}

// ask sends one request to a holder, from another process.
func ask(directory string, asked request) (reply, error) {
	var answer reply
	connection, err := net.DialTimeout("unix", filepath.Join(directory, socketName), time.Second)
	if err != nil {
		return answer, err
	}
	defer connection.Close()
	connection.SetDeadline(time.Now().Add(2 * time.Second))
	if err := json.NewEncoder(connection).Encode(asked); err != nil {
		return answer, err
	}
	err = json.NewDecoder(connection).Decode(&answer)
	return answer, err
}

func folders(root string) ([]string, error) {
	entries, err := os.ReadDir(root)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	names := []string{}
	for _, entry := range entries {
		if entry.IsDir() && entry.Name() != makingName {
			names = append(names, entry.Name())
		}
	}
	return names, err
}

type listed struct {
	Id    string `json:"id"`
	State string `json:"state"`
}

// listCommand prints every cluster below the root, in whatever state it is. Folders of others are none.
func listCommand(args []string) error {
	if len(args) != 1 {
		return errors.New(usage)
	}
	names, err := folders(args[0])
	if err != nil {
		return err
	}
	found := []listed{}
	for _, name := range names {
		state := stateOf(filepath.Join(args[0], name))
		if state != stateForeign && state != stateGone {
			found = append(found, listed{name, state})
		}
	}
	return json.NewEncoder(os.Stdout).Encode(found)
}

// sweepCommand removes what clusters left whose holder is gone, and prints their names.
func sweepCommand(args []string) error {
	if len(args) != 1 {
		return errors.New(usage)
	}
	names, err := folders(args[0])
	if err != nil {
		return err
	}
	swept := []string{}
	for _, name := range names {
		err := removeLeft(args[0], name)
		// In use, not ours, or removed by another just now.
		if errors.Is(err, errAlive) || errors.Is(err, errForeign) || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			// Still listed as left; it must not keep other clusters from starting.
			fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
			continue
		}
		swept = append(swept, name)
	}
	if err := tidy(args[0]); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(swept)
}

// How long a holder may take to end by itself, and the kernel to end one that does not.
const endsWithin = 15 * time.Second

// endCommand ends a cluster in any state and removes all of it; it is gone when this returns.
func endCommand(args []string) error {
	if len(args) != 3 {
		return errors.New(usage)
	}
	return endCluster(args[0], args[1], args[2])
}

// endCluster ends the cluster of this name, only if it has this cgroup where one is given: by then the name may belong
// to a later one.
func endCluster(root, id, cgroup string) error {
	directory := filepath.Join(root, id)
	deadline := time.Now().Add(2 * endsWithin)
	for {
		marked, err := readMarker(directory)
		if errors.Is(err, fs.ErrNotExist) || (err == nil && cgroup != "" && marked.Cgroup != cgroup) {
			return tidy(root)
		}
		if err != nil {
			return fmt.Errorf("FOREIGN %s: %w", directory, err)
		}
		// Should the name be free in between, the next cluster that has it is not the one that was meant.
		cgroup = marked.Cgroup
		err = removeLeft(root, id)
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if !errors.Is(err, errAlive) {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s: %w, and does not end", directory, err)
		}
		endHolder(directory)
	}
}

// endHolder asks a holder to end, and makes it end if it does not. Without one to ask it waits a moment: for the one
// that begins, or for the one who removes the folder.
func endHolder(directory string) {
	opened, err := readHolder(directory).open()
	if err != nil {
		time.Sleep(10 * time.Millisecond)
		return
	}
	defer opened.Close()
	if _, err := ask(directory, request{Op: "stop"}); err != nil && !hasEnded(opened, 100*time.Millisecond) {
		// Too early for its socket; the next round asks again.
		if _, missing := os.Lstat(filepath.Join(directory, socketName)); missing != nil {
			return
		}
	}
	if !hasEnded(opened, endsWithin) {
		unix.PidfdSendSignal(int(opened.Fd()), unix.SIGKILL, nil, 0)
		hasEnded(opened, endsWithin)
	}
}

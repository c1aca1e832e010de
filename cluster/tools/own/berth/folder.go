package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// A cluster's folder carries a marker for as long as it has its name: it is made under another name, marked, and then
// renamed; it is emptied, renamed back, and only then loses its marker. So whatever is killed at whatever moment, a
// folder without a marker is not a berth's and is never touched. The marker is also the lock of the folder: its holder
// keeps it locked, and the kernel lets go of the lock when the holder ends, however that happens.
const (
	markerName = "lock"
	makingName = ".making"
	holderName = "holder.json"
)

type marker struct {
	Cluster string `json:"cluster"`
	// Name of the cluster's cgroups, with a random part: nothing else has it, a later cluster of the same name neither.
	Cgroup string `json:"cgroup"`
}

var cgroupPattern = regexp.MustCompile(`^drydock-[a-z0-9-]+$`)

var (
	errForeign = errors.New("not the folder of a cluster")
	errAlive   = errors.New("its holder runs")
)

// readMarker says whose a folder is. A copy of a cluster's folder under another name has the wrong marker.
func readMarker(directory string) (marker, error) {
	var found marker
	if info, err := os.Lstat(directory); err != nil {
		return found, err
	} else if !info.IsDir() {
		return found, errForeign
	}
	file, err := os.OpenFile(filepath.Join(directory, markerName), os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return found, errForeign
	}
	defer file.Close()
	err = json.NewDecoder(file).Decode(&found)
	if err != nil || found.Cluster != filepath.Base(directory) || !cgroupPattern.MatchString(found.Cgroup) {
		return found, errForeign
	}
	return found, nil
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

// withMaking runs an action that uses the one folder in which others are made and unmade.
func withMaking(root string, action func(making string) error) error {
	if err := os.MkdirAll(root, 0o755); err != nil {
		return err
	}
	turn, err := lockFile(filepath.Join(root, ".lock"), unix.LOCK_EX)
	if err != nil {
		return err
	}
	defer turn.Close()
	making := filepath.Join(root, makingName)
	if err := discard(making); err != nil {
		return err
	}
	return action(making)
}

// discard removes what a making or an unmaking that was killed can leave: an empty folder, or one with a marker. Beside
// the marker may be what a start that was given up wrote while its folder was emptied.
func discard(making string) error {
	if _, err := os.Lstat(filepath.Join(making, markerName)); err == nil {
		if err := empty(making); err != nil {
			return err
		}
	}
	for _, name := range []string{filepath.Join(making, markerName), making} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// tidy removes what a killed making left, which has no name of a cluster yet.
func tidy(root string) error {
	if _, err := os.Lstat(filepath.Join(root, makingName)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return withMaking(root, func(string) error { return nil })
}

// claim makes the folder of a cluster and returns its marker, locked. Fails with fs.ErrExist when the name is taken.
func claim(root string, wanted marker) (*os.File, error) {
	directory := filepath.Join(root, wanted.Cluster)
	var lock *os.File
	err := withMaking(root, func(making string) error {
		if _, err := os.Lstat(directory); err == nil {
			return fs.ErrExist
		}
		if err := os.Mkdir(making, 0o755); err != nil {
			return err
		}
		file, err := lockFile(filepath.Join(making, markerName), unix.LOCK_EX|unix.LOCK_NB)
		if err != nil {
			return err
		}
		lock = file
		if err := json.NewEncoder(file).Encode(wanted); err != nil {
			return err
		}
		// Not even a power cut may leave a folder of ours without its marker.
		if err := file.Sync(); err != nil {
			return err
		}
		return os.Rename(making, directory)
	})
	if err != nil && lock != nil {
		lock.Close()
		lock = nil
	}
	return lock, err
}

// lockLeft takes the lock of a folder whose holder is gone. Fails with errAlive when something has it.
func lockLeft(directory string, how int) (*os.File, error) {
	name := filepath.Join(directory, markerName)
	lock, err := os.OpenFile(name, os.O_RDWR|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(lock.Fd()), how|unix.LOCK_NB); err != nil {
		lock.Close()
		return nil, errAlive
	}
	// It may have been removed, and another made, between the opening and the locking.
	locked, err := lock.Stat()
	if err == nil {
		var named fs.FileInfo
		named, err = os.Lstat(name)
		if err == nil && !os.SameFile(locked, named) {
			err = errAlive
		}
	}
	if err != nil {
		lock.Close()
		return nil, err
	}
	return lock, nil
}

// unmake removes a folder whose lock the caller has, the marker last. Most of it goes under its own name, without a turn
// that others wait for; the rest once no writer finds it any more.
func unmake(root, directory string) error {
	if err := empty(directory); err != nil {
		return err
	}
	return withMaking(root, func(making string) error {
		if err := os.Rename(directory, making); err != nil {
			return err
		}
		return discard(making)
	})
}

// empty removes all of a folder but its marker.
func empty(directory string) error {
	points, err := mountsUnder(directory)
	if err != nil {
		return err
	}
	if len(points) > 0 {
		return fmt.Errorf("mounted below %s: %s", directory, strings.Join(points, ", "))
	}
	entries, err := os.ReadDir(directory)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.Name() == markerName {
			continue
		}
		if err := removeAll(filepath.Join(directory, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

// removeAll tries again for a while: the last processes of a holder that was killed may still write.
func removeAll(name string) error {
	deadline := time.Now().Add(5 * time.Second)
	for {
		err := os.RemoveAll(name)
		if err == nil || time.Now().After(deadline) {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// mountsUnder lists what is mounted below a folder, the deepest first. Removing must not walk into another file system.
func mountsUnder(directory string) ([]string, error) {
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	var points []string
	lines := strings.Split(string(text), "\n")
	for index := len(lines) - 1; index >= 0; index-- {
		fields := strings.Fields(lines[index])
		if len(fields) > 4 && strings.HasPrefix(fields[4], directory+"/") {
			points = append(points, fields[4])
		}
	}
	return points, nil
}

// removeLeft removes all that is left of a cluster whose holder is gone.
func removeLeft(root, id string) error {
	directory := filepath.Join(root, id)
	marked, err := readMarker(directory)
	if err != nil {
		return err
	}
	lock, err := lockLeft(directory, unix.LOCK_EX)
	if err != nil {
		return err
	}
	defer lock.Close()
	// The lock is free a moment before the kernel has ended the last process of the holder's namespace.
	if opened, err := readHolder(directory).open(); err == nil {
		hasEnded(opened, 10*time.Second)
		opened.Close()
	}
	return errors.Join(removeCgroups(marked.Cgroup), unmake(root, directory))
}

// readHolder says which process holds a cluster. In its first moments a holder has no such file: the answer then is no
// process at all.
func readHolder(directory string) process {
	var found process
	text, err := os.ReadFile(filepath.Join(directory, holderName))
	if err == nil {
		_ = json.Unmarshal(text, &found)
	}
	return found
}

// writeWhole writes a file that others see whole or not at all.
func writeWhole(name string, content any) error {
	text, err := json.Marshal(content)
	if err != nil {
		return err
	}
	draft := name + ".draft"
	if err := os.WriteFile(draft, text, 0o600); err != nil {
		return err
	}
	return os.Rename(draft, name)
}

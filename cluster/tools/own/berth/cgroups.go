package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// cgroupHierarchies lists where cgroups are mounted: one folder for version 2, one a controller for version 1.
func cgroupHierarchies() ([]string, error) {
	text, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return nil, err
	}
	var found []string
	for _, line := range strings.Split(string(text), "\n") {
		fields := strings.Fields(line)
		if len(fields) > 2 && (fields[2] == "cgroup" || fields[2] == "cgroup2") {
			found = append(found, fields[1])
		}
	}
	if len(found) == 0 {
		return nil, errors.New("no cgroup hierarchy is mounted")
	}
	return found, nil
}

// makeCgroups makes a cgroup a node, so that two kubelets on one machine keep their pods apart.
func makeCgroups(name string, nodes []string) error {
	hierarchies, err := cgroupHierarchies()
	if err != nil {
		return err
	}
	for _, hierarchy := range hierarchies {
		own := filepath.Join(hierarchy, name)
		if err := makeCgroup(hierarchy, own); err != nil {
			return err
		}
		for _, node := range nodes {
			if err := makeCgroup(own, filepath.Join(own, node)); err != nil {
				return err
			}
		}
	}
	return nil
}

func makeCgroup(parent, child string) error {
	if err := os.Mkdir(child, 0o755); err != nil {
		return err
	}
	// Version 1: a new cpuset is empty and refuses processes until it is given processors and memory.
	for _, name := range []string{"cpuset.cpus", "cpuset.mems"} {
		value, err := os.ReadFile(filepath.Join(parent, name))
		if err == nil && len(strings.TrimSpace(string(value))) > 0 {
			if err := os.WriteFile(filepath.Join(child, name), value, 0o644); err != nil {
				return err
			}
		}
	}
	// Version 2: children get the controllers that their parent passes on.
	controllers, err := os.ReadFile(filepath.Join(parent, "cgroup.controllers"))
	if err == nil {
		for _, controller := range strings.Fields(string(controllers)) {
			err := os.WriteFile(filepath.Join(parent, "cgroup.subtree_control"), []byte("+"+controller), 0o644)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// removeCgroups removes the cgroups of a cluster, deepest first.
func removeCgroups(name string) error {
	hierarchies, err := cgroupHierarchies()
	if err != nil {
		return err
	}
	deadline := time.Now().Add(5 * time.Second)
	var failures []error
	for _, hierarchy := range hierarchies {
		own := filepath.Join(hierarchy, name)
		err := removeCgroup(own)
		// The kernel lets go of a cgroup a moment after the last of its processes is gone.
		for errors.Is(err, unix.EBUSY) && time.Now().Before(deadline) {
			time.Sleep(10 * time.Millisecond)
			err = removeCgroup(own)
		}
		if err != nil {
			failures = append(failures, err)
		}
	}
	return errors.Join(failures...)
}

func removeCgroup(own string) error {
	var folders []string
	if _, err := os.Stat(own); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	err := filepath.WalkDir(own, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			folders = append(folders, name)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for index := len(folders) - 1; index >= 0; index-- {
		if err := unix.Rmdir(folders[index]); err != nil && !errors.Is(err, unix.ENOENT) {
			return err
		}
	}
	return nil
}

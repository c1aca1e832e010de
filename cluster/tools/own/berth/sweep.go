package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// sweepCommand removes what clusters left whose holder is gone. A holder keeps a lock on its folder for as long as
// it lives and the kernel drops that lock with it, so a free lock means that nothing of the cluster runs.
func sweepCommand(args []string) error {
	if len(args) != 1 {
		return errors.New(usage)
	}
	swept := []string{}
	root := args[0]
	if _, err := os.Stat(root); errors.Is(err, os.ErrNotExist) {
		return json.NewEncoder(os.Stdout).Encode(swept)
	}
	outer, err := lockFile(filepath.Join(root, ".lock"), unix.LOCK_EX)
	if err != nil {
		return err
	}
	defer outer.Close()
	entries, err := os.ReadDir(root)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		directory := filepath.Join(root, entry.Name())
		lock, err := lockFile(filepath.Join(directory, "lock"), unix.LOCK_EX|unix.LOCK_NB)
		// Somebody lives there, or removed it just now.
		if errors.Is(err, unix.EWOULDBLOCK) || errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", directory, err)
		}
		err = errors.Join(removeCgroups(entry.Name()), os.RemoveAll(directory))
		lock.Close()
		if err != nil {
			return err
		}
		swept = append(swept, entry.Name())
	}
	return json.NewEncoder(os.Stdout).Encode(swept)
}

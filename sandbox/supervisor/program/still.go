package main

import (
	"io/fs"
	"os"
	"syscall"
)

// mark tells whether a file or folder was changed between two looks, as far as the clock of its file system tells. Nobody
// can set the second time, which also moves when a name of it is removed.
type mark struct {
	size             int64
	modified, change syscall.Timespec
}

func markOf(info fs.FileInfo) mark {
	made := mark{size: info.Size()}
	if stat, isLinux := info.Sys().(*syscall.Stat_t); isLinux {
		made.modified, made.change = stat.Mtim, stat.Ctim
	}
	return made
}

// checkStill fails when what was read is not what is there now, and says what became of it.
func checkStill(file *os.File, before fs.FileInfo, path string) error {
	now, err := file.Stat()
	if err != nil {
		return problemOf(err, path)
	}
	was, is := markOf(before), markOf(now)
	switch {
	case is == was:
		return nil
	case linksOf(now) == 0:
		return changed(path, "was removed")
	case is.size < was.size:
		return changed(path, "became shorter")
	case is.size > was.size:
		return changed(path, "became longer")
	}
	return changed(path, "was changed")
}

func linksOf(info fs.FileInfo) uint64 {
	if stat, isLinux := info.Sys().(*syscall.Stat_t); isLinux {
		return uint64(stat.Nlink)
	}
	return 1
}

func changed(path string, how string) *problem {
	return &problem{Code: problemChanged, Text: path + ": " + how + " while it was read"}
}

// vanished says of what was there a moment ago and cannot be found or is another kind of thing that it was changed.
func vanished(err error, path string) error {
	switch problemOf(err, path).Code {
	case "ENOENT":
		return changed(path, "was removed")
	case "ENOTDIR", "ELOOP", problemKind:
		return changed(path, "became something else")
	}
	return problemOf(err, path)
}

package main

import (
	"encoding/binary"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// What is told of a folder as it changes, in records of u32 length and this as JSON.
type change struct {
	wirePath
	// ready, made, changed, gone, missed (more happened than was told), alive.
	Is string `json:"is"`
}

const (
	// A stream over which nothing comes is cut by what is on the way, and its client must know that it is not.
	aliveEvery = 20 * time.Second
	watched    = syscall.IN_CREATE | syscall.IN_MOVED_TO | syscall.IN_DELETE | syscall.IN_MOVED_FROM |
		syscall.IN_CLOSE_WRITE | syscall.IN_MODIFY | syscall.IN_ONLYDIR
)

// watching is one watch, of a folder or a tree.
type watching struct {
	channel   *channel
	to        *outputWriter
	inotify   *os.File
	number    int
	root      string
	recursive bool
	folders   map[int32]string
}

func watchFolder(channel *channel, details json.RawMessage) error {
	request, path, err := channel.fileRequest(details)
	if err != nil {
		return err
	}
	descriptor, err := syscall.InotifyInit1(syscall.IN_CLOEXEC | syscall.IN_NONBLOCK)
	if err != nil {
		return problemOf(err, path)
	}
	watching := &watching{
		channel: channel, to: channel.output(), inotify: os.NewFile(uintptr(descriptor), "inotify"),
		number: descriptor,
		root:   path, recursive: request.Recursive, folders: map[int32]string{},
	}
	defer watching.inotify.Close()
	defer channel.onLeave(func() { watching.inotify.SetReadDeadline(time.Now()) })()
	if err := watching.add(path, false); err != nil {
		return problemOf(err, path)
	}
	if err := watching.tell("ready", path); err != nil {
		return err
	}
	if err := watching.to.flush(); err != nil {
		return err
	}
	return watching.follow()
}

// add watches a folder and, in a tree, those below it. What is in one that is new was made before it was watched.
func (watching *watching) add(folder string, isNew bool) error {
	number, err := syscall.InotifyAddWatch(watching.number, folder, watched)
	if err != nil {
		return err
	}
	watching.folders[int32(number)] = folder
	if !watching.recursive {
		return nil
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		inside := filepath.Join(folder, entry.Name())
		if isNew {
			if err := watching.tell("made", inside); err != nil {
				return err
			}
		}
		if entry.Type() != fs.ModeDir {
			continue
		}
		// One that went away meanwhile is told by its parent.
		if err := watching.add(inside, isNew); err != nil && err != syscall.ENOENT && err != syscall.ENOTDIR {
			return err
		}
	}
	return nil
}

func (watching *watching) follow() error {
	buffer := make([]byte, 64<<10)
	for {
		watching.inotify.SetReadDeadline(time.Now().Add(aliveEvery))
		if watching.channel.left.Load() {
			return &problem{Code: problemStopped, Text: "stopped by the client"}
		}
		count, err := watching.inotify.Read(buffer)
		switch {
		case err != nil && os.IsTimeout(err):
			err = watching.tell("alive", watching.root)
		case err == nil:
			err = watching.hear(buffer[:count])
		}
		if err == nil {
			err = watching.to.flush()
		}
		if err != nil {
			return problemOf(err, watching.root)
		}
	}
}

// hear tells each change of what was read at once; of a file that is written piece by piece only once.
func (watching *watching) hear(events []byte) error {
	last := ""
	for len(events) >= syscall.SizeofInotifyEvent {
		number := int32(binary.NativeEndian.Uint32(events))
		mask := binary.NativeEndian.Uint32(events[4:])
		length := int(binary.NativeEndian.Uint32(events[12:]))
		name := events[syscall.SizeofInotifyEvent : syscall.SizeofInotifyEvent+length]
		events = events[syscall.SizeofInotifyEvent+length:]
		if mask&syscall.IN_Q_OVERFLOW != 0 {
			if err := watching.tell("missed", watching.root); err != nil {
				return err
			}
			continue
		}
		folder, isKnown := watching.folders[number]
		if mask&syscall.IN_IGNORED != 0 {
			delete(watching.folders, number)
			if folder == watching.root {
				return syscall.ENOENT
			}
			continue
		}
		for len(name) > 0 && name[len(name)-1] == 0 {
			name = name[:len(name)-1]
		}
		if !isKnown || len(name) == 0 {
			continue
		}
		path := filepath.Join(folder, string(name))
		is := "changed"
		if mask&(syscall.IN_CREATE|syscall.IN_MOVED_TO) != 0 {
			is = "made"
		} else if mask&(syscall.IN_DELETE|syscall.IN_MOVED_FROM) != 0 {
			is = "gone"
		}
		if is+path == last {
			continue
		}
		last = is + path
		if err := watching.tell(is, path); err != nil {
			return err
		}
		if is == "made" && mask&syscall.IN_ISDIR != 0 && watching.recursive {
			if err := watching.add(path, true); err != nil && err != syscall.ENOENT {
				return err
			}
		}
	}
	return nil
}

func (watching *watching) tell(is, path string) error {
	relative, err := filepath.Rel(watching.root, path)
	if err != nil {
		relative = path
	}
	text, err := json.Marshal(change{wirePath: pathOnWire(relative), Is: is})
	if err != nil {
		return err
	}
	_, err = watching.to.Write(append(fourBytes(len(text)), text...))
	return err
}

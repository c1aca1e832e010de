package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"unicode/utf8"
)

type fileOperation func(channel *channel, details json.RawMessage) error

var fileOperations = map[string]fileOperation{
	"read":     readFile,
	"write":    writeFile,
	"list":     listFolder,
	"stat":     statFile,
	"stats":    tellStats,
	"watch":    watchFolder,
	"connect":  connectPort,
	"listen":   listenOnPort,
	"accept":   acceptOnPort,
	"closed":   awaitClosed,
	"remove":   removeFile,
	"mkdir":    makeFolder,
	"upload":   receiveFolder,
	"download": sendFolder,
}

// wirePath is a path as text, or as bytes where it is no text.
type wirePath struct {
	Path  string `json:"path"`
	Bytes []byte `json:"bytes,omitempty"`
}

func pathOnWire(path string) wirePath {
	if utf8.ValidString(path) {
		return wirePath{Path: path}
	}
	return wirePath{Bytes: []byte(path)}
}

func (path wirePath) text() string {
	if len(path.Bytes) > 0 {
		return string(path.Bytes)
	}
	return path.Path
}

type fileRequest struct {
	wirePath
	Mode      fs.FileMode `json:"mode"`
	Recursive bool        `json:"recursive"`
	Merge     bool        `json:"merge"`
	// Of an upload: whether its records come in members of gzip.
	Gzip bool `json:"gzip"`
	// Whether it is a failure when a file that is read changes meanwhile in whatever way.
	Still bool `json:"still"`
}

func (channel *channel) fileRequest(details json.RawMessage) (fileRequest, string, error) {
	var request fileRequest
	if err := json.Unmarshal(details, &request); err != nil {
		return request, "", &problem{Code: "EINVAL", Text: err.Error()}
	}
	return request, channel.session.folder(request.text()), nil
}

const (
	kindFile   = "file"
	kindFolder = "folder"
	kindLink   = "link"
	kindOther  = "other"
	kindEnd    = "end"
)

// entry tells of one file; also the header of a record.
type entry struct {
	wirePath
	Kind       string `json:"kind"`
	Mode       uint32 `json:"mode"`
	Size       int64  `json:"size"`
	ModifiedMs int64  `json:"modifiedMs"`
	// What a link says, as text, or as bytes where it is no text.
	Target      string `json:"target,omitempty"`
	TargetBytes []byte `json:"targetBytes,omitempty"`
}

func (told entry) target() string {
	if len(told.TargetBytes) > 0 {
		return string(told.TargetBytes)
	}
	return told.Target
}

func entryOf(name string, info fs.FileInfo, path string) (entry, error) {
	told := entry{wirePath: pathOnWire(name), Mode: uint32(info.Mode().Perm()), ModifiedMs: info.ModTime().UnixMilli()}
	switch {
	case info.Mode().IsRegular():
		told.Kind, told.Size = kindFile, info.Size()
	case info.IsDir():
		told.Kind = kindFolder
	case info.Mode()&fs.ModeSymlink != 0:
		told.Kind = kindLink
		target, err := os.Readlink(path)
		if err != nil {
			return told, err
		}
		if utf8.ValidString(target) {
			told.Target = target
		} else {
			told.TargetBytes = []byte(target)
		}
	default:
		told.Kind = kindOther
	}
	return told, nil
}

// openRegular opens what is a file and nothing else: a pipe or a device would block, or never end.
func openRegular(path string, flags int) (*os.File, fs.FileInfo, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK|flags, 0)
	if err != nil {
		return nil, nil, problemOf(err, path)
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &problem{Code: problemKind, Text: path + ": not a regular file"}
	}
	if err != nil {
		file.Close()
		return nil, nil, problemOf(err, path)
	}
	return file, info, nil
}

type contentResult struct {
	Size   int64  `json:"size"`
	Sha256 string `json:"sha256"`
	Mode   uint32 `json:"mode"`
}

func hexOf(digest hash.Hash) string { return hex.EncodeToString(digest.Sum(nil)) }

func readFile(channel *channel, details json.RawMessage) error {
	request, path, err := channel.fileRequest(details)
	if err != nil {
		return err
	}
	file, info, err := openRegular(path, request.openFlags())
	if err != nil {
		return err
	}
	defer file.Close()
	digest := sha256.New()
	to := channel.output()
	size, err := io.Copy(to, io.TeeReader(file, digest))
	if err == nil {
		err = to.flush()
	}
	if err == nil {
		err = request.checkRead(file, info, path)
	}
	if err != nil {
		return problemOf(err, path)
	}
	channel.done(contentResult{Size: size, Sha256: hexOf(digest), Mode: uint32(info.Mode().Perm())})
	return nil
}

func (request fileRequest) openFlags() int {
	if request.Still {
		return syscall.O_NOFOLLOW
	}
	return 0
}

// checkRead takes a file that became longer where that is nobody's concern: a log is read as far as it was written.
func (request fileRequest) checkRead(file *os.File, before fs.FileInfo, path string) error {
	if request.Still {
		return checkStill(file, before, path)
	}
	now, err := file.Stat()
	if err == nil && now.Size() < before.Size() {
		err = changed(path, "became shorter")
	}
	return err
}

// A client's last word on what it sent.
type trailer struct {
	Size   int64  `json:"size"`
	Sha256 string `json:"sha256"`
}

// temporaryName is a name beside a path, so that a rename can put it into place.
func temporaryName(folder string) string {
	random := make([]byte, 6)
	rand.Read(random)
	return filepath.Join(folder, ".drydock-"+hex.EncodeToString(random))
}

func writeFile(channel *channel, details json.RawMessage) error {
	request, path, err := channel.fileRequest(details)
	if err != nil {
		return err
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return &problem{Code: problemKind, Text: path + ": not a regular file"}
	}
	if request.Recursive {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return problemOf(err, path)
		}
	}
	temporary := temporaryName(filepath.Dir(path))
	file, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return problemOf(err, path)
	}
	defer os.Remove(temporary)
	defer file.Close()
	digest := sha256.New()
	size, err := io.CopyBuffer(io.MultiWriter(file, digest), &inputReader{inbox: channel.input}, make([]byte, chunkBytes))
	if err != nil {
		return problemOf(err, path)
	}
	var wanted trailer
	if err := json.Unmarshal(channel.input.lastWord(), &wanted); err != nil {
		return &problem{Code: problemLength, Text: "input that ended without its length"}
	}
	if size != wanted.Size {
		return &problem{Code: problemLength, Text: "another length than was sent"}
	}
	if hexOf(digest) != wanted.Sha256 {
		return &problem{Code: problemHash, Text: "other bytes than were sent"}
	}
	if err := file.Chmod(request.Mode.Perm()); err != nil {
		return problemOf(err, path)
	}
	if err := os.Rename(temporary, path); err != nil {
		return problemOf(err, path)
	}
	channel.done(contentResult{Size: size, Sha256: hexOf(digest), Mode: uint32(request.Mode.Perm())})
	return nil
}

// inputReader reads what the client sends on a channel.
type inputReader struct {
	inbox *inbox
	chunk []byte
	rest  []byte
}

func (reader *inputReader) Read(into []byte) (int, error) {
	if len(reader.rest) == 0 {
		chunk, err := reader.inbox.next()
		if err != nil {
			return 0, err
		}
		reader.chunk, reader.rest = chunk, chunk
	}
	count := copy(into, reader.rest)
	reader.rest = reader.rest[count:]
	if len(reader.rest) == 0 {
		used(reader.chunk)
	}
	reader.inbox.done(count)
	return count, nil
}

func statFile(channel *channel, details json.RawMessage) error {
	_, path, err := channel.fileRequest(details)
	if err != nil {
		return err
	}
	info, err := os.Lstat(path)
	if err != nil {
		return problemOf(err, path)
	}
	told, err := entryOf(filepath.Base(path), info, path)
	if err != nil {
		return problemOf(err, path)
	}
	channel.done(told)
	return nil
}

func removeFile(channel *channel, details json.RawMessage) error {
	request, path, err := channel.fileRequest(details)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(path); err != nil {
		return problemOf(err, path)
	}
	remove := os.Remove
	if request.Recursive {
		remove = os.RemoveAll
	}
	if err := remove(path); err != nil {
		return problemOf(err, path)
	}
	channel.done(nil)
	return nil
}

func makeFolder(channel *channel, details json.RawMessage) error {
	request, path, err := channel.fileRequest(details)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(path, request.Mode.Perm()); err != nil {
		return problemOf(err, path)
	}
	channel.done(nil)
	return nil
}

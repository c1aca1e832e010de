package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// A folder travels as records: u32 length, an entry as JSON, and for a file its bytes and their SHA-256. The last
// record is of kind `end`.

// What an entry may take; a path of Linux has 4096 bytes, and JSON at most six for one.
const maxRecordHeader = 64 << 10

func writeHeader(to io.Writer, told entry) error {
	header, err := json.Marshal(told)
	if err != nil {
		return err
	}
	_, err = to.Write(append(fourBytes(len(header)), header...))
	return err
}

func readHeader(from io.Reader) (entry, error) {
	var told entry
	var length [4]byte
	if _, err := io.ReadFull(from, length[:]); err != nil {
		return told, err
	}
	size := binary.BigEndian.Uint32(length[:])
	if size > maxRecordHeader {
		return told, &problem{Code: problemRecord, Text: "a record with a header out of bounds"}
	}
	header := make([]byte, size)
	if _, err := io.ReadFull(from, header); err != nil {
		return told, err
	}
	if err := json.Unmarshal(header, &told); err != nil {
		return told, &problem{Code: problemRecord, Text: err.Error()}
	}
	return told, nil
}

func listFolder(channel *channel, details json.RawMessage) error {
	_, path, err := channel.fileRequest(details)
	if err != nil {
		return err
	}
	folder, err := os.Open(path)
	if err != nil {
		return problemOf(err, path)
	}
	defer folder.Close()
	to := channel.output()
	for {
		// Not all at once: a folder can have more entries than there is memory.
		names, err := folder.Readdirnames(1000)
		for _, name := range names {
			inside := filepath.Join(path, name)
			info, err := os.Lstat(inside)
			if err != nil {
				// It went away meanwhile.
				continue
			}
			if err := writeHeader(to, entryOf(name, info, inside)); err != nil {
				return problemOf(err, path)
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return problemOf(err, path)
		}
	}
	if err := to.flush(); err != nil {
		return problemOf(err, path)
	}
	channel.done(nil)
	return nil
}

type folderResult struct {
	Entries int   `json:"entries"`
	Bytes   int64 `json:"bytes"`
}

type folderSender struct {
	to     *outputWriter
	result folderResult
}

func sendFolder(channel *channel, details json.RawMessage) error {
	_, path, err := channel.fileRequest(details)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return problemOf(err, path)
	}
	if !info.IsDir() {
		return &problem{Code: problemKind, Text: path + ": not a folder"}
	}
	sender := &folderSender{to: channel.output()}
	if err := sender.sendInside(path, ""); err != nil {
		return problemOf(err, path)
	}
	if err := writeHeader(sender.to, entry{Kind: kindEnd}); err != nil {
		return problemOf(err, path)
	}
	if err := sender.to.flush(); err != nil {
		return problemOf(err, path)
	}
	channel.done(sender.result)
	return nil
}

func (sender *folderSender) sendInside(folder string, relative string) error {
	inside, err := os.ReadDir(folder)
	if err != nil {
		return problemOf(err, folder)
	}
	for _, found := range inside {
		path := filepath.Join(folder, found.Name())
		name := filepath.Join(relative, found.Name())
		info, err := os.Lstat(path)
		if err != nil {
			return problemOf(err, path)
		}
		sender.result.Entries++
		if info.Mode().IsRegular() {
			err = sender.sendFile(path, name)
		} else {
			err = writeHeader(sender.to, entryOf(name, info, path))
		}
		if err == nil && info.IsDir() {
			err = sender.sendInside(path, name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (sender *folderSender) sendFile(path string, name string) error {
	file, info, err := openRegular(path, syscall.O_NOFOLLOW)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := writeHeader(sender.to, entryOf(name, info, path)); err != nil {
		return err
	}
	digest := sha256.New()
	// What is written to it from now on is left out; its length was told.
	content := io.LimitReader(file, info.Size())
	size, err := io.Copy(sender.to, io.TeeReader(content, digest))
	if err != nil {
		return problemOf(err, path)
	}
	if size != info.Size() {
		return &problem{Code: problemLength, Text: path + ": became shorter while it was read"}
	}
	sender.result.Bytes += size
	_, err = sender.to.Write(digest.Sum(nil))
	return err
}

// folderReceiver fills a temporary folder, which becomes the target at the end.
type folderReceiver struct {
	from      *bufio.Reader
	buffer    []byte
	temporary string
	folders   []entry
	files     []string
	result    folderResult
}

func receiveFolder(channel *channel, details json.RawMessage) error {
	request, target, err := channel.fileRequest(details)
	if err != nil {
		return err
	}
	exists, err := targetOf(target, request.Merge)
	if err != nil {
		return err
	}
	beside := filepath.Dir(target)
	if exists {
		// The target may be a mount: what is inside of it can be renamed to it.
		beside = target
	} else if err := os.MkdirAll(beside, 0o755); err != nil {
		return problemOf(err, target)
	}
	receiver := &folderReceiver{
		from:      bufio.NewReaderSize(&inputReader{inbox: channel.input}, chunkBytes),
		buffer:    make([]byte, chunkBytes),
		temporary: temporaryName(beside),
	}
	if err := os.Mkdir(receiver.temporary, 0o700); err != nil {
		return problemOf(err, target)
	}
	err = receiver.receive()
	switch {
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		err = &problem{Code: problemLength, Text: "input that ended before its last record"}
	case err == nil && exists:
		err = receiver.mergeInto(target)
	case err == nil:
		err = receiver.become(target, request)
	}
	// Before the answer: who has it may look.
	receiver.cleanUp()
	if err != nil {
		return problemOf(err, target)
	}
	channel.done(receiver.result)
	return nil
}

// targetOf says whether the target is a folder to merge into; anything else in its place is in the way.
func targetOf(target string, merge bool) (bool, error) {
	info, err := os.Stat(target)
	if os.IsNotExist(err) {
		return false, nil
	}
	if err != nil {
		return false, problemOf(err, target)
	}
	if !merge || !info.IsDir() {
		return false, &problem{Code: "EEXIST", Text: target + ": is there already"}
	}
	return true, nil
}

// cleanUp also removes what lies in folders that may not be written.
func (receiver *folderReceiver) cleanUp() {
	for _, folder := range receiver.folders {
		os.Chmod(filepath.Join(receiver.temporary, folder.text()), 0o700)
	}
	os.RemoveAll(receiver.temporary)
}

func (receiver *folderReceiver) receive() error {
	for {
		told, err := readHeader(receiver.from)
		if err != nil {
			return err
		}
		if told.Kind == kindEnd {
			return nil
		}
		name := told.text()
		if !filepath.IsLocal(name) || name == "." {
			return &problem{Code: problemRecord, Text: "a path that leads out of the folder"}
		}
		receiver.result.Entries++
		path := filepath.Join(receiver.temporary, name)
		switch told.Kind {
		case kindFolder:
			receiver.folders = append(receiver.folders, told)
			err = os.Mkdir(path, 0o700)
		case kindFile:
			receiver.files = append(receiver.files, name)
			err = receiver.receiveFile(path, told)
		default:
			err = &problem{Code: problemRecord, Text: "a record of kind " + told.Kind}
		}
		if err != nil {
			return err
		}
	}
}

func (receiver *folderReceiver) receiveFile(path string, told entry) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	digest := sha256.New()
	content := io.LimitReader(receiver.from, told.Size)
	size, err := io.CopyBuffer(io.MultiWriter(file, digest), content, receiver.buffer)
	if err != nil {
		return err
	}
	sum := make([]byte, sha256.Size)
	if size != told.Size {
		return io.ErrUnexpectedEOF
	}
	if _, err := io.ReadFull(receiver.from, sum); err != nil {
		return err
	}
	if !bytes.Equal(sum, digest.Sum(nil)) {
		return &problem{Code: problemHash, Text: path + ": other bytes than were sent"}
	}
	receiver.result.Bytes += size
	return file.Chmod(os.FileMode(told.Mode).Perm())
}

// setModes begins with the deepest: a folder that may not be written must have everything in it by then.
func (receiver *folderReceiver) setModes(root string) error {
	for _, folder := range slices.Backward(receiver.folders) {
		if err := os.Chmod(filepath.Join(root, folder.text()), os.FileMode(folder.Mode).Perm()); err != nil {
			return err
		}
	}
	return nil
}

func (receiver *folderReceiver) become(target string, request fileRequest) error {
	if err := receiver.setModes(receiver.temporary); err != nil {
		return err
	}
	if err := os.Chmod(receiver.temporary, request.Mode.Perm()); err != nil {
		return err
	}
	return os.Rename(receiver.temporary, target)
}

// mergeInto puts file by file into place; each is whole at any time, the folder is not.
func (receiver *folderReceiver) mergeInto(target string) error {
	made := []entry{}
	for _, folder := range receiver.folders {
		err := os.Mkdir(filepath.Join(target, folder.text()), 0o700)
		if err == nil {
			made = append(made, folder)
		} else if !os.IsExist(err) {
			return err
		}
	}
	for _, name := range receiver.files {
		if err := os.Rename(filepath.Join(receiver.temporary, name), filepath.Join(target, name)); err != nil {
			return err
		}
	}
	merged := &folderReceiver{folders: made}
	return merged.setModes(target)
}

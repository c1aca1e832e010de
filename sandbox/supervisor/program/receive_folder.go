package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// folderReceiver fills a temporary folder, which becomes the target at the end.
type folderReceiver struct {
	from      *bufio.Reader
	buffer    []byte
	temporary string
	folders   []entry
	// Files, and links once they are made.
	files []string
	// Made when everything else is there, so that nothing is written through one.
	links  []entry
	result folderResult
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
		buffer:    make([]byte, chunkBytes),
		temporary: temporaryName(beside),
	}
	if err := os.Mkdir(receiver.temporary, 0o700); err != nil {
		return problemOf(err, target)
	}
	receiver.from, err = recordsFrom(&inputReader{inbox: channel.input}, request.Gzip)
	if err == nil {
		err = receiver.receive()
	}
	switch {
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		err = &problem{Code: problemLength, Text: "input that ended before its last record"}
	case err == nil:
		err = receiver.putIntoPlace(target, exists, request)
	}
	// Before the answer: who has it may look.
	receiver.cleanUp()
	if err != nil {
		return problemOf(err, target)
	}
	channel.done(receiver.result)
	return nil
}

// recordsFrom reads records, which come in several members where they are compressed: the last may be sent much later.
func recordsFrom(input io.Reader, isCompressed bool) (*bufio.Reader, error) {
	from := bufio.NewReaderSize(input, chunkBytes)
	if !isCompressed {
		return from, nil
	}
	unpacked, err := gzip.NewReader(from)
	if err != nil {
		return nil, err
	}
	return bufio.NewReaderSize(unpacked, chunkBytes), nil
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
		case kindLink:
			receiver.links = append(receiver.links, told)
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

// makeLinks makes those that lead to somewhere inside of the folder. The client has looked, too.
func (receiver *folderReceiver) makeLinks() error {
	folders := map[string]bool{".": true}
	for _, folder := range receiver.folders {
		folders[folder.text()] = true
	}
	for _, link := range receiver.links {
		name, target := link.text(), link.target()
		if !folders[filepath.Dir(name)] || !linkStaysInside(strings.Count(name, "/"), target) {
			return &problem{Code: problemLink, Text: name + " -> " + target + ": a link that leads out of the folder"}
		}
		if err := os.Symlink(target, filepath.Join(receiver.temporary, name)); err != nil {
			return err
		}
		receiver.files = append(receiver.files, name)
	}
	return nil
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

func (receiver *folderReceiver) putIntoPlace(target string, exists bool, request fileRequest) error {
	if err := receiver.makeLinks(); err != nil {
		return err
	}
	if exists {
		return receiver.mergeInto(target)
	}
	return receiver.become(target, request)
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

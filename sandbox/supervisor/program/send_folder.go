package main

import (
	"crypto/sha256"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

type folderResult struct {
	Entries int   `json:"entries"`
	Bytes   int64 `json:"bytes"`
}

// folderSender sends what is in a folder, or fails: what changes meanwhile would arrive as something that never was.
type folderSender struct {
	to     *outputWriter
	result folderResult
}

func sendFolder(channel *channel, details json.RawMessage) error {
	_, path, err := channel.fileRequest(details)
	if err != nil {
		return err
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

func (sender *folderSender) sendInside(path string, relative string) error {
	folder, info, inside, err := openFolder(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	for _, found := range inside {
		if err := sender.sendEntry(filepath.Join(path, found), filepath.Join(relative, found)); err != nil {
			return err
		}
	}
	if checkStill(folder, info, path) == nil {
		return nil
	}
	return differenceIn(folder, path, inside)
}

// openFolder follows no link; the names are sorted.
func openFolder(path string) (*os.File, fs.FileInfo, []string, error) {
	folder, err := os.OpenFile(path, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return nil, nil, nil, problemOf(err, path)
	}
	info, err := folder.Stat()
	var inside []string
	if err == nil {
		inside, err = folder.Readdirnames(-1)
	}
	if err != nil {
		folder.Close()
		return nil, nil, nil, problemOf(err, path)
	}
	slices.Sort(inside)
	return folder, info, inside, nil
}

// differenceIn names what came into a folder or went out of it since its names were read.
func differenceIn(folder *os.File, path string, before []string) error {
	if _, err := folder.Seek(0, io.SeekStart); err != nil {
		return problemOf(err, path)
	}
	now, err := folder.Readdirnames(-1)
	if err != nil {
		return problemOf(err, path)
	}
	slices.Sort(now)
	for _, name := range before {
		if _, isThere := slices.BinarySearch(now, name); !isThere {
			return &problem{Code: problemChanged, Text: filepath.Join(path, name) + ": was removed while its folder was read"}
		}
	}
	for _, name := range now {
		if _, wasThere := slices.BinarySearch(before, name); !wasThere {
			return &problem{Code: problemChanged, Text: filepath.Join(path, name) + ": was made while its folder was read"}
		}
	}
	return changed(path, "was changed")
}

func (sender *folderSender) sendEntry(path string, name string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return vanished(err, path)
	}
	sender.result.Entries++
	if info.Mode().IsRegular() {
		return sender.sendFile(path, name)
	}
	told, err := entryOf(name, info, path)
	if err != nil {
		return vanished(err, path)
	}
	if err := writeHeader(sender.to, told); err != nil {
		return problemOf(err, path)
	}
	if !info.IsDir() {
		return nil
	}
	return vanishedInside(sender.sendInside(path, name), path)
}

// vanishedInside is about the folder itself; what is in it is told by its own name.
func vanishedInside(err error, path string) error {
	if err == nil {
		return nil
	}
	return vanished(err, path)
}

func (sender *folderSender) sendFile(path string, name string) error {
	file, info, err := openRegular(path, syscall.O_NOFOLLOW)
	if err != nil {
		return vanished(err, path)
	}
	defer file.Close()
	told, err := entryOf(name, info, path)
	if err != nil {
		return problemOf(err, path)
	}
	if err := writeHeader(sender.to, told); err != nil {
		return problemOf(err, path)
	}
	digest := sha256.New()
	// Its length was told; more is found out afterwards.
	content := io.LimitReader(file, info.Size())
	size, err := io.Copy(sender.to, io.TeeReader(content, digest))
	if err != nil {
		return problemOf(err, path)
	}
	if err := checkStill(file, info, path); err != nil {
		return err
	}
	if size != info.Size() {
		return &problem{Code: problemLength, Text: path + ": has fewer bytes than its length says"}
	}
	sender.result.Bytes += size
	_, err = sender.to.Write(digest.Sum(nil))
	return err
}

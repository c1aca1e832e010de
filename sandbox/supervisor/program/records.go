package main

import (
	"encoding/binary"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
)

// A folder travels as records: u32 length, an entry as JSON, and for a file its bytes and their SHA-256. The last
// record is of kind `end`.

// What an entry may take: a path and the target of a link, 4096 bytes each in Linux, and JSON takes at most six for one.
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
			told, err := entryOf(name, info, inside)
			if err != nil {
				continue
			}
			if err := writeHeader(to, told); err != nil {
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

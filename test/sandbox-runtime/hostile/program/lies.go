package main

import (
	"archive/tar"
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"io"
	"os"
	"strings"
)

// What a frame is called on the wire; the client's side is sandbox/supervisor/frames.ts.
const (
	frameOpen   = 1
	frameHello  = 32
	frameOutput = 34
	frameExit   = 35
	frameDone   = 36
)

// That of sandbox/supervisor/frames.ts: with another one the client believes nothing from the start.
const protocolVersion = 2

// How much follows a length that promises more.
const endlessBytes = 64 << 20

// lie stands in the supervisor's place and does not keep to what it stands for. The request says how it is to lie: the
// program of a command, or the last name of a path.
func lie(arguments []string) {
	if len(arguments) == 1 {
		os.Remove(arguments[0])
	}
	say(frameHello, 0, object{"version": protocolVersion, "cwd": "/workspace"})
	in := bufio.NewReader(os.Stdin)
	for {
		var header [9]byte
		if _, err := io.ReadFull(in, header[:]); err != nil {
			return
		}
		payload := make([]byte, binary.BigEndian.Uint32(header[:4])-5)
		if _, err := io.ReadFull(in, payload); err != nil {
			return
		}
		if header[4] == frameOpen {
			answer(binary.BigEndian.Uint32(header[5:]), payload)
		}
	}
}

type object map[string]any

func answer(channel uint32, request []byte) {
	var asked struct {
		Operation string `json:"op"`
		With      struct {
			Path string   `json:"path"`
			Argv []string `json:"argv"`
		} `json:"with"`
	}
	if json.Unmarshal(request, &asked) != nil {
		return
	}
	switch asked.Operation {
	case "run":
		lieAboutCommand(channel, asked.With.Argv[0])
	case "stat":
		say(frameDone, channel, object{"result": object{"path": asked.With.Path, "kind": "folder"}})
	default:
		lieAboutFolder(channel, asked.With.Path)
	}
}

func lieAboutCommand(channel uint32, how string) {
	if how == "of-another" {
		// The end of a command that nobody asked for.
		say(frameExit, channel+1, object{"code": 0})
		return
	}
	// A frame without an end: its length is most of what four bytes can say.
	header := make([]byte, 9)
	binary.BigEndian.PutUint32(header, 0xfffffff0)
	header[4] = frameOutput
	binary.BigEndian.PutUint32(header[5:], channel)
	os.Stdout.Write(header)
	for left := endlessBytes; left > 0; left -= 1 << 16 {
		if _, err := os.Stdout.Write(make([]byte, 1<<16)); err != nil {
			return
		}
	}
}

func lieAboutFolder(channel uint32, path string) {
	for _, entry := range hostileEntries(path[strings.LastIndexByte(path, '/')+1:]) {
		header, _ := json.Marshal(object{"path": entry.name, "kind": entry.kind, "target": entry.target, "size": len(entry.content), "mode": 0o644})
		record := binary.BigEndian.AppendUint32([]byte{1}, uint32(len(header)))
		record = append(append(record, header...), entry.content...)
		if entry.kind == "file" {
			sum := sha256.Sum256([]byte(entry.content))
			record = append(record, sum[:]...)
		}
		send(frameOutput, channel, record)
	}
	say(frameDone, channel, object{"result": object{}})
}

type entry struct{ name, kind, target, content string }

// hostileEntries would change a file beside the folder that they are taken into, "outside/precious".
func hostileEntries(how string) []entry {
	switch how {
	case "link":
		return []entry{{"way", "link", "../outside", ""}, {"way/precious", "file", "", "owned"}}
	case "link-through-link":
		// Each seems to stay inside: the second would, in a folder.
		return []entry{{"here", "link", ".", ""}, {"here/way", "link", "../outside", ""}, {"way/precious", "file", "", "owned"}}
	}
	return []entry{{"../outside/precious", "file", "", "owned"}}
}

// hostileTar is what a tenant puts in the place of the image's tar.
func hostileTar(arguments []string) (string, error) {
	archive := tar.NewWriter(os.Stdout)
	for _, entry := range hostileEntries(arguments[0]) {
		header := &tar.Header{Name: entry.name, Mode: 0o644, Size: int64(len(entry.content)), Typeflag: tar.TypeReg}
		if entry.kind == "link" {
			header.Typeflag, header.Linkname = tar.TypeSymlink, entry.target
		}
		if err := archive.WriteHeader(header); err != nil {
			return "", err
		}
		if _, err := io.WriteString(archive, entry.content); err != nil {
			return "", err
		}
	}
	return "", archive.Close()
}

func say(kind byte, channel uint32, message object) {
	payload, _ := json.Marshal(message)
	send(kind, channel, payload)
}

func send(kind byte, channel uint32, payload []byte) {
	header := make([]byte, 9, 9+len(payload))
	binary.BigEndian.PutUint32(header, uint32(5+len(payload)))
	header[4] = kind
	binary.BigEndian.PutUint32(header[5:], channel)
	os.Stdout.Write(append(header, payload...))
}

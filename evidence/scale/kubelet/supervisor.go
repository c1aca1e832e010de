package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"io"
	"strconv"
	"strings"
)

// Of the frames of the supervisor (sandbox/supervisor/program/frames.go), those that are spoken here.
const (
	frameOpen    = 1
	frameEnd     = 3
	frameHello   = 32
	frameStarted = 33
	frameOutput  = 34
	frameDone    = 36

	frameHeader = 9
	version     = 2
)

// supervise takes the program in, throws it away, and answers as it would: every command prints a line and ends.
func supervise(from io.Reader, to io.Writer) {
	if _, err := io.WriteString(to, "x86_64\n"); err != nil {
		return
	}
	reader := bufio.NewReaderSize(from, 64<<10)
	line, err := reader.ReadString('\n')
	length, failed := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || failed != nil {
		return
	}
	if _, err := io.CopyN(io.Discard, reader, int64(length)); err != nil {
		return
	}
	// Thousands wait, and each has read its last large thing.
	reader = bufio.NewReaderSize(reader, 512)
	send(to, frameHello, 0, map[string]any{"version": version, "cwd": "/work", "pid": 7})
	for {
		kind, channel, payload, err := receive(reader)
		if err != nil || kind == frameEnd && channel == 0 {
			return
		}
		if kind == frameOpen {
			answer(to, channel, payload)
		}
	}
}

func answer(to io.Writer, channel uint32, payload []byte) {
	var request struct {
		Operation string `json:"op"`
		With      struct {
			TellsStart bool `json:"tellsStart"`
		} `json:"with"`
	}
	json.Unmarshal(payload, &request)
	done := map[string]any{}
	switch request.Operation {
	case "run":
		if request.With.TellsStart {
			sendBytes(to, frameStarted, channel, []byte{0, 0, 0, 8})
		}
		sendBytes(to, frameOutput, channel, []byte("\x01hello\n"))
		done["result"] = map[string]any{"exitCode": 0, "cpuMs": 1, "rssKiB": 1024}
	case "stat":
		done["result"] = map[string]any{}
	case "closed":
		done["result"] = map[string]any{"isClosed": true, "tried": "a stand-in"}
	default:
		done["problem"] = map[string]any{"code": "EINVAL", "text": "a stand-in does not do this"}
	}
	send(to, frameDone, channel, done)
}

func receive(from io.Reader) (kind byte, channel uint32, payload []byte, err error) {
	var header [frameHeader]byte
	if _, err = io.ReadFull(from, header[:]); err != nil {
		return
	}
	payload = make([]byte, binary.BigEndian.Uint32(header[:4])-(frameHeader-4))
	_, err = io.ReadFull(from, payload)
	return header[4], binary.BigEndian.Uint32(header[5:]), payload, err
}

func send(to io.Writer, kind byte, channel uint32, message any) {
	payload, _ := json.Marshal(message)
	sendBytes(to, kind, channel, payload)
}

func sendBytes(to io.Writer, kind byte, channel uint32, payload []byte) {
	frame := make([]byte, frameHeader, frameHeader+len(payload))
	binary.BigEndian.PutUint32(frame, uint32(len(payload)+frameHeader-4))
	frame[4] = kind
	binary.BigEndian.PutUint32(frame[5:], channel)
	to.Write(append(frame, payload...))
}

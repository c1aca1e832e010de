package main

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"syscall"
)

// A frame is: u32 length of what follows, u8 type, u32 channel, payload. frames.ts is its other half.
const (
	frameHeader = 9
	// What may travel to this side in one frame: the longest is a command with its environment.
	maxIncoming = 1 << 20
	// What travels as bytes of a stream at once: with all that is put before it on the way to here (this header, the
	// channel of the exec, the header of the WebSocket) it fills 64 KiB, so that no crumbs have to be carried by themselves.
	chunkBytes = 64<<10 - frameHeader - 9
)

const (
	frameOpen   = 1
	frameData   = 2
	frameEnd    = 3
	frameCredit = 4
	frameStop   = 5
	frameSignal = 6
	frameMute   = 7
	frameResize = 8

	frameHello   = 32
	frameStarted = 33
	frameOutput  = 34
	frameExit    = 35
	frameDone    = 36
	frameGrant   = 37
)

// windowsOf says how much may be under way at most of what comes, and of each stream that goes, as frames.ts has it. How
// much of what comes is granted depends on the others: see inputs.
func windowsOf(operation string) (input int, outputs [2]int) {
	const command = 16 * chunkBytes
	if operation == "run" || operation == "follow" || operation == "accept" {
		return command, [2]int{command, command}
	}
	return 128 * chunkBytes, [2]int{384 * chunkBytes, 0}
}

var errFrame = errors.New("a frame out of bounds")

type frame struct {
	kind    byte
	channel uint32
	payload []byte
}

func readFrame(from io.Reader) (frame, error) {
	var header [frameHeader]byte
	if _, err := io.ReadFull(from, header[:]); err != nil {
		return frame{}, err
	}
	length := binary.BigEndian.Uint32(header[:4])
	if length < frameHeader-4 || length > maxIncoming {
		return frame{}, errFrame
	}
	read := frame{kind: header[4], channel: binary.BigEndian.Uint32(header[5:])}
	read.payload = payloadOf(int(length) - (frameHeader - 4))
	_, err := io.ReadFull(from, read.payload)
	return read, err
}

// Chunks of large inputs are used again: they would be garbage as fast as they come.
var usedChunks = sync.Pool{New: func() any { return new([chunkBytes]byte) }}

func payloadOf(length int) []byte {
	if length != chunkBytes {
		return make([]byte, length)
	}
	return usedChunks.Get().(*[chunkBytes]byte)[:]
}

// used says that nobody holds a payload any more.
func used(payload []byte) {
	if len(payload) == chunkBytes {
		usedChunks.Put((*[chunkBytes]byte)(payload))
	}
}

// frameWriter writes whole frames, one after the other, from any goroutine.
type frameWriter struct {
	mutex  sync.Mutex
	to     io.Writer
	closed atomic.Bool
}

func putHeader(header []byte, kind byte, channel uint32, payload int) {
	binary.BigEndian.PutUint32(header, uint32(payload+frameHeader-4))
	header[4] = kind
	binary.BigEndian.PutUint32(header[5:], channel)
}

// sendPrepared writes a buffer whose first bytes were kept free for the header.
func (writer *frameWriter) sendPrepared(kind byte, channel uint32, buffer []byte) error {
	putHeader(buffer, kind, channel, len(buffer)-frameHeader)
	writer.mutex.Lock()
	defer writer.mutex.Unlock()
	if writer.closed.Load() {
		return io.ErrClosedPipe
	}
	_, err := writer.to.Write(buffer)
	return err
}

// close drops every later frame: what ends because the client has gone must not look as if it had ended by itself.
func (writer *frameWriter) close() {
	// Without the mutex: whoever holds it may wait for a reader who is no more.
	writer.closed.Store(true)
}

func (writer *frameWriter) send(kind byte, channel uint32, payload []byte) error {
	buffer := make([]byte, frameHeader, frameHeader+len(payload))
	return writer.sendPrepared(kind, channel, append(buffer, payload...))
}

func (writer *frameWriter) sendJSON(kind byte, channel uint32, message any) error {
	payload, err := json.Marshal(message)
	if err != nil {
		return err
	}
	return writer.send(kind, channel, payload)
}

// widenPipes lets more lie in the two pipes that frames travel in, so that their ends wake each other less often. A
// kernel that does not allow it keeps what it gave.
func widenPipes() {
	const setPipeSize, bytes = 1031, 1 << 20
	for descriptor := range uintptr(2) {
		syscall.Syscall(syscall.SYS_FCNTL, descriptor, setPipeSize, bytes)
	}
}

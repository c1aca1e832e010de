package main

import (
	"encoding/binary"
	"io"
	"sync"
)

// credit is what the client still takes of one stream.
type credit struct {
	mutex  sync.Mutex
	more   sync.Cond
	bytes  int
	closed bool
}

func newCredit(window int) *credit {
	made := &credit{bytes: window}
	made.more.L = &made.mutex
	return made
}

// take waits for credit and takes at most `most`; it is 0 when the stream was closed.
func (credit *credit) take(most int) int {
	credit.mutex.Lock()
	defer credit.mutex.Unlock()
	for credit.bytes == 0 && !credit.closed {
		credit.more.Wait()
	}
	if credit.closed {
		return 0
	}
	taken := min(most, credit.bytes)
	credit.bytes -= taken
	return taken
}

func (credit *credit) give(bytes int) {
	credit.mutex.Lock()
	credit.bytes += bytes
	credit.mutex.Unlock()
	credit.more.Signal()
}

func (credit *credit) close() {
	credit.mutex.Lock()
	credit.closed = true
	credit.mutex.Unlock()
	credit.more.Broadcast()
}

// inbox holds what the client sent on a channel until it is read, and grants it more as it is.
type inbox struct {
	window  int
	mutex   sync.Mutex
	more    sync.Cond
	chunks  [][]byte
	held    int
	read    int
	ended   bool
	trailer []byte
	failure error
	grant   func(bytes int)
}

func newInbox(window int, grant func(bytes int)) *inbox {
	made := &inbox{window: window, grant: grant}
	made.more.L = &made.mutex
	return made
}

// put says false when the client sent more than it was granted.
func (inbox *inbox) put(chunk []byte) bool {
	inbox.mutex.Lock()
	defer inbox.mutex.Unlock()
	if inbox.failure != nil {
		// Nobody reads any more, and the client could not know.
		return true
	}
	if inbox.held+len(chunk) > inbox.window {
		return false
	}
	inbox.held += len(chunk)
	if len(chunk) > 0 {
		inbox.chunks = append(inbox.chunks, chunk)
	}
	inbox.more.Signal()
	return true
}

func (inbox *inbox) end(trailer []byte) {
	inbox.mutex.Lock()
	inbox.ended = true
	inbox.trailer = trailer
	inbox.mutex.Unlock()
	inbox.more.Broadcast()
}

// stop makes every read fail from now on.
func (inbox *inbox) stop(failure error) {
	inbox.mutex.Lock()
	inbox.failure = failure
	inbox.chunks = nil
	inbox.mutex.Unlock()
	inbox.more.Broadcast()
}

// next waits for one chunk; io.EOF is the client's end of input.
func (inbox *inbox) next() ([]byte, error) {
	inbox.mutex.Lock()
	defer inbox.mutex.Unlock()
	for len(inbox.chunks) == 0 && !inbox.ended && inbox.failure == nil {
		inbox.more.Wait()
	}
	if inbox.failure != nil {
		return nil, inbox.failure
	}
	if len(inbox.chunks) == 0 {
		return nil, io.EOF
	}
	chunk := inbox.chunks[0]
	inbox.chunks = inbox.chunks[1:]
	return chunk, nil
}

// lastWord is what came with the end of input.
func (inbox *inbox) lastWord() []byte {
	inbox.mutex.Lock()
	defer inbox.mutex.Unlock()
	return inbox.trailer
}

// done says that bytes from next were used; the client hears of it a quarter of a window at a time.
func (inbox *inbox) done(bytes int) {
	inbox.mutex.Lock()
	inbox.held -= bytes
	inbox.read += bytes
	granted := 0
	if inbox.read >= inbox.window/4 {
		granted, inbox.read = inbox.read, 0
	}
	inbox.mutex.Unlock()
	if granted > 0 {
		inbox.grant(granted)
	}
}

func fourBytes(number int) []byte {
	return binary.BigEndian.AppendUint32(nil, uint32(number))
}

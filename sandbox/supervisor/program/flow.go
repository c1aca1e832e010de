package main

import (
	"encoding/binary"
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

func fourBytes(number int) []byte {
	return binary.BigEndian.AppendUint32(nil, uint32(number))
}

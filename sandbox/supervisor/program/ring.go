package main

import "sync"

// ring keeps the last bytes of an output, and how many there were before them.
type ring struct {
	mutex sync.Mutex
	more  sync.Cond
	bytes []byte
	// How many bytes came before those that are kept.
	start int64
	most  int
	ended bool
}

func newRing(most int) *ring {
	made := &ring{most: most}
	made.more.L = &made.mutex
	return made
}

// Write never waits for a reader: what nobody has read in time is dropped.
func (ring *ring) Write(chunk []byte) (int, error) {
	ring.mutex.Lock()
	ring.bytes = append(ring.bytes, chunk...)
	// Not at each write: moving what is kept costs as much as it is long.
	if len(ring.bytes) > ring.most+ring.most/4 {
		gone := len(ring.bytes) - ring.most
		ring.bytes = ring.bytes[:copy(ring.bytes, ring.bytes[gone:])]
		ring.start += int64(gone)
	}
	ring.mutex.Unlock()
	ring.more.Broadcast()
	return len(chunk), nil
}

func (ring *ring) end() {
	ring.mutex.Lock()
	ring.ended = true
	ring.mutex.Unlock()
	ring.more.Broadcast()
}

// wake lets readers look whether they are stopped. With the mutex: one that has just looked must not miss it.
func (ring *ring) wake() {
	ring.mutex.Lock()
	defer ring.mutex.Unlock()
	ring.more.Broadcast()
}

// read waits for bytes from an offset on, and says where those that it gives begin: later, when they were dropped
// meanwhile. None are given at the end, and when `stopped` says that nobody reads any more.
func (ring *ring) read(from int64, into []byte, stopped func() bool) (at int64, count int) {
	ring.mutex.Lock()
	defer ring.mutex.Unlock()
	for from >= ring.start+int64(len(ring.bytes)) && !ring.ended && !stopped() {
		ring.more.Wait()
	}
	if stopped() {
		return from, 0
	}
	at = max(from, ring.start)
	if skip := at - ring.start; skip < int64(len(ring.bytes)) {
		count = copy(into, ring.bytes[skip:])
	}
	return at, count
}

// extent is where what is kept begins, and where it ends.
func (ring *ring) extent() (start, end int64) {
	ring.mutex.Lock()
	defer ring.mutex.Unlock()
	return ring.start, ring.start + int64(len(ring.bytes))
}

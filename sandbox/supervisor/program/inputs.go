package main

import (
	"io"
	"slices"
	"sync"
)

const (
	// So many commands have a place for one chunk of input each, whatever the others do, and as many files; frames.ts has
	// the same number. A file is read on, and a command may never read: no file waits for one.
	inputPlaces = 32
	// What all channels share beyond that, so that one alone has a large window and many have small ones.
	sharedInput = 192 * chunkBytes
)

// inputs is the memory of all that clients send: the bytes that were granted and not used yet, over all channels, never
// exceed twice inputPlaces chunks and sharedInput. One mutex is enough: what is done under it takes no time.
type inputs struct {
	mutex           sync.Mutex
	commands, files places
	shared          int
}

// places are those of one kind of operation, and who waits for one.
type places struct {
	free    int
	waiting []*inbox
}

func newInputs() *inputs {
	return &inputs{
		commands: places{free: inputPlaces}, files: places{free: inputPlaces}, shared: sharedInput,
	}
}

// inbox holds what the client sent on a channel until it is read, and grants it more as it is.
type inbox struct {
	inputs *inputs
	places *places
	// What the channel may have at most, and how the client is told that it may send more.
	window int
	grant  func(bytes int)

	more    sync.Cond
	chunks  [][]byte
	trailer []byte
	ended   bool
	failure error

	// What came and is not used yet, and what the client may still send.
	held, credit int
	// Of that: whether one chunk has a place, and how much the rest took from what is shared.
	hasPlace bool
	extra    int
}

// newInbox has room for a first chunk when the client says that it takes a place, and none otherwise; it says false
// when there is no place of that kind.
func (inputs *inputs) newInbox(of *places, window int, takesPlace bool, grant func(bytes int)) (*inbox, bool) {
	made := &inbox{inputs: inputs, places: of, window: window, grant: grant}
	made.more.L = &inputs.mutex
	inputs.mutex.Lock()
	defer inputs.mutex.Unlock()
	return made, !takesPlace || made.takePlace() > 0
}

func (inbox *inbox) takePlace() int {
	if inbox.places.free == 0 {
		return 0
	}
	inbox.places.free--
	inbox.hasPlace = true
	inbox.credit += chunkBytes
	return chunkBytes
}

// put says false when the client sent more than it was granted.
func (inbox *inbox) put(chunk []byte) bool {
	inbox.inputs.mutex.Lock()
	defer inbox.inputs.mutex.Unlock()
	if inbox.failure != nil {
		// Nobody reads any more, and the client could not know.
		return true
	}
	if len(chunk) > inbox.credit {
		return false
	}
	inbox.credit -= len(chunk)
	inbox.held += len(chunk)
	if len(chunk) > 0 {
		inbox.keep(chunk)
	}
	inbox.more.Signal()
	return true
}

// keep joins small pieces: each by itself would take many times its bytes.
func (inbox *inbox) keep(chunk []byte) {
	last := len(inbox.chunks) - 1
	if last >= 0 && len(inbox.chunks[last])+len(chunk) <= chunkBytes {
		inbox.chunks[last] = append(inbox.chunks[last], chunk...)
		return
	}
	inbox.chunks = append(inbox.chunks, chunk)
}

func (inbox *inbox) end(trailer []byte) {
	inbox.inputs.mutex.Lock()
	inbox.ended = true
	inbox.trailer = trailer
	inbox.credit = 0
	tell := inbox.settle()
	inbox.inputs.mutex.Unlock()
	inbox.more.Broadcast()
	tell()
}

// stop makes every read fail from now on.
func (inbox *inbox) stop(failure error) {
	inbox.inputs.mutex.Lock()
	inbox.failure = failure
	inbox.chunks = nil
	inbox.held, inbox.credit = 0, 0
	tell := inbox.settle()
	inbox.inputs.mutex.Unlock()
	inbox.more.Broadcast()
	tell()
}

// next waits for one chunk; io.EOF is the client's end of input.
func (inbox *inbox) next() ([]byte, error) {
	inbox.askForPlace()
	inbox.inputs.mutex.Lock()
	defer inbox.inputs.mutex.Unlock()
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

// askForPlace is for a channel that was opened without one: it waits in line.
func (inbox *inbox) askForPlace() {
	inbox.inputs.mutex.Lock()
	granted := 0
	if !inbox.hasPlace && inbox.needsPlace() && !slices.Contains(inbox.places.waiting, inbox) {
		granted = inbox.takePlace()
		if granted == 0 {
			inbox.places.waiting = append(inbox.places.waiting, inbox)
		}
	}
	inbox.inputs.mutex.Unlock()
	if granted > 0 {
		inbox.grant(granted)
	}
}

func (inbox *inbox) needsPlace() bool { return inbox.failure == nil && !inbox.ended }

// isStopped says that nobody reads any more, whether its end had come or not.
func (inbox *inbox) isStopped() bool {
	inbox.inputs.mutex.Lock()
	defer inbox.inputs.mutex.Unlock()
	return inbox.failure != nil
}

// lastWord is what came with the end of input.
func (inbox *inbox) lastWord() []byte {
	inbox.inputs.mutex.Lock()
	defer inbox.inputs.mutex.Unlock()
	return inbox.trailer
}

// done says that bytes from next were used.
func (inbox *inbox) done(bytes int) {
	inbox.inputs.mutex.Lock()
	if inbox.failure == nil {
		inbox.held -= bytes
	}
	tell := inbox.settle()
	inbox.inputs.mutex.Unlock()
	tell()
}

// settle gives back what the channel does not need any more and takes what the client may send beyond that. What it
// answers is called without the mutex, because the client may be slow to hear it.
//
// A channel takes twice as much of what is shared as it leaves free. So the first gets two thirds, and when others come
// it gives way to them, until all have the same and something is left for one more.
func (inbox *inbox) settle() (tell func()) {
	inputs := inbox.inputs
	owned := inbox.held + inbox.credit
	needed := max(0, owned-chunkBytes)
	inputs.shared += inbox.extra - needed
	inbox.extra = needed
	if !inbox.needsPlace() {
		if owned == 0 {
			return inbox.leavePlace()
		}
		return func() {}
	}
	if !inbox.hasPlace {
		return func() {}
	}
	extra := min(inbox.window-chunkBytes, wholeChunks((inputs.shared+inbox.extra)*2/3))
	target := chunkBytes + extra
	more := wholeChunks(target - owned)
	// Not a little at a time: each word to the client has its cost.
	if more < max(chunkBytes, target/4) {
		return func() {}
	}
	taken := max(0, owned+more-chunkBytes) - inbox.extra
	inputs.shared -= taken
	inbox.extra += taken
	inbox.credit += more
	return func() { inbox.grant(more) }
}

// leavePlace hands the place to the first that waits for one.
func (inbox *inbox) leavePlace() (tell func()) {
	places := inbox.places
	if !inbox.hasPlace {
		places.waiting = slices.DeleteFunc(places.waiting, isInbox(inbox))
		return func() {}
	}
	inbox.hasPlace = false
	places.free++
	if len(places.waiting) == 0 {
		return func() {}
	}
	next := places.waiting[0]
	places.waiting = places.waiting[1:]
	granted := next.takePlace()
	return func() { next.grant(granted) }
}

func isInbox(wanted *inbox) func(*inbox) bool {
	return func(other *inbox) bool { return other == wanted }
}

func wholeChunks(bytes int) int { return bytes / chunkBytes * chunkBytes }

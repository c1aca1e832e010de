package main

import (
	"encoding/binary"
	"encoding/json"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

type followRequest struct {
	Id string `json:"id"`
	// How much of each output its reader has.
	Offsets [2]int64 `json:"offsets"`
}

// endOfFollow is the end of a command, and what its reader has missed of each output: it came faster than it was read.
type endOfFollow struct {
	endOfRun
	Missed [2]int64 `json:"missed"`
	// The reader has left, and the command may run on.
	Left bool `json:"left,omitempty"`
}

// follow sends a command's output from an offset on, then its end. What the client signals goes to the command.
func (keeper *keeper) follow(channel *channel, details json.RawMessage) error {
	var request followRequest
	if err := json.Unmarshal(details, &request); err != nil {
		return &problem{Code: "EINVAL", Text: err.Error()}
	}
	followed, err := keeper.known(request.Id)
	if err != nil {
		return err
	}
	var begins [2]int64
	told := []byte{}
	for index, ring := range followed.rings {
		start, end := ring.extent()
		if request.Offsets[index] < 0 || request.Offsets[index] > end {
			return &problem{Code: problemOffset, Text: "an offset beyond what was written"}
		}
		begins[index] = max(start, request.Offsets[index])
		told = binary.BigEndian.AppendUint64(told, uint64(begins[index]))
	}
	channel.session.out.send(frameStarted, channel.id, told)
	var missed [2]int64
	var readers sync.WaitGroup
	for index, ring := range followed.rings {
		readers.Add(1)
		go func() {
			defer readers.Done()
			missed[index] = channel.sendKept(byte(index+1), ring, begins[index])
		}()
	}
	sent := make(chan struct{})
	go func() {
		readers.Wait()
		close(sent)
	}()
	select {
	case <-sent:
	case <-followed.over:
	}
	if followed.isOver() && followed.lost == nil && !channel.left.Load() {
		select {
		case <-sent:
		case <-time.After(exitPatience):
			channel.session.out.sendJSON(frameExit, channel.id, followed.end)
		}
	}
	<-sent
	if channel.left.Load() {
		channel.done(endOfFollow{Left: true})
		return nil
	}
	<-followed.over
	if followed.lost != nil {
		return followed.lost
	}
	channel.done(endOfFollow{endOfRun: followed.end, Missed: missed})
	return nil
}

// sendKept sends an output until its end, or until the reader leaves, and answers with how much it has missed.
func (channel *channel) sendKept(stream byte, from *ring, offset int64) (missed int64) {
	buffer := make([]byte, outputHeader+chunkBytes)
	credit := channel.credits[stream-1]
	isStopped := channel.left.Load
	stop := channel.onLeave(from.wake)
	defer stop()
	for {
		room := credit.take(chunkBytes)
		if room == 0 {
			// Muted: its reader wants to know of the end only.
			_, count := from.read(offset, buffer[outputHeader:], isStopped)
			if count == 0 {
				return missed
			}
			offset += int64(count)
			continue
		}
		at, count := from.read(offset, buffer[outputHeader:outputHeader+room], isStopped)
		missed += at - offset
		offset = at + int64(count)
		if count == 0 {
			return missed
		}
		buffer[frameHeader] = stream
		channel.session.out.sendPrepared(frameOutput, channel.id, buffer[:outputHeader+count])
		credit.give(room - count)
	}
}

func (keeper *keeper) known(id string) (*kept, error) {
	keeper.mutex.Lock()
	defer keeper.mutex.Unlock()
	if found := keeper.find(id); found != nil {
		return found, nil
	}
	return nil, noCommand(id)
}

func noCommand(id string) *problem {
	return &problem{Code: problemNoCommand, Text: "no detached command with the id " + id}
}

// keptCommand is what a list tells of one.
type keptCommand struct {
	Id    string   `json:"id"`
	Argv  []string `json:"argv"`
	AgeMs int64    `json:"ageMs"`
	// Where what is kept of each output begins and ends.
	Stdout [2]int64  `json:"stdout"`
	Stderr [2]int64  `json:"stderr"`
	End    *endOfRun `json:"end,omitempty"`
	// It is over, and its end is not known.
	IsLost bool `json:"isLost,omitempty"`
}

// What is told of a command line: all of it would not fit into an answer.
const toldOfArgv = 200

func (keeper *keeper) list(channel *channel, _ json.RawMessage) error {
	keeper.mutex.Lock()
	found := []keptCommand{}
	for _, one := range keeper.kept {
		told := keptCommand{Id: one.id, AgeMs: time.Since(one.started).Milliseconds(), Argv: []string{}}
		left := toldOfArgv
		for _, word := range one.argv {
			if left <= 0 {
				break
			}
			word = word[:min(len(word), left)]
			told.Argv = append(told.Argv, word)
			left -= len(word) + 1
		}
		told.Stdout[0], told.Stdout[1] = one.rings[0].extent()
		told.Stderr[0], told.Stderr[1] = one.rings[1].extent()
		if one.isOver() && one.lost == nil {
			told.End = &one.end
		}
		told.IsLost = one.isOver() && one.lost != nil
		found = append(found, told)
	}
	keeper.mutex.Unlock()
	channel.done(map[string]any{"commands": found})
	return nil
}

// forget lets go of one that is over.
func (keeper *keeper) forget(channel *channel, details json.RawMessage) error {
	var request followRequest
	if err := json.Unmarshal(details, &request); err != nil {
		return &problem{Code: "EINVAL", Text: err.Error()}
	}
	found, err := keeper.known(request.Id)
	if err != nil {
		return err
	}
	if !found.isOver() {
		return &problem{Code: "EBUSY", Text: "it runs"}
	}
	keeper.remove(found)
	channel.done(nil)
	return nil
}

// leaving is how a reader goes without ending what it reads.
type leaving struct {
	left  atomic.Bool
	mutex sync.Mutex
	heard map[int]func()
	next  int
}

// onLeave calls back when the reader leaves, at once when it has left.
func (leaving *leaving) onLeave(what func()) (forget func()) {
	leaving.mutex.Lock()
	defer leaving.mutex.Unlock()
	if leaving.left.Load() {
		what()
	}
	if leaving.heard == nil {
		leaving.heard = map[int]func(){}
	}
	number := leaving.next
	leaving.next++
	leaving.heard[number] = what
	return func() {
		leaving.mutex.Lock()
		defer leaving.mutex.Unlock()
		delete(leaving.heard, number)
	}
}

func (leaving *leaving) tell() {
	leaving.mutex.Lock()
	defer leaving.mutex.Unlock()
	leaving.left.Store(true)
	for _, what := range leaving.heard {
		what()
	}
}

func (channel *channel) leave() {
	channel.leaving.tell()
	for _, credit := range channel.credits {
		credit.close()
	}
	channel.input.stop(io.EOF)
}

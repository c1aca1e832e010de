package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// How long reapers may take to end what is below them, when the client is gone.
const goodbyeBound = 2 * time.Second

const protocolVersion = 2

// session is the client at the other end, and everything that goes on for it.
type session struct {
	out      *frameWriter
	reapers  *reapers
	start    string
	mutex    sync.Mutex
	channels map[uint32]*channel
	inputs   *inputs
	// Ports whose connections the client takes.
	listeners map[int]*portListener
	// Operations that the keeper of the sandbox does.
	relays map[uint32]*relay
	// Of a session with a supervisor; undefined in one with a client.
	keeper *keeper
}

// channel is one operation.
type channel struct {
	id      uint32
	session *session
	input   *inbox
	credits [2]*credit
	// What a stop or a signal does; a file operation only stops.
	onSignal func(reaperRequest)
	// Of a command: how large its terminal is to be.
	onResize func(terminalSize)
	leaving
}

type openRequest struct {
	Operation string          `json:"op"`
	Details   json.RawMessage `json:"with"`
	// Whether the first chunk of its input comes without being granted.
	TakesPlace bool `json:"place"`
}

type hello struct {
	Version int    `json:"version"`
	Cwd     string `json:"cwd"`
	Pid     int    `json:"pid"`
}

// serve ends with the client's stream, and everything that was started ends with it. A client that says goodbye has
// released what is left; one whose stream just ends may have been killed, and then it matters when that was.
func serve(from io.Reader, to io.Writer) (code int, cutOff time.Time) {
	if err := adopt(); err != nil {
		return 1, cutOff
	}
	widenPipes()
	warmThreads()
	signal.Notify(make(chan os.Signal, 1), syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGPIPE)
	go takeTheDead()
	folder, err := os.Getwd()
	if err != nil {
		folder = "/"
	}
	session := &session{
		out:       &frameWriter{to: to},
		reapers:   &reapers{all: map[*reaper]bool{}},
		start:     folder,
		channels:  map[uint32]*channel{},
		inputs:    newInputs(),
		listeners: map[int]*portListener{},
		relays:    map[uint32]*relay{},
	}
	session.out.sendJSON(frameHello, 0, hello{Version: protocolVersion, Cwd: folder, Pid: os.Getpid()})
	go session.reapers.keepSpare()
	reader := bufio.NewReaderSize(from, 256<<10)
	for {
		frame, err := readFrame(reader)
		if err == nil && session.receive(frame) {
			continue
		}
		if err == nil && frame.isGoodbye() {
			sayGoodbye()
		} else {
			cutOff = time.Now()
		}
		break
	}
	session.out.close()
	session.reapers.endAll()
	return goodbye(), cutOff
}

// goodbye waits until nothing is left below this process, and kills what stays.
func goodbye() int {
	polite := time.Now().Add(goodbyeBound)
	for last := polite.Add(goodbyeBound); time.Now().Before(last); time.Sleep(sweepPause) {
		if waitForDead() {
			return 0
		}
		if time.Now().After(polite) {
			freezeAndKill()
		}
	}
	return 1
}

// takeTheDead takes the status of reapers, whose end is seen on their sockets, and of orphans of one that was killed.
func takeTheDead() {
	children := make(chan os.Signal, 1)
	signal.Notify(children, syscall.SIGCHLD)
	for range children {
		waitForDead()
	}
}

// waitForDead says true when there is no child left, which is the kernel's word that there is no descendant: a list
// of processes is out of date while it is read.
func waitForDead() bool {
	for {
		pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
		if err == syscall.ECHILD {
			return true
		}
		if pid == 0 {
			return false
		}
	}
}

// receive says false when the client does not keep to the protocol.
func (session *session) receive(frame frame) bool {
	if frame.kind == frameOpen {
		return session.open(frame)
	}
	if frame.isGoodbye() {
		// Where the end of the client's stream may not reach us.
		return false
	}
	if session.relayed(frame) {
		return true
	}
	session.mutex.Lock()
	channel := session.channels[frame.channel]
	session.mutex.Unlock()
	if channel == nil {
		// It ended while this was under way.
		return true
	}
	switch frame.kind {
	case frameData:
		return channel.input.put(frame.payload)
	case frameEnd:
		if session.keeper != nil {
			channel.leave()
		}
		channel.input.end(frame.payload)
	case frameCredit:
		if len(frame.payload) != 5 || frame.payload[0] < 1 || frame.payload[0] > 2 {
			return false
		}
		channel.credits[frame.payload[0]-1].give(int(binary.BigEndian.Uint32(frame.payload[1:])))
	case frameMute:
		if len(frame.payload) != 1 || frame.payload[0] < 1 || frame.payload[0] > 2 {
			return false
		}
		channel.credits[frame.payload[0]-1].close()
	case frameStop:
		channel.stop()
	case frameSignal:
		if number, isKnown := signalNamed(string(frame.payload)); isKnown && channel.onSignal != nil {
			channel.onSignal(reaperRequest{Signal: number})
		}
	case frameResize:
		size, isSize := sizeOf(frame.payload)
		if isSize && channel.onResize != nil {
			channel.onResize(size)
		}
		return isSize
	default:
		return false
	}
	return true
}

func (session *session) open(frame frame) bool {
	var request openRequest
	if json.Unmarshal(frame.payload, &request) != nil {
		return false
	}
	if keptOperations[request.Operation] != nil && session.keeper == nil {
		session.mutex.Lock()
		session.relays[frame.channel] = &relay{}
		session.mutex.Unlock()
		go session.relay(frame, request.Operation)
		return true
	}
	input, outputs := windowsOf(request.Operation)
	opened := &channel{id: frame.channel, session: session}
	for index, window := range outputs {
		opened.credits[index] = newCredit(window)
	}
	grant := func(bytes int) { session.out.send(frameGrant, opened.id, fourBytes(bytes)) }
	places := &session.inputs.files
	if request.Operation == "run" {
		places = &session.inputs.commands
	}
	inbox, hasRoom := session.inputs.newInbox(places, input, request.TakesPlace, grant)
	if !hasRoom {
		return false
	}
	opened.input = inbox
	session.mutex.Lock()
	_, isTaken := session.channels[frame.channel]
	session.channels[frame.channel] = opened
	session.mutex.Unlock()
	if isTaken {
		return false
	}
	if session.keeper != nil {
		return session.keeper.open(opened, request)
	}
	if request.Operation == "run" {
		// Set here and not when it runs: a stop may be the very next frame.
		waiting := &command{channel: opened}
		opened.onSignal = waiting.tellReaper
		opened.onResize = waiting.resize
		go opened.perform(func() error { return session.run(waiting, request.Details) })
		return true
	}
	operation, isKnown := fileOperations[request.Operation]
	if !isKnown {
		opened.fail(&problem{Code: "EINVAL", Text: "no operation " + request.Operation})
		return true
	}
	go opened.perform(func() error { return operation(opened, request.Details) })
	return true
}

func (channel *channel) perform(operation func() error) {
	if err := operation(); err != nil {
		channel.fail(problemOf(err, "the operation"))
	}
}

func (channel *channel) stop() {
	if channel.onSignal != nil {
		channel.onSignal(reaperRequest{EndReason: endedByStop})
		return
	}
	channel.leaving.tell()
	channel.input.stop(&problem{Code: problemStopped, Text: "stopped by the client"})
	for _, credit := range channel.credits {
		credit.close()
	}
}

// An answer that ends a channel.
type doneMessage struct {
	Problem *problem `json:"problem,omitempty"`
	Result  any      `json:"result,omitempty"`
}

func (channel *channel) done(result any) {
	channel.close()
	channel.session.out.sendJSON(frameDone, channel.id, doneMessage{Result: result})
}

func (channel *channel) fail(problem *problem) {
	channel.close()
	channel.session.out.sendJSON(frameDone, channel.id, doneMessage{Problem: problem})
}

func (channel *channel) close() {
	channel.session.mutex.Lock()
	delete(channel.session.channels, channel.id)
	channel.session.mutex.Unlock()
	channel.input.stop(io.EOF)
}

var chunks = sync.Pool{New: func() any {
	buffer := make([]byte, outputHeader+chunkBytes)
	return &buffer
}}

// sendOutput sends a stream within its credit until it ends. A muted stream is read all the same, so that its writer
// does not stand still; `isMuted` tells that nobody has seen the rest.
func (channel *channel) sendOutput(stream byte, from io.Reader) (isMuted bool, err error) {
	kept := chunks.Get().(*[]byte)
	defer chunks.Put(kept)
	buffer := *kept
	credit := channel.credits[stream-1]
	for {
		room := credit.take(chunkBytes)
		isMuted = room == 0
		if isMuted {
			room = chunkBytes
		}
		count, err := from.Read(buffer[outputHeader : outputHeader+room])
		if count > 0 && !isMuted {
			buffer[frameHeader] = stream
			channel.session.out.sendPrepared(frameOutput, channel.id, buffer[:outputHeader+count])
		}
		if !isMuted {
			credit.give(room - count)
		}
		if err == io.EOF {
			return isMuted, nil
		}
		if err != nil {
			return isMuted, err
		}
	}
}

// folder is where a path starts from: the folder that the supervisor was started in.
func (session *session) folder(path string) string {
	if filepath.IsAbs(path) {
		// With a slash at its end a link would be followed.
		return filepath.Clean(path)
	}
	return filepath.Join(session.start, path)
}

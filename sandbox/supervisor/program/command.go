package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// What the client asks for with `run`.
type runRequest struct {
	Argv []string `json:"argv"`
	Cwd  string   `json:"cwd"`
	// Added to the container's own environment; null removes.
	Env       map[string]*string `json:"env"`
	TimeoutMs int64              `json:"timeoutMs"`
	Stdin     bool               `json:"stdin"`
	// Whether the client waits to hear that it runs. Mostly its end is all that is asked for, and each word costs its
	// way through every program between here and there.
	TellsStart bool `json:"tellsStart"`
	// Of a command with a terminal: how large it is at first.
	Terminal *terminalSize `json:"pty"`
}

// command is one run on a channel: its reaper, and the streams between the client and its pipes.
type command struct {
	channel *channel
	stdin   *os.File
	outputs [2]*os.File

	mutex    sync.Mutex
	reaper   *reaper
	pending  []reaperRequest
	terminal *terminal
	// A size that was asked for before there was a terminal.
	wanted *terminalSize
}

// How long an end waits for its last output to leave with it, before it is told alone.
const exitPatience = 5 * time.Millisecond

func (session *session) run(command *command, details json.RawMessage) error {
	var request runRequest
	if err := json.Unmarshal(details, &request); err != nil {
		return &problem{Code: "EINVAL", Text: err.Error()}
	}
	channel := command.channel
	files, err := command.makeFiles(request)
	if err != nil {
		return err
	}
	defer command.closePipes()
	env := environment(request.Env)
	if request.Terminal != nil {
		env = withTerm(env)
	}
	reaper, err := session.reapers.take()
	if err != nil {
		closeAll(files)
		return err
	}
	kills := oomKills()
	reaper.ask(reaperRequest{Start: &startRequest{
		Argv:       request.Argv,
		Directory:  session.folder(request.Cwd),
		Env:        env,
		TimeoutMs:  request.TimeoutMs,
		TellsStart: request.TellsStart,
		Terminal:   request.Terminal != nil,
	}}, files)
	closeAll(files)
	command.setReaper(reaper)
	go session.reapers.keepSpare()
	pumps := command.pump()
	if request.Stdin {
		go command.feed()
	}
	answer, lives := <-reaper.answers
	if answer.Started != 0 {
		session.out.send(frameStarted, channel.id, fourBytes(answer.Started))
		answer, lives = <-reaper.answers
	}
	command.setReaper(nil)
	if answer.Failed != nil {
		session.reapers.release(reaper)
		return answer.Failed
	}
	if !lives || answer.Ended == nil {
		session.reapers.dismiss(reaper)
		command.drain()
		if reaper.hasIgnoredStart() {
			return &problem{Code: problemGone, Text: "the process that was to start the command was killed before it did"}
		}
		return &problem{Code: problemReaper, Text: "the reaper ended before its command"}
	}
	end := *answer.Ended
	// One with survivors goes on sweeping, until this process ends.
	if end.Survivors == 0 {
		session.reapers.release(reaper)
	}
	end.OOMKills = oomKills() - kills
	command.finish(pumps, func() { session.out.sendJSON(frameExit, channel.id, end) })
	channel.done(end)
	return nil
}

// finish waits until both outputs have left, which mostly they have by now; when that takes long, the end is told alone.
func (command *command) finish(pumps <-chan struct{}, tellEnd func()) {
	select {
	case <-pumps:
		return
	default:
	}
	command.drain()
	select {
	case <-pumps:
	case <-time.After(exitPatience):
		tellEnd()
		<-pumps
	}
}

func (command *command) makeFiles(request runRequest) ([]int, error) {
	if request.Terminal == nil {
		return command.makePipes(request.Stdin)
	}
	made, files, err := openTerminal(*request.Terminal)
	if err != nil {
		return nil, err
	}
	command.stdin, command.outputs[0] = made.ours, made.ours
	command.mutex.Lock()
	defer command.mutex.Unlock()
	command.terminal = made
	if command.wanted != nil {
		made.resize(*command.wanted)
	}
	return files, nil
}

// resize is for a terminal; one that is over has no size any more.
func (command *command) resize(size terminalSize) {
	command.mutex.Lock()
	defer command.mutex.Unlock()
	if command.terminal == nil {
		command.wanted = &size
		return
	}
	command.terminal.resize(size)
}

func (command *command) makePipes(withStdin bool) ([]int, error) {
	files := []int{}
	fail := func(err error) ([]int, error) {
		closeAll(files)
		command.closePipes()
		return nil, err
	}
	input, err := syscall.Open("/dev/null", syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if withStdin && err == nil {
		syscall.Close(input)
		input, command.stdin, err = pipe(false)
	}
	if err != nil {
		return fail(err)
	}
	files = append(files, input)
	for index := range command.outputs {
		output, ours, err := pipe(true)
		if err != nil {
			return fail(err)
		}
		command.outputs[index] = ours
		files = append(files, output)
	}
	return files, nil
}

// pipe gives the command's end, which must block as programs expect it, and ours, which must not.
func pipe(weRead bool) (int, *os.File, error) {
	ends := make([]int, 2)
	if err := syscall.Pipe2(ends, syscall.O_CLOEXEC); err != nil {
		return 0, nil, err
	}
	ours, theirs := ends[0], ends[1]
	if !weRead {
		ours, theirs = theirs, ours
	}
	syscall.SetNonblock(ours, true)
	return theirs, os.NewFile(uintptr(ours), "pipe"), nil
}

func (command *command) closePipes() {
	if command.terminal != nil {
		command.terminal.close()
		return
	}
	for _, file := range append(command.outputs[:], command.stdin) {
		if file != nil {
			file.Close()
		}
	}
}

// setReaper lets what the client asked for early reach the reaper.
func (command *command) setReaper(reaper *reaper) {
	command.mutex.Lock()
	defer command.mutex.Unlock()
	command.reaper = reaper
	if reaper == nil {
		return
	}
	for _, request := range command.pending {
		reaper.ask(request, nil)
	}
	command.pending = nil
}

func (command *command) tellReaper(request reaperRequest) {
	command.mutex.Lock()
	defer command.mutex.Unlock()
	if command.reaper != nil {
		command.reaper.ask(request, nil)
	} else {
		command.pending = append(command.pending, request)
	}
}

// feed writes what the client sends into the command. What a command does not read any more is dropped.
func (command *command) feed() {
	for {
		chunk, err := command.channel.input.next()
		if err != nil {
			command.endInput()
			return
		}
		// Once the pipe is broken this fails at once, and the client is granted more all the same.
		command.stdin.Write(chunk)
		length := len(chunk)
		used(chunk)
		command.channel.input.done(length)
	}
}

// endInput closes a pipe. A terminal stays, because its output is not over; there the end is what a person would type.
func (command *command) endInput() {
	if command.terminal == nil {
		command.stdin.Close()
	} else if !command.channel.input.isStopped() {
		command.stdin.Write([]byte{endOfTyping})
	}
}

// pump sends both outputs until they end; the answer is closed then.
func (command *command) pump() <-chan struct{} {
	var pumps sync.WaitGroup
	for index, file := range command.outputs {
		if file == nil {
			continue
		}
		pumps.Add(1)
		go func() {
			defer pumps.Done()
			command.channel.sendOutput(byte(index+1), &drainable{file: file})
		}()
	}
	over := make(chan struct{})
	go func() {
		pumps.Wait()
		close(over)
	}()
	return over
}

// drain lets the pumps read what is in the pipes now, and no more: when nothing of the command lives, only somebody
// who was handed the pipe can still write.
func (command *command) drain() {
	command.channel.input.stop(io.EOF)
	if command.terminal != nil {
		command.terminal.letGo()
		return
	}
	for _, file := range command.outputs {
		file.SetReadDeadline(time.Now())
	}
}

// drainable reads a pipe until its end, or once its deadline has come until it is empty.
type drainable struct {
	file     *os.File
	draining bool
}

func (pipe *drainable) Read(into []byte) (int, error) {
	if !pipe.draining {
		count, err := pipe.file.Read(into)
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return count, err
		}
		pipe.draining = true
		pipe.file.SetReadDeadline(time.Time{})
	}
	connection, err := pipe.file.SyscallConn()
	if err != nil {
		return 0, err
	}
	var count int
	var failed error
	err = connection.Read(func(descriptor uintptr) bool {
		count, failed = syscall.Read(int(descriptor), into)
		return true
	})
	if err != nil || failed != nil || count <= 0 {
		return 0, io.EOF
	}
	return count, nil
}

func environment(changes map[string]*string) []string {
	env := slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		_, isChanged := changes[name]
		return isChanged
	})
	for name, value := range changes {
		if value != nil {
			env = append(env, name+"="+*value)
		}
	}
	return env
}

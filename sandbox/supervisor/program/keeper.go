package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
	"time"
)

// A keeper is a process beside the supervisors of clients: it has the commands that outlive whoever started them, and
// the last of their output. Supervisors talk to it over a socket, in the frames that clients speak. There is one in a
// sandbox, from the first such command on.

const (
	keeperName    = "drydock-keeper"
	keeperCommand = "keep"
	// Where a keeper says that it listens, by closing it.
	keeperReady = 3
	// Of commands that are over, the oldest make room for new ones.
	mostKept = 32
)

type keeper struct {
	reapers *reapers
	start   string

	mutex sync.Mutex
	kept  []*kept
}

// kept is one command.
type kept struct {
	id      string
	argv    []string
	started time.Time
	rings   [2]*ring
	command *command
	// Closed when nothing of it lives.
	over chan struct{}
	end  endOfRun
	// Why its end is not known.
	lost *problem
}

// keeperAddress is the same for all supervisors of a sandbox, and no other's: sockets of this kind have no file.
func keeperAddress(start string) string {
	namespace, _ := os.Readlink("/proc/self/ns/pid")
	sum := sha256.Sum256([]byte(namespace + "\x00" + start))
	return "@drydock-" + hex.EncodeToString(sum[:16])
}

// keep is the process of a keeper, which ends with the sandbox.
func keep(address string) int {
	if adopt() != nil {
		return 1
	}
	if !isInContainer() {
		// On a machine of a developer it ends with the program that started it.
		const setParentDeathSignal = 1
		syscall.RawSyscall(syscall.SYS_PRCTL, setParentDeathSignal, uintptr(syscall.SIGKILL), 0)
	}
	signal.Notify(make(chan os.Signal, 1), syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGPIPE)
	warmThreads()
	go takeTheDead()
	folder, err := os.Getwd()
	if err != nil {
		folder = "/"
	}
	listener, err := listenAt(address)
	// When another was quicker, that one is as good.
	syscall.Close(keeperReady)
	if err != nil {
		return 1
	}
	keeper := &keeper{reapers: &reapers{all: map[*reaper]bool{}}, start: folder}
	for {
		connection, err := listener()
		if err != nil {
			return 1
		}
		go keeper.serve(connection)
	}
}

// serve is one operation of a client, relayed by its supervisor.
func (keeper *keeper) serve(connection *os.File) {
	session := &session{
		out:      &frameWriter{to: connection},
		reapers:  keeper.reapers,
		start:    keeper.start,
		channels: map[uint32]*channel{},
		inputs:   newInputs(),
		keeper:   keeper,
	}
	reader := bufio.NewReader(connection)
	for {
		frame, err := readFrame(reader)
		if err != nil || !session.receive(frame) {
			break
		}
	}
	session.out.close()
	connection.Close()
	session.mutex.Lock()
	left := session.channels
	session.channels = map[uint32]*channel{}
	session.mutex.Unlock()
	for _, channel := range left {
		channel.leave()
	}
}

// keptOperations are those of a keeper; a supervisor relays them.
var keptOperations = map[string]func(*keeper, *channel, json.RawMessage) error{
	"detach": (*keeper).detach,
	"follow": (*keeper).follow,
	"kept":   (*keeper).list,
	"forget": (*keeper).forget,
}

// open says false for what only a supervisor does.
func (keeper *keeper) open(opened *channel, request openRequest) bool {
	operation := keptOperations[request.Operation]
	if operation == nil {
		return false
	}
	var about followRequest
	json.Unmarshal(request.Details, &about)
	// Set here and not when it is looked for: a stop may be the very next frame.
	opened.onSignal = func(request reaperRequest) {
		if found, err := keeper.known(about.Id); err == nil {
			found.command.tellReaper(request)
		}
	}
	go opened.perform(func() error { return operation(keeper, opened, request.Details) })
	return true
}

type detachRequest struct {
	runRequest
	Id        string `json:"id"`
	KeepBytes int    `json:"keepBytes"`
}

// detach starts a command, unless there is one of this id: a request that comes twice starts nothing twice.
func (keeper *keeper) detach(channel *channel, details json.RawMessage) error {
	var request detachRequest
	if err := json.Unmarshal(details, &request); err != nil {
		return &problem{Code: "EINVAL", Text: err.Error()}
	}
	made := &kept{
		id: request.Id, argv: request.Argv, started: time.Now(), over: make(chan struct{}), command: &command{},
		rings: [2]*ring{newRing(request.KeepBytes), newRing(request.KeepBytes)},
	}
	if failed := keeper.add(made); failed != nil {
		return failed
	}
	if err := keeper.run(made, request.runRequest); err != nil {
		keeper.remove(made)
		return err
	}
	channel.done(nil)
	return nil
}

func (keeper *keeper) add(made *kept) *problem {
	keeper.mutex.Lock()
	defer keeper.mutex.Unlock()
	if keeper.find(made.id) != nil {
		return &problem{Code: problemIsThere, Text: "a command with the id " + made.id + " was started before"}
	}
	if len(keeper.kept) == mostKept {
		oldest := slices.IndexFunc(keeper.kept, (*kept).isOver)
		if oldest < 0 {
			return &problem{Code: "EAGAIN", Text: "as many detached commands run as are kept"}
		}
		keeper.kept = slices.Delete(keeper.kept, oldest, oldest+1)
	}
	keeper.kept = append(keeper.kept, made)
	return nil
}

func (keeper *keeper) remove(gone *kept) {
	keeper.mutex.Lock()
	defer keeper.mutex.Unlock()
	keeper.kept = slices.DeleteFunc(keeper.kept, func(one *kept) bool { return one == gone })
}

// find is called with the mutex held.
func (keeper *keeper) find(id string) *kept {
	for _, one := range keeper.kept {
		if one.id == id {
			return one
		}
	}
	return nil
}

// run returns when the command runs.
func (keeper *keeper) run(made *kept, request runRequest) error {
	files, err := made.command.makePipes(false)
	if err != nil {
		return err
	}
	reaper, err := keeper.reapers.take()
	if err != nil {
		closeAll(files)
		made.command.closePipes()
		return err
	}
	kills := oomKills()
	session := &session{start: keeper.start}
	reaper.ask(reaperRequest{Start: &startRequest{
		Argv:       request.Argv,
		Directory:  session.folder(request.Cwd),
		Env:        environment(request.Env),
		TimeoutMs:  request.TimeoutMs,
		TellsStart: true,
	}}, files)
	closeAll(files)
	made.command.setReaper(reaper)
	answer, lives := <-reaper.answers
	if lives && answer.Started != 0 {
		go keeper.follows(made, reaper, kills)
		return nil
	}
	made.command.closePipes()
	keeper.reapers.dismiss(reaper)
	if answer.Failed != nil {
		return answer.Failed
	}
	return &problem{Code: problemGone, Text: "the process that was to start the command was killed before it did"}
}

// follows keeps output and end of a command that runs.
func (keeper *keeper) follows(made *kept, reaper *reaper, kills int) {
	var pumps sync.WaitGroup
	for index, file := range made.command.outputs {
		pumps.Add(1)
		go func() {
			defer pumps.Done()
			io.Copy(made.rings[index], &drainable{file: file})
			made.rings[index].end()
		}()
	}
	answer, lives := <-reaper.answers
	made.command.setReaper(nil)
	if lives && answer.Ended != nil {
		made.end = *answer.Ended
		made.end.OOMKills = oomKills() - kills
	} else {
		made.lost = &problem{Code: problemReaper, Text: "the reaper ended before its command"}
	}
	if made.end.Survivors == 0 {
		keeper.reapers.dismiss(reaper)
	}
	for _, file := range made.command.outputs {
		file.SetReadDeadline(time.Now())
	}
	close(made.over)
	pumps.Wait()
	made.command.closePipes()
}

func (kept *kept) isOver() bool {
	select {
	case <-kept.over:
		return true
	default:
		return false
	}
}

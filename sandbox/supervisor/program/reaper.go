package main

import (
	"encoding/json"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
)

// A reaper runs one command at a time and is the last parent of everything below it. The supervisor talks to it over
// a socket: a request with the command's three files, then signals; it answers with how that went.

const (
	reaperCommand = "reap"
	// Where a reaper finds its socket.
	reaperSocket = 3
)

// What the supervisor asks of a reaper.
type reaperRequest struct {
	Start     *startRequest  `json:"start,omitempty"`
	Signal    syscall.Signal `json:"signal,omitempty"`
	EndReason string         `json:"end,omitempty"`
}

type startRequest struct {
	Argv       []string `json:"argv"`
	Directory  string   `json:"directory"`
	Env        []string `json:"env"`
	TimeoutMs  int64    `json:"timeoutMs"`
	TellsStart bool     `json:"tellsStart"`
	// Whether its three files are a terminal, which is to control it.
	Terminal bool `json:"terminal"`
}

// What a reaper answers; exactly one field is set, and Started only when it was asked for.
type reaperAnswer struct {
	Started int       `json:"started,omitempty"`
	Failed  *problem  `json:"failed,omitempty"`
	Ended   *endOfRun `json:"ended,omitempty"`
}

// endOfRun is said when nothing of the command lives any more, or when that cannot be reached.
type endOfRun struct {
	ExitCode int    `json:"exitCode"`
	Signal   string `json:"signal,omitempty"`
	Reason   string `json:"reason,omitempty"`
	// How many processes of the command live on in spite of SIGKILL.
	Survivors int `json:"survivors,omitempty"`
	// How often the kernel killed for lack of memory meanwhile; the supervisor fills it in.
	OOMKills int `json:"oomKills,omitempty"`
	// Of all its processes together, and of the largest of them.
	CPUMs  int64 `json:"cpuMs"`
	RSSKiB int64 `json:"rssKiB"`
}

const (
	endedByTimeout = "timeout"
	endedByStop    = "stop"
)

// reap is the process of a reaper: one goroutine does everything, so that no process is waited for, and its number
// given away, while another part is about to signal it.
func reap() int {
	if err := adopt(); err != nil {
		return 1
	}
	// What a terminal or a kind tenant sends is not for the reaper; SIGKILL is, and then the supervisor tells it.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGPIPE)
	children := make(chan os.Signal, 1)
	signal.Notify(children, syscall.SIGCHLD)
	warmThreads()
	syscall.SetNonblock(reaperSocket, true)
	// Nothing that runs below may hold or use the way to the supervisor.
	syscall.CloseOnExec(reaperSocket)
	socket := os.NewFile(reaperSocket, "supervisor")
	requests := make(chan received)
	go receiveRequests(socket, requests)
	for request := range requests {
		// Any other request is about a run that is over.
		if request.Start == nil {
			continue
		}
		run := &run{socket: socket, requests: requests, children: children}
		if run.start(request) {
			run.follow()
		}
	}
	return 0
}

// warmThreads makes the threads that the runtime will want, while there is still room for them: beside a fork bomb
// there is none, and a Go program that cannot have a thread ends. One of them runs at a time: who starts a command and
// waits for it has no two things to do at once, and threads that wake each other took a third of a command's time.
func warmThreads() {
	runtime.GOMAXPROCS(1)
	const threads = 4
	var ready, over sync.WaitGroup
	release := make(chan struct{})
	ready.Add(threads)
	over.Add(threads)
	for range threads {
		go func() {
			runtime.LockOSThread()
			ready.Done()
			<-release
			runtime.UnlockOSThread()
			over.Done()
		}()
	}
	ready.Wait()
	close(release)
	over.Wait()
}

type received struct {
	reaperRequest
	files []int
}

func receiveRequests(socket *os.File, requests chan<- received) {
	defer close(requests)
	for {
		payload, files, err := receiveWithFiles(socket)
		if err != nil {
			return
		}
		request := received{files: files}
		if json.Unmarshal(payload, &request.reaperRequest) != nil {
			return
		}
		requests <- request
	}
}

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

const socketName = "control.sock"

// request is one line on the control socket; reply answers it. Only root can open the socket.
type request struct {
	Op        string    `json:"op"`
	Component component `json:"component"`
	Name      string    `json:"name"`
	Signal    string    `json:"signal"`
	Network   string    `json:"network"`
	Address   string    `json:"address"`
	Path      string    `json:"path"`
	Port      int       `json:"port"`
	// What other processes find of a cluster once it is ready.
	Record json.RawMessage `json:"record"`
}

type reply struct {
	Error    string            `json:"error,omitempty"`
	Pid      int               `json:"pid,omitempty"`
	Port     int               `json:"port,omitempty"`
	Answers  bool              `json:"answers,omitempty"`
	Status   string            `json:"status,omitempty"`
	Statuses map[string]string `json:"statuses,omitempty"`
}

func (held *holder) listen() error {
	name := filepath.Join(held.directory, socketName)
	listener, err := net.Listen("unix", name)
	if err != nil {
		return err
	}
	if err := os.Chmod(name, 0o600); err != nil {
		return err
	}
	go accept(listener, held.serve)
	return nil
}

// serve answers the requests of one connection in their order; a caller that waits for an end opens another one.
func (held *holder) serve(connection net.Conn) {
	defer connection.Close()
	requests, replies := json.NewDecoder(connection), json.NewEncoder(connection)
	for {
		var asked request
		if err := requests.Decode(&asked); err != nil {
			return
		}
		answer, err := held.answer(asked)
		if err != nil {
			answer.Error = err.Error()
		}
		if err := replies.Encode(answer); err != nil {
			return
		}
	}
}

func (held *holder) answer(asked request) (reply, error) {
	switch asked.Op {
	case "start":
		network, err := held.network(asked.Component.Network)
		if err != nil {
			return reply{}, err
		}
		pid, err := held.components.start(network, asked.Component)
		return reply{Pid: pid}, err
	case "signal":
		number := unix.SignalNum(asked.Signal)
		if number == 0 {
			return reply{}, fmt.Errorf("no signal %q", asked.Signal)
		}
		return reply{}, held.components.send(asked.Name, number)
	case "wait":
		current, err := held.components.find(asked.Name)
		if err != nil {
			return reply{}, err
		}
		<-current.ended
		return reply{Status: current.status}, nil
	case "status":
		return reply{Statuses: held.components.statuses()}, nil
	case "forward":
		network, err := held.network(asked.Network)
		if err != nil {
			return reply{}, err
		}
		port, err := held.forward(network, asked.Address, asked.Port)
		return reply{Port: port}, err
	case "answers":
		network, err := held.network(asked.Network)
		if err != nil {
			return reply{}, err
		}
		return reply{Answers: answers(network, asked.Address, asked.Path)}, nil
	case "ready":
		return reply{}, held.becomeReady(asked.Record)
	case "state":
		return reply{Status: held.state()}, nil
	case "stop":
		held.finish("asked to stop")
		return reply{}, nil
	}
	return reply{}, errors.New("unknown operation " + asked.Op)
}

func (held *holder) network(name string) (*os.File, error) {
	network, known := held.networks[name]
	if !known {
		return nil, fmt.Errorf("no network %q", name)
	}
	return network, nil
}

package main

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"syscall"
)

const maxRequest = 4 << 20

// sendWithFiles sends one message; the files travel with its first bytes.
func sendWithFiles(socket *os.File, payload []byte, files []int) error {
	message := append(fourBytes(len(payload)), payload...)
	if len(files) == 0 {
		_, err := socket.Write(message)
		return err
	}
	connection, err := socket.SyscallConn()
	if err != nil {
		return err
	}
	rights := syscall.UnixRights(files...)
	var sent int
	var failed error
	err = connection.Write(func(descriptor uintptr) bool {
		sent, failed = syscall.SendmsgN(int(descriptor), message, rights, nil, 0)
		return failed != syscall.EAGAIN
	})
	if err = errors.Join(err, failed); err != nil {
		return err
	}
	if sent < len(message) {
		_, err = socket.Write(message[sent:])
	}
	return err
}

func receiveWithFiles(socket *os.File) ([]byte, []int, error) {
	connection, err := socket.SyscallConn()
	if err != nil {
		return nil, nil, err
	}
	header := make([]byte, 4)
	rights := make([]byte, syscall.CmsgSpace(3*4))
	var count, rightsCount int
	var failed error
	err = connection.Read(func(descriptor uintptr) bool {
		count, rightsCount, _, _, failed = syscall.Recvmsg(int(descriptor), header, rights, syscall.MSG_CMSG_CLOEXEC)
		return failed != syscall.EAGAIN
	})
	if err = errors.Join(err, failed); err != nil {
		return nil, nil, err
	}
	if count == 0 {
		return nil, nil, io.EOF
	}
	files := filesOf(rights[:rightsCount])
	if _, err := io.ReadFull(socket, header[count:]); err != nil {
		closeAll(files)
		return nil, nil, err
	}
	length := binary.BigEndian.Uint32(header)
	if length > maxRequest {
		closeAll(files)
		return nil, nil, errFrame
	}
	payload := make([]byte, length)
	if _, err := io.ReadFull(socket, payload); err != nil {
		closeAll(files)
		return nil, nil, err
	}
	return payload, files, nil
}

func filesOf(rights []byte) []int {
	files := []int{}
	messages, err := syscall.ParseSocketControlMessage(rights)
	if err != nil {
		return files
	}
	for _, message := range messages {
		some, err := syscall.ParseUnixRights(&message)
		if err == nil {
			files = append(files, some...)
		}
	}
	return files
}

func closeAll(files []int) {
	for _, file := range files {
		syscall.Close(file)
	}
}

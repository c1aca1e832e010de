package main

import (
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

func TestASizeIsFourBytesAndHasCells(t *testing.T) {
	for _, each := range []struct {
		payload  []byte
		expected terminalSize
		isSize   bool
	}{
		{[]byte{0, 80, 0, 24}, terminalSize{80, 24}, true},
		{[]byte{255, 255, 255, 255}, terminalSize{65535, 65535}, true},
		{[]byte{0, 1, 0, 1}, terminalSize{1, 1}, true},
		{[]byte{0, 0, 0, 24}, terminalSize{0, 24}, false},
		{[]byte{0, 80, 0, 0}, terminalSize{80, 0}, false},
		{[]byte{0, 80, 0}, terminalSize{}, false},
		{[]byte{0, 80, 0, 24, 0}, terminalSize{}, false},
		{nil, terminalSize{}, false},
	} {
		size, isSize := sizeOf(each.payload)
		if size != each.expected || isSize != each.isSize {
			t.Errorf("%v: found %v, %v", each.payload, size, isSize)
		}
	}
}

func TestATerminalHasItsSizeAndTheNextOne(t *testing.T) {
	made, files, err := openTerminal(terminalSize{Columns: 132, Rows: 50})
	if err != nil {
		t.Fatal(err)
	}
	defer closeAll(files)
	defer made.close()
	if len(files) != 3 {
		t.Fatalf("found %d files", len(files))
	}
	for _, expected := range []terminalSize{{132, 50}, {1, 65535}} {
		made.resize(expected)
		if found := seenSize(files[2]); found != expected {
			t.Errorf("expected %v, found %v", expected, found)
		}
	}
}

func TestATerminalWithoutCellsIsRefused(t *testing.T) {
	for _, size := range []terminalSize{{}, {0, 24}, {80, 0}} {
		_, files, err := openTerminal(size)
		var refusal *problem
		if !errors.As(err, &refusal) || refusal.Code != "EINVAL" || files != nil {
			t.Errorf("%v: found %v", size, err)
		}
	}
}

func TestWhatWasWrittenIsReadAfterTheLastOneHasGoneAndThenItEnds(t *testing.T) {
	made, files, err := openTerminal(terminalSize{80, 24})
	if err != nil {
		t.Fatal(err)
	}
	defer made.close()
	syscall.Write(files[1], []byte("last words"))
	closeAll(files)
	// A program that closed all it had may open its terminal again.
	made.ours.SetReadDeadline(time.Now().Add(time.Second))
	buffer := make([]byte, 100)
	count, err := made.ours.Read(buffer)
	if string(buffer[:count]) != "last words" {
		t.Errorf("found %q, %v", buffer[:count], err)
	}
	made.letGo()
	if rest, _ := io.ReadAll(&drainable{file: made.ours}); len(rest) != 0 {
		t.Errorf("found %q", rest)
	}
}

func TestATerminalThatSomebodyHoldsEndsInBoundedTime(t *testing.T) {
	made, files, err := openTerminal(terminalSize{80, 24})
	if err != nil {
		t.Fatal(err)
	}
	defer closeAll(files)
	defer made.close()
	made.letGo()
	over := make(chan struct{})
	go func() {
		io.ReadAll(&drainable{file: made.ours})
		close(over)
	}()
	select {
	case <-over:
	case <-time.After(10 * time.Second):
		t.Error("it is read on")
	}
}

func TestTheKindOfATerminalIsKnownUnlessAnotherWasGiven(t *testing.T) {
	if found := withTerm([]string{"A=b"}); strings.Join(found, " ") != "A=b TERM=xterm-256color" {
		t.Errorf("found %v", found)
	}
	if found := withTerm([]string{"TERM=dumb", "A=b"}); strings.Join(found, " ") != "TERM=dumb A=b" {
		t.Errorf("found %v", found)
	}
}

func TestASizeThatComesBeforeTheTerminalIsItsSize(t *testing.T) {
	made := &command{}
	made.resize(terminalSize{100, 40})
	files, err := made.makeFiles(runRequest{Terminal: &terminalSize{80, 24}})
	if err != nil {
		t.Fatal(err)
	}
	if found := seenSize(files[0]); found != (terminalSize{100, 40}) {
		t.Errorf("found %v", found)
	}
	closeAll(files)
	made.closePipes()
	made.resize(terminalSize{1, 1})
}

func seenSize(file int) terminalSize {
	var window [4]uint16
	syscall.Syscall(syscall.SYS_IOCTL, uintptr(file), syscall.TIOCGWINSZ, uintptr(unsafe.Pointer(&window)))
	return terminalSize{Columns: window[1], Rows: window[0]}
}

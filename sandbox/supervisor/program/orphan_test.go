package main

import (
	"os"
	"syscall"
	"testing"
	"time"
)

func TestOnAMachineOfADeveloperProcessOneIsLeftAlone(t *testing.T) {
	// This test is a child of go test: a sandbox is neither ended nor told anything here.
	if isInContainer() {
		t.Fatal("a parent was not seen")
	}
}

func TestOnlyAGoodbyeIsOne(t *testing.T) {
	for _, each := range []struct {
		frame     frame
		isGoodbye bool
	}{
		{frame{kind: frameEnd, channel: 0}, true},
		{frame{kind: frameEnd, channel: 1}, false},
		{frame{kind: frameStop, channel: 0}, false},
	} {
		if each.frame.isGoodbye() != each.isGoodbye {
			t.Errorf("%+v: expected %v", each.frame, each.isGoodbye)
		}
	}
}

func TestASupervisorThatServesIsAClientAndOneThatWaitsIsNot(t *testing.T) {
	for _, each := range []struct {
		line, name string
		expected   role
	}{
		{"/w/.drydock-1\x00serve\x00/w/.drydock-1\x00", ".drydock-1\n", clientRole},
		{"/w/.drydock-1\x00serve\x00/w/.drydock-1\x0020000\x00", ".drydock-1\n", clientRole},
		{"/w/.drydock-1\x00serve\x00/w/.drydock-1\x0020000\x00", "drydock-orphan\n", orphanRole},
		{"drydock-reaper\x00reap\x00", "drydock-orphan\n", noRole},
		{"drydock-reaper\x00reap\x00", ".drydock-1\n", noRole},
		{"/w/.drydock-1\x00serve\x00/w/.drydock-2\x00", ".drydock-1\n", noRole},
		{"sh\x00-c\x00exec \"$1\" serve \"$@\"\x00sh\x00/w/.drydock", "sh\n", noRole},
		{"", "drydock-orphan\n", noRole},
	} {
		if roleOf([]byte(each.line), []byte(each.name)) != each.expected {
			t.Errorf("%q, %q: expected %v", each.line, each.name, each.expected)
		}
	}
}

func TestOneThatWaitsHasItsOwnName(t *testing.T) {
	before, _ := os.ReadFile("/proc/self/comm")
	becomeOrphan()
	after, _ := os.ReadFile("/proc/self/comm")
	os.WriteFile("/proc/self/comm", before, 0)
	if string(after) != orphanName+"\n" {
		t.Errorf("found %q", after)
	}
}

func TestASandboxIsKeptByWhoIsInItOrHasReleasedItSince(t *testing.T) {
	cutOff := time.Now()
	for name, each := range map[string]struct {
		// How long after the end of the stream; none where no other client has said goodbye.
		goodbye *time.Duration
		now     map[int]role
		isKept  bool
	}{
		"nobody was in":                          {nil, map[int]role{}, false},
		"another is in":                          {nil, map[int]role{8: clientRole}, true},
		"another is in beside one that waits":    {nil, map[int]role{7: orphanRole, 8: clientRole}, true},
		"another went without a word, too":       {nil, map[int]role{7: orphanRole}, false},
		"another released it since":              {after(time.Second), map[int]role{}, true},
		"of two others one released it":          {after(time.Second), map[int]role{7: orphanRole}, true},
		"one released it as the stream ended":    {after(-goodbyeCounts + time.Second), map[int]role{}, true},
		"one released it long before":            {after(-goodbyeCounts - time.Second), map[int]role{}, false},
		"one released it long before, one is in": {after(-time.Hour), map[int]role{7: clientRole}, true},
	} {
		goodbyes := &lastGoodbye{}
		if each.goodbye != nil {
			goodbyes.hear(cutOff.Add(*each.goodbye))
		}
		if isKept(each.now, goodbyes, cutOff) != each.isKept {
			t.Errorf("%s: expected %v", name, each.isKept)
		}
	}
}

func after(duration time.Duration) *time.Duration {
	return &duration
}

func TestAGoodbyeIsHeard(t *testing.T) {
	goodbyes, before := hearGoodbyes(), time.Now()
	if goodbyes.isAfter(before) {
		t.Error("one was heard that was not said")
	}
	syscall.Kill(os.Getpid(), goodbyeSignal)
	for bound := before.Add(time.Minute); !goodbyes.isAfter(before) && time.Now().Before(bound); {
		time.Sleep(time.Millisecond)
	}
	if !goodbyes.isAfter(before) {
		t.Error("it was not heard")
	}
}

func TestPatienceIsWhatTheClientGave(t *testing.T) {
	for _, each := range []struct {
		arguments []string
		patience  time.Duration
		isGiven   bool
	}{
		{[]string{"serve", "file", "20000"}, 20 * time.Second, true},
		{[]string{"serve", "file", "0"}, 0, true},
		{[]string{"serve", "file"}, 0, false},
		{[]string{"serve", "file", "-1"}, -time.Millisecond, false},
		{[]string{"serve", "file", "x"}, 0, false},
	} {
		if patience, isGiven := orphanPatience(each.arguments); patience != each.patience || isGiven != each.isGiven {
			t.Errorf("%v: found %v, %v", each.arguments, patience, isGiven)
		}
	}
}

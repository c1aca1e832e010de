package main

import (
	"testing"
	"time"
)

func TestOnAMachineOfADeveloperProcessOneIsLeftAlone(t *testing.T) {
	// This test is a child of go test.
	if isInContainer() {
		t.Fatal("a parent was not seen")
	}
	if endOrphan("1", nil) != 2 {
		t.Error("a sandbox would be ended here")
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
	for line, expected := range map[string]role{
		"/w/.drydock-1\x00serve\x00/w/.drydock-1\x00":               clientRole,
		"/w/.drydock-1\x00serve\x00/w/.drydock-1\x0020000\x00":      clientRole,
		"drydock-orphan\x00orphan\x001790000000000\x00":             orphanRole,
		"drydock-orphan\x00orphan\x000\x0017\x00":                   orphanRole,
		"drydock-reaper\x00reap\x00":                                noRole,
		"/w/.drydock-1\x00serve\x00/w/.drydock-2\x00":               noRole,
		"sh\x00-c\x00exec \"$1\" serve \"$@\"\x00sh\x00/w/.drydock": noRole,
		"": noRole,
	} {
		if roleOf([]byte(line)) != expected {
			t.Errorf("%q: expected %v", line, expected)
		}
	}
}

func TestASandboxIsKeptByWhoIsInItOrHasReleasedItSince(t *testing.T) {
	for name, each := range map[string]struct {
		others []int
		now    map[int]role
		isKept bool
	}{
		"nobody was in":                          {nil, map[int]role{}, false},
		"another came":                           {nil, map[int]role{8: clientRole}, true},
		"another is in still":                    {[]int{7}, map[int]role{7: clientRole}, true},
		"another released it in the meantime":    {[]int{7}, map[int]role{}, true},
		"another went without a word, too":       {[]int{7}, map[int]role{7: orphanRole}, false},
		"of two others one released it":          {[]int{7, 8}, map[int]role{7: orphanRole}, true},
		"both others went without a word":        {[]int{7, 8}, map[int]role{7: orphanRole, 8: orphanRole}, false},
		"one that waits, and was in before ours": {nil, map[int]role{7: orphanRole}, false},
	} {
		if isKept(each.others, each.now) != each.isKept {
			t.Errorf("%s: expected %v", name, each.isKept)
		}
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

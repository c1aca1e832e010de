package main

import "testing"

func TestOnAMachineOfADeveloperProcessOneIsLeftAlone(t *testing.T) {
	// This test is a child of go test.
	if isInContainer() {
		t.Fatal("a parent was not seen")
	}
	if _, isGiven := orphanPatience([]string{"serve", "file", "0"}); isGiven {
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
	for line, isClient := range map[string]bool{
		"/w/.drydock-1\x00serve\x00/w/.drydock-1\x00":               true,
		"/w/.drydock-1\x00serve\x00/w/.drydock-1\x0020000\x00":      true,
		"drydock-orphan\x00orphan\x001790000000000\x00":             false,
		"drydock-reaper\x00reap\x00":                                false,
		"/w/.drydock-1\x00serve\x00/w/.drydock-2\x00":               false,
		"sh\x00-c\x00exec \"$1\" serve \"$@\"\x00sh\x00/w/.drydock": false,
		"": false,
	} {
		if serves([]byte(line)) != isClient {
			t.Errorf("%q: expected %v", line, isClient)
		}
	}
}

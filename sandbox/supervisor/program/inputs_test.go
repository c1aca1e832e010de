package main

import (
	"math/rand"
	"testing"
)

// client is the other end of one input: it sends whenever it may.
type client struct {
	inbox  *inbox
	credit int
}

// granted is what a client may have under way, or has sent and was not used.
func granted(clients []*client) int {
	total := 0
	for _, each := range clients {
		total += each.inbox.held + each.inbox.credit
	}
	return total
}

// Opens, sends, reads and ends at random, and looks after each step that the promises hold.
func TestAllInputsTogetherAreBounded(t *testing.T) {
	const bound = 2*inputPlaces*chunkBytes + sharedInput
	for seed := range int64(20) {
		random := rand.New(rand.NewSource(seed))
		inputs := newInputs()
		clients := []*client{}
		highest := 0
		for step := range 4000 {
			if random.Intn(20) == 0 && len(clients) < 200 {
				clients = append(clients, openedBy(inputs, len(clients) < inputPlaces, random))
			}
			if len(clients) > 0 {
				at := random.Intn(len(clients))
				if act(t, clients[at], random) {
					clients = append(clients[:at], clients[at+1:]...)
				}
			}
			total := granted(clients)
			highest = max(highest, total)
			if total > bound {
				t.Fatalf("seed %d, step %d: %d bytes are granted, more than %d", seed, step, total, bound)
			}
		}
		for _, each := range clients {
			each.inbox.stop(nil)
			each.inbox.stop(errFrame)
		}
		for _, each := range []places{inputs.commands, inputs.files} {
			if each.free != inputPlaces || inputs.shared != sharedInput || len(each.waiting) != 0 {
				t.Fatalf("seed %d: %d places, %d bytes, %d waiting are left", seed, each.free, inputs.shared, len(each.waiting))
			}
		}
		if highest < bound/2 {
			t.Fatalf("seed %d: at most %d bytes were granted, so the bound was not tried", seed, highest)
		}
	}
}

func openedBy(inputs *inputs, takesPlace bool, random *rand.Rand) *client {
	made := &client{}
	window, of := 128*chunkBytes, &inputs.files
	if random.Intn(2) == 0 {
		window, of = 16*chunkBytes, &inputs.commands
	}
	made.inbox, _ = inputs.newInbox(of, window, takesPlace, func(bytes int) { made.credit += bytes })
	if takesPlace && made.inbox.hasPlace {
		made.credit = chunkBytes
	}
	made.inbox.askForPlace()
	return made
}

// act says true when the input is over.
func act(t *testing.T, client *client, random *rand.Rand) bool {
	inbox := client.inbox
	switch random.Intn(12) {
	case 0:
		inbox.end(nil)
		inbox.stop(errFrame)
		return true
	case 1, 2, 3, 4:
		if inbox.held == 0 {
			return false
		}
		chunk, err := inbox.next()
		if err != nil {
			t.Fatal(err)
		}
		inbox.done(len(chunk))
	default:
		size := min(client.credit, 1+random.Intn(chunkBytes))
		client.credit -= size
		if !inbox.put(make([]byte, size)) {
			t.Fatal("what was granted was refused")
		}
	}
	return false
}

func TestOneInputAloneHasALargeWindow(t *testing.T) {
	made := openedBy(newInputs(), true, rand.New(rand.NewSource(1)))
	made.inbox.window = 128 * chunkBytes
	made.credit = 0
	made.inbox.put(make([]byte, chunkBytes))
	chunk, _ := made.inbox.next()
	made.inbox.done(len(chunk))
	if made.credit != 128*chunkBytes {
		t.Fatalf("%d bytes are granted", made.credit)
	}
}

func TestManyInputsGiveWayToEachOther(t *testing.T) {
	inputs := newInputs()
	clients := []*client{}
	for range inputPlaces {
		clients = append(clients, openedBy(inputs, true, rand.New(rand.NewSource(1))))
	}
	for range 1000 {
		for _, each := range clients {
			size := min(each.credit, chunkBytes)
			each.credit -= size
			each.inbox.put(make([]byte, size))
			for each.inbox.held > 0 {
				chunk, _ := each.inbox.next()
				each.inbox.done(len(chunk))
			}
		}
	}
	least, most := clients[0].credit, clients[0].credit
	for _, each := range clients {
		least, most = min(least, each.credit), max(most, each.credit)
	}
	if least < chunkBytes || most > 10*chunkBytes {
		t.Fatalf("between %d and %d bytes are granted", least, most)
	}
}

func TestWhoHasNoPlaceGetsOneWhenItIsFree(t *testing.T) {
	inputs := newInputs()
	open := func(takesPlace bool) *client {
		made := &client{}
		made.inbox, _ = inputs.newInbox(&inputs.commands, chunkBytes, takesPlace, func(bytes int) { made.credit += bytes })
		made.inbox.askForPlace()
		return made
	}
	clients := []*client{}
	for range inputPlaces {
		clients = append(clients, open(true))
	}
	if _, hasRoom := inputs.newInbox(&inputs.commands, chunkBytes, true, func(int) {}); hasRoom {
		t.Fatal("there is a place too many")
	}
	late, gone, later := open(false), open(false), open(false)
	gone.inbox.stop(errFrame)
	if late.credit+later.credit != 0 {
		t.Fatal("granted without a place")
	}
	clients[3].inbox.end(nil)
	clients[4].inbox.end(nil)
	if late.credit != chunkBytes || later.credit != chunkBytes || gone.credit != 0 {
		t.Fatalf("granted %d, %d and %d", late.credit, later.credit, gone.credit)
	}
}

// Commands that never read hold all the places of commands, and all that is shared.
func TestNoFileWaitsForCommandsThatDoNotRead(t *testing.T) {
	inputs := newInputs()
	for range 2 * inputPlaces {
		full := &client{}
		full.inbox, _ = inputs.newInbox(&inputs.commands, 16*chunkBytes, false, func(bytes int) { full.credit += bytes })
		full.inbox.askForPlace()
		for full.credit > 0 {
			size := min(full.credit, chunkBytes)
			full.credit -= size
			full.inbox.put(make([]byte, size))
			full.inbox.done(0)
		}
	}
	file, hasRoom := inputs.newInbox(&inputs.files, 128*chunkBytes, true, func(int) {})
	if !hasRoom {
		t.Fatal("a file has no place")
	}
	for range 1000 {
		if !file.put(make([]byte, chunkBytes)) {
			t.Fatal("what a file may send was refused")
		}
		chunk, _ := file.next()
		file.done(len(chunk))
	}
}

func TestSmallPiecesAreJoined(t *testing.T) {
	made := openedBy(newInputs(), true, rand.New(rand.NewSource(1)))
	for index := range 1000 {
		made.inbox.put([]byte{byte(index)})
	}
	if len(made.inbox.chunks) != 1 {
		t.Fatalf("%d pieces are held", len(made.inbox.chunks))
	}
	chunk, _ := made.inbox.next()
	for index, value := range chunk {
		if value != byte(index) {
			t.Fatalf("byte %d is %d", index, value)
		}
	}
}

func TestMoreThanWasGrantedIsRefused(t *testing.T) {
	made := openedBy(newInputs(), true, rand.New(rand.NewSource(1)))
	if !made.inbox.put(make([]byte, chunkBytes)) {
		t.Fatal("what was granted was refused")
	}
	if made.inbox.put([]byte{1}) {
		t.Fatal("one byte more was taken")
	}
}

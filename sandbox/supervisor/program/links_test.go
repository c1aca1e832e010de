package main

import "testing"

// The same table as in sandbox/files/safe-path.test.ts, for the other end.
func TestLinksThatStayInside(t *testing.T) {
	for _, each := range []struct {
		depth  int
		target string
		wanted bool
	}{
		{0, "a/b", true}, {0, "./a//b/", true}, {1, "../a", true}, {2, "../..", true}, {0, ".", true},
		{0, "..", false}, {1, "../../a", false}, {1, "a/..", false}, {3, "../a/../b", false}, {3, "/a", false},
		{3, "", false}, {3, "a\x00", false},
	} {
		if got := linkStaysInside(each.depth, each.target); got != each.wanted {
			t.Errorf("a link %d levels down that says %q: %v", each.depth, each.target, got)
		}
	}
}

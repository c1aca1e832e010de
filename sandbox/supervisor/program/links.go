package main

import "strings"

// linkStaysInside says whether a link that lies so many folders below the root of a tree leads into that tree, whatever
// else the tree holds: it goes up first, not beyond the root, and after that only down. The folders above a link are
// folders, so going up leads where it says; and what lies on the way down is a folder or a link of which the same is true.
// safe-path.ts is the other half.
func linkStaysInside(depth int, target string) bool {
	if target == "" || strings.HasPrefix(target, "/") || strings.Contains(target, "\x00") {
		return false
	}
	isDown := false
	for name := range strings.SplitSeq(target, "/") {
		switch name {
		case "", ".":
		case "..":
			depth--
			if isDown || depth < 0 {
				return false
			}
		default:
			isDown = true
		}
	}
	return true
}

package lawproto

import (
	"fmt"
	"runtime/debug"
	"strings"
	"unicode"
)

// FailValues tells a refusal by a schema from other trouble with values. Helm marks it only in its wording.
func FailValues(err error) error {
	if strings.HasPrefix(err.Error(), "values don't meet the specifications of the schema(s)") {
		return Fail(StageSchema, err)
	}
	return Fail(StageValues, err)
}

// TakeNotes removes every NOTES.txt from what was rendered and returns the one of the chart itself.
func TakeNotes(texts map[string]string, own string) string {
	notes := texts[own]
	for name := range texts {
		if strings.HasSuffix(name, "NOTES.txt") {
			delete(texts, name)
		}
	}
	return notes
}

// PrintedChunk is an entry as Helm prints it: with the comment before it, so that complaints name the same lines, and
// with a line end after it, whether or not the text has one.
func PrintedChunk(template, text string) Chunk {
	return Chunk{Template: template, Text: sourcePrefix + template + "\n" + text + "\n"}
}

// TrimLast cuts white space from the end of the last chunk, as `helm template` does before it prints the hooks.
func TrimLast(chunks []Chunk) {
	if len(chunks) == 0 {
		return
	}
	last := &chunks[len(chunks)-1]
	last.Text = strings.TrimRightFunc(last.Text, unicode.IsSpace) + "\n"
}

// ModuleVersion is the version of a module that this program was built with: `helm` itself gets it from a linker
// flag, so templates that print .Capabilities.HelmVersion would differ.
func ModuleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		panic("lawd was built without module information")
	}
	for _, module := range info.Deps {
		if module.Path == path {
			return module.Version
		}
	}
	panic(fmt.Sprintf("lawd was built without %s", path))
}

package lawproto

import (
	"bytes"
	"io/fs"
	"path"
	"sort"
	"strings"
	"time"
)

var byteOrderMark = []byte{0xEF, 0xBB, 0xBF}

// filesInMemory gives what Helm's folder loader would keep if the files were on disk: .helmignore is obeyed and a
// byte order mark is cut off.
func filesInMemory(helm Helm, texts map[string]string) ([]File, error) {
	ignored, err := helm.IgnoreRules(texts[".helmignore"])
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(texts))
	for name := range texts {
		names = append(names, name)
	}
	sort.Strings(names)
	files := make([]File, 0, len(names))
	for _, name := range names {
		if ignored(name, false) || insideIgnored(name, ignored) {
			continue
		}
		files = append(files, File{Name: name, Data: bytes.TrimPrefix([]byte(texts[name]), byteOrderMark)})
	}
	return files, nil
}

func insideIgnored(name string, ignored func(string, bool) bool) bool {
	for folder := path.Dir(name); folder != "."; folder = path.Dir(folder) {
		if ignored(folder, true) {
			return true
		}
	}
	return false
}

// Entry is the little that Helm's ignore rules ask about a file.
type Entry struct {
	Path   string
	Folder bool
}

func (e Entry) Name() string       { return e.Path[strings.LastIndexByte(e.Path, '/')+1:] }
func (e Entry) IsDir() bool        { return e.Folder }
func (e Entry) Size() int64        { return 0 }
func (e Entry) ModTime() time.Time { return time.Time{} }
func (e Entry) Sys() any           { return nil }
func (e Entry) Mode() fs.FileMode {
	if e.Folder {
		return fs.ModeDir
	}
	return 0
}

package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// findProgram looks along the PATH of the command's own environment. A name with a slash is taken as it is, from the
// command's folder; folders of PATH that are not absolute are passed over.
func findProgram(request *startRequest) (string, *problem) {
	if len(request.Argv) == 0 || request.Argv[0] == "" {
		return "", &problem{Code: "EINVAL", Text: "a command without a program"}
	}
	folder, err := os.Stat(request.Directory)
	if err != nil {
		return "", &problem{Code: problemCwd, Text: problemOf(err, request.Directory).Text}
	}
	if !folder.IsDir() {
		return "", &problem{Code: problemCwd, Text: request.Directory + ": not a directory"}
	}
	name := request.Argv[0]
	if strings.Contains(name, "/") {
		return name, nil
	}
	failed := &problem{Code: "ENOENT", Text: name + ": not found in PATH"}
	for _, folder := range filepath.SplitList(pathOf(request.Env)) {
		if !filepath.IsAbs(folder) {
			continue
		}
		candidate := filepath.Join(folder, name)
		found, err := os.Stat(candidate)
		if err != nil || found.IsDir() {
			continue
		}
		const mayExecute = 1
		if syscall.Access(candidate, mayExecute) == nil {
			return candidate, nil
		}
		failed = &problem{Code: "EACCES", Text: candidate + ": may not be executed"}
	}
	return "", failed
}

func pathOf(env []string) string {
	for _, variable := range env {
		if value, isPath := strings.CutPrefix(variable, "PATH="); isPath {
			return value
		}
	}
	return defaultPath
}

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"unsafe"
)

func accountToken([]string) (string, error) {
	token, err := os.ReadFile("/var/run/secrets/kubernetes.io/serviceaccount/token")
	return fmt.Sprintf("a token of %d bytes", len(token)), err
}

func becomeRoot([]string) (string, error) {
	return "uid 0", syscall.Setuid(0)
}

func whoAmI([]string) (string, error) {
	return strconv.Itoa(os.Geteuid()), nil
}

// setuidProgram leaves a program behind that makes anybody who runs it root.
func setuidProgram([]string) (string, error) {
	folder, err := os.MkdirTemp("/tmp", "setuid")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(folder)
	program := filepath.Join(folder, "program")
	own, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		return "", err
	}
	if err := errors.Join(os.Chmod(folder, 0o755), os.WriteFile(program, own, 0o755)); err != nil {
		return "", err
	}
	if err := errors.Join(os.Chown(program, 0, 0), syscall.Chmod(program, 0o4755)); err != nil {
		return "", err
	}
	command := exec.Command(program, "who-am-i")
	if os.Getuid() == 0 {
		command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 1000, Gid: 1000}}
	}
	out, err := command.Output()
	if err == nil && strings.TrimSpace(string(out)) != "0" {
		err = fmt.Errorf("it runs as uid %s", bytes.TrimSpace(out))
	}
	return "uid 1000 ran a program as root", err
}

const capabilityVersion3 = 0x20080522

func takeCapabilities([]string) (string, error) {
	runtime.LockOSThread()
	header := struct {
		version uint32
		pid     int32
	}{capabilityVersion3, 0}
	// CAP_SYS_ADMIN and CAP_NET_ADMIN: effective, permitted, inheritable.
	wanted := uint32(1<<21 | 1<<12)
	sets := [6]uint32{wanted, wanted, 0}
	_, _, errno := syscall.RawSyscall(syscall.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&sets)), 0)
	return "CAP_SYS_ADMIN and CAP_NET_ADMIN", errorOf(errno)
}

func errorOf(errno syscall.Errno) error {
	if errno == 0 {
		return nil
	}
	return errno
}

func userNamespace([]string) (string, error) {
	command := exec.Command("/proc/self/exe", "who-am-i")
	command.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
	}
	out, err := command.CombinedOutput()
	if err == nil && strings.TrimSpace(string(out)) != "0" {
		err = errors.New(string(out))
	}
	return "root of a user namespace of its own", err
}

func setHostname([]string) (string, error) {
	return "another host name", syscall.Sethostname([]byte("owned"))
}

func mountTmpfs([]string) (string, error) {
	folder, err := os.MkdirTemp("/tmp", "mount")
	if err != nil {
		return "", err
	}
	if err := syscall.Mount("none", folder, "tmpfs", 0, "size=64k"); err != nil {
		return "", err
	}
	return "a tmpfs", syscall.Unmount(folder, 0)
}

func remountRoot([]string) (string, error) {
	return "a root file system that can be written", syscall.Mount("", "/", "", syscall.MS_REMOUNT|syscall.MS_BIND, "")
}

func changeRoot([]string) (string, error) {
	return "another root folder", syscall.Chroot("/tmp")
}

func write(paths []string) (string, error) {
	return "a file " + paths[0], os.WriteFile(paths[0], []byte("owned"), 0o644)
}

// openForWriting writes nothing: being let in is enough, and what lies behind may be the node's. Kernels differ in
// which of the paths they have.
func openForWriting(paths []string) (string, error) {
	refusal := errors.New("none of the paths is there")
	for _, path := range paths {
		file, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err == nil {
			file.Close()
			return path + " is open for writing", nil
		}
		if !errors.Is(err, os.ErrNotExist) {
			refusal = err
		}
	}
	return "", refusal
}

// read takes a masked file for a refusal: it is there, and empty.
func read(paths []string) (string, error) {
	file, err := os.Open(paths[0])
	if err != nil {
		return "", err
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, 256))
	if err == nil && len(content) == 0 {
		err = errors.New("nothing is in it")
	}
	return fmt.Sprintf("at least %d bytes of %s", len(content), paths[0]), err
}

func makeDevice([]string) (string, error) {
	path := filepath.Join("/tmp", "device-"+strconv.Itoa(os.Getpid()))
	// The first SCSI disk, whether there is one or not; it is not opened.
	if err := syscall.Mknod(path, syscall.S_IFBLK|0o600, 8<<8); err != nil {
		return "", err
	}
	return "a block device", os.Remove(path)
}

func loadIntoKernel([]string) (string, error) {
	// BPF_MAP_CREATE of an array with one value.
	attributes := [18]uint32{2, 4, 4, 1}
	descriptor, _, errno := syscall.RawSyscall(numberOfBpf, 0, uintptr(unsafe.Pointer(&attributes)), unsafe.Sizeof(attributes))
	if errno == 0 {
		syscall.Close(int(descriptor))
	}
	return "a BPF map in the kernel", errorOf(errno)
}

func openKeyring([]string) (string, error) {
	const getKeyringID, sessionKeyring = 0, -3
	id := int32(sessionKeyring)
	_, _, errno := syscall.RawSyscall(syscall.SYS_KEYCTL, getKeyringID, uintptr(id), 1)
	return "the kernel's keyring", errorOf(errno)
}

func raisePriority([]string) (string, error) {
	return "priority over all others", syscall.Setpriority(syscall.PRIO_PROCESS, 0, -20)
}

func seeProcess(names []string) (string, error) {
	found, _ := filepath.Glob("/proc/[0-9]*/comm")
	for _, path := range found {
		name, _ := os.ReadFile(path)
		if strings.TrimSpace(string(name)) == names[0] {
			return "sees the process " + names[0], nil
		}
	}
	return "", fmt.Errorf("sees %d processes, none of them %s", len(found), names[0])
}

// parents are the processes above this one, up to a number of levels.
func parents(levels string) []int {
	count, _ := strconv.Atoi(levels)
	found := []int{}
	for pid := os.Getppid(); pid > 1 && len(found) < count; {
		found = append(found, pid)
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		if err != nil || len(fields) < 2 {
			break
		}
		pid, _ = strconv.Atoi(fields[1])
	}
	return found
}

// speakForParents writes into the output of whoever started it, where only they should speak.
func speakForParents(levels []string) (string, error) {
	err := errors.New("no parents")
	for _, pid := range parents(levels[0]) {
		var file *os.File
		if file, err = os.OpenFile(fmt.Sprintf("/proc/%d/fd/1", pid), os.O_WRONLY, 0); err != nil {
			continue
		}
		_, err = file.WriteString("forged\n")
		file.Close()
		if err == nil {
			return fmt.Sprintf("spoke for process %d", pid), nil
		}
	}
	return "", err
}

// killParents ends the supervisor and its reaper, the farthest first.
func killParents(levels []string) (string, error) {
	found := parents(levels[0])
	for index := len(found) - 1; index >= 0; index-- {
		if err := syscall.Kill(found[index], syscall.SIGKILL); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("killed %d processes", len(found)), nil
}

package devnet

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"sync"
	"syscall"
)

func groupAttributes(tied bool) *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Setsid: true}
	if tied {
		attributes.Pdeathsig = syscall.SIGKILL
	}
	return attributes
}

func newSpawner() func() chan<- spawnRequest {
	return sync.OnceValue(func() chan<- spawnRequest {
		requests := make(chan spawnRequest)
		go func() {
			runtime.LockOSThread()
			for request := range requests {
				request.done <- request.cmd.Start()
			}
		}()
		return requests
	})
}

// runs tells whether a process that was started for this home runs; a zombie does not.
func runs(pid int, home string) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	// proc_pid_stat(5): the state follows the name in brackets.
	if end := bytes.LastIndexByte(stat, ')'); end < 0 || end+2 >= len(stat) || stat[end+2] == 'Z' || stat[end+2] == 'X' {
		return false
	}
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return err == nil && bytes.Contains(line, []byte(home))
}

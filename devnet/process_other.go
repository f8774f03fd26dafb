//go:build !linux

package devnet

import (
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

func groupAttributes(bool) *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

func newSpawner() func() chan<- spawnRequest {
	return sync.OnceValue(func() chan<- spawnRequest {
		requests := make(chan spawnRequest)
		go func() {
			for request := range requests {
				request.done <- request.cmd.Start()
			}
		}()
		return requests
	})
}

// runs tells whether a process that was started for this home runs; a zombie does not.
func runs(pid int, home string) bool {
	line, err := exec.Command("ps", "-o", "stat=,command=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && strings.Contains(string(line), home) && !strings.HasPrefix(string(line), "Z")
}

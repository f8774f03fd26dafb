package explorer

import "syscall"

const (
	pause  = syscall.SIGSTOP
	resume = syscall.SIGCONT
)

func signal(pid int, s syscall.Signal) error { return syscall.Kill(pid, s) }

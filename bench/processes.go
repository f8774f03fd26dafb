package bench

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// clockTick is the unit of times in /proc: sysconf(_SC_CLK_TCK) is 100 on every Linux that Go runs on.
const clockTick = 10 * time.Millisecond

// cpuOf is the processor time, user and system, that the processes have used since they started.
func cpuOf(pids []int) (time.Duration, error) {
	var sum time.Duration
	for _, pid := range pids {
		used, err := cpuOfOne(pid)
		if err != nil {
			return 0, fmt.Errorf("processor time of the validator with pid %d: %w: it may have ended; look at its log", pid, err)
		}
		sum += used
	}
	return sum, nil
}

func cpuOfOne(pid int) (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	return parseStat(stat)
}

// parseStat adds utime and stime, fields 14 and 15 of proc_pid_stat(5). The name in field 2 may hold anything,
// brackets and blanks too, so fields count from its last bracket.
func parseStat(stat []byte) (time.Duration, error) {
	const utime, stime = 14 - 3, 15 - 3
	end := bytes.LastIndexByte(stat, ')')
	if end < 0 {
		return 0, fmt.Errorf("/proc stat without a name: %q", stat)
	}
	fields := bytes.Fields(stat[end+1:])
	if len(fields) <= stime {
		return 0, fmt.Errorf("/proc stat with %d fields", len(fields))
	}
	var ticks int64
	for _, field := range fields[utime : stime+1] {
		n, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("/proc stat: %w", err)
		}
		ticks += n
	}
	return time.Duration(ticks) * clockTick, nil
}

// ownCPU is the processor time of this very process, the load generator.
func ownCPU() (time.Duration, error) {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0, err
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), nil
}

// peakMemory is the most that a process had in memory since it was started, in bytes: VmHWM of proc_pid_status(5).
func peakMemory(pid int) (int64, error) { return statusField(pid, "VmHWM") }

// statusField of a process, in bytes.
func statusField(pid int, field string) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, fmt.Errorf("memory of the process with pid %d: %w: it may have ended; look at its log", pid, err)
	}
	return parseStatus(status, field)
}

func parseStatus(status []byte, field string) (int64, error) {
	for line := range bytes.Lines(status) {
		var kilobytes int64
		if n, _ := fmt.Sscanf(string(line), field+": %d kB", &kilobytes); n == 1 {
			return kilobytes << 10, nil
		}
	}
	return 0, errors.New("/proc status without " + field)
}

// sizeOf the files of a folder. A database deletes some while it is walked: they count as nothing.
func sizeOf(folder string) (bytes int64, err error) {
	err = filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			var info fs.FileInfo
			if info, err = entry.Info(); err == nil {
				bytes += info.Size()
			}
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	return bytes, err
}

package bench

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParseStat(t *testing.T) {
	const rest = " S 1 2 3 0 -1 4194560 11 22 33 44 150 25 7 8 20 0 9 0 1234 5678"
	for name, stat := range map[string]string{
		"plain":                  "42 (creditd)" + rest,
		"a name with blanks":     "42 (credit d 1 2 3)" + rest,
		"a name with a bracket":  "42 (a) R 9 9 9)" + rest,
		"with a line end":        "42 (creditd)" + rest + "\n",
		"of an older kernel":     "42 (creditd) S 1 2 3 0 -1 4194560 11 22 33 44 150 25",
		"children do not matter": "42 (creditd) S 1 2 3 0 -1 4194560 11 22 33 44 150 25 999 999",
	} {
		used, err := parseStat([]byte(stat))
		require.NoError(t, err, name)
		require.Equal(t, 1750*time.Millisecond, used, name)
	}
	for name, stat := range map[string]string{
		"empty":   "",
		"no name": "42 creditd S 1",
		"short":   "42 (creditd) S 1 2 3 0 -1 4194560 11 22 33 44 150",
		"letters": "42 (creditd) S 1 2 3 0 -1 4194560 11 22 33 44 150 x",
	} {
		_, err := parseStat([]byte(stat))
		require.Error(t, err, name)
	}
}

// Both ways of asking agree about this process.
func TestCPUOf(t *testing.T) {
	for deadline := time.Now().Add(100 * time.Millisecond); time.Now().Before(deadline); { // something to count
	}
	own, err := ownCPU()
	require.NoError(t, err)
	proc, err := cpuOf([]int{os.Getpid()})
	require.NoError(t, err)
	require.InDelta(t, own.Seconds(), proc.Seconds(), 0.5)

	twice, err := cpuOf([]int{os.Getpid(), os.Getpid()})
	require.NoError(t, err)
	require.GreaterOrEqual(t, twice, 2*proc)

	_, err = cpuOf([]int{0})
	require.ErrorContains(t, err, "pid 0")
}

func TestParsePeak(t *testing.T) {
	peak, err := parseStatus([]byte("Name:\tcreditd\nVmPeak:\t  9000 kB\nVmHWM:\t  1024 kB\nVmRSS:\t 512 kB\n"), "VmHWM")
	require.NoError(t, err)
	require.EqualValues(t, 1<<20, peak)
	_, err = parseStatus([]byte("Name:\tVmHWM\n"), "VmHWM")
	require.Error(t, err)
}

func TestSizeOf(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "sub"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a"), make([]byte, 10), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "sub", "b"), make([]byte, 5), 0o600))
	size, err := sizeOf(dir)
	require.NoError(t, err)
	require.EqualValues(t, 15, size)
}

package interrupt

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

const beVictim = "CREDITD_TEST_INTERRUPT_VICTIM"

// A process that is told to stop and does not get on with it is ended by the second signal.
func TestSecondSignalEndsAtOnce(t *testing.T) {
	if os.Getenv(beVictim) != "" {
		ctx, _ := Context(t.Context())
		fmt.Println("runs")
		<-ctx.Done()
		fmt.Println("stops")
		select {} // and takes for ever
	}
	victim := exec.Command(os.Args[0], "-test.run=^TestSecondSignalEndsAtOnce$")
	victim.Env = append(os.Environ(), beVictim+"=1")
	out, err := victim.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, victim.Start())
	lines := bufio.NewScanner(out)
	for _, line := range []string{"runs", "stops"} {
		require.True(t, lines.Scan())
		require.Equal(t, line, lines.Text())
		require.NoError(t, victim.Process.Signal(syscall.SIGTERM))
	}
	var ended *exec.ExitError
	require.ErrorAs(t, victim.Wait(), &ended)
	status, ok := ended.Sys().(syscall.WaitStatus)
	require.True(t, ok)
	require.True(t, status.Signaled())
	require.Equal(t, syscall.SIGTERM, status.Signal())
}

func TestContextEndsWithItsParentAndItsCaller(t *testing.T) {
	ctx, cancel := Context(nil) //nolint:staticcheck // a command that was run without a context has none
	require.NoError(t, ctx.Err())
	cancel()
	require.Error(t, ctx.Err())
}

package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/client"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/exposure/types"
)

func TestParseQuestion(t *testing.T) {
	id := strings.Repeat("ab", 32)
	q, err := parseQuestion("exposure", id)
	require.NoError(t, err)
	require.Equal(t, types.KIND_EXPOSURE, q.Kind)
	require.Len(t, q.Inquiry, 32)
	q, err = parseQuestion("sector", "4411")
	require.NoError(t, err)
	require.EqualValues(t, 4411, q.Sector)
	for _, bad := range [][2]string{{"sum", id}, {"count", "abc"}, {"sector", "1"}, {"sector", "x"}, {"sector", "4294967296"}} {
		_, err = parseQuestion(bad[0], bad[1])
		require.Error(t, err, bad)
	}
}

func answer() *types.QueryRoundResponse {
	bank := testutil.Address("bank").String()
	return &types.QueryRoundResponse{
		Round: types.Round{
			Id: testutil.Bytes("round"), Kind: types.KIND_COUNT, Status: types.STATUS_FAILED, Failure: types.FAILURE_TOO_FEW_SUBMISSIONS,
			Members: 4, Threshold: 3,
		},
		Parts: []types.Part{{Index: 1, Member: bank}},
	}
}

func TestShow(t *testing.T) {
	cmd, out := &cobra.Command{}, &bytes.Buffer{}
	cmd.SetOut(out)
	r := statusOf(answer())
	require.NoError(t, show(cmd, client.Context{OutputFormat: "json"}, r))
	require.Contains(t, out.String(), `"failure":"FAILURE_TOO_FEW_SUBMISSIONS"`)
	require.Contains(t, out.String(), `"silent":["cosmos1`)
	out.Reset()
	total := uint64(3)
	r.Total, r.Unit = &total, "institutions"
	require.NoError(t, show(cmd, client.Context{}, r))
	require.Contains(t, out.String(), "total: 3 institutions, of 0 institutions out of 4\nnot in it: cosmos1")
}

// TestExamples: what help shows parses.
func TestExamples(t *testing.T) {
	for _, cmd := range NewCommand().Commands() {
		require.NotEmpty(t, cmd.Example, cmd.Name())
		require.NotEmpty(t, cmd.Short, cmd.Name())
		for _, line := range strings.Split(cmd.Example, "\n") {
			words := strings.Fields(line)
			require.Equal(t, []string{"creditd", "privacy", "sum", cmd.Name()}, words[:4])
		}
	}
}

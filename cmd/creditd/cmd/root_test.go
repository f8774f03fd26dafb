package cmd

import (
	"reflect"
	"strings"
	"testing"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/app"
)

// Every message of ours can be sent from the command line, except those that only a vote may: they are
// put into a proposal with `creditd tx gov submit-proposal`.
func TestEveryMessageHasACommand(t *testing.T) {
	root := NewRootCmd()
	encoding := app.NewEncodingConfig()
	found := 0
	for _, url := range encoding.InterfaceRegistry.ListImplementations(sdk.MsgInterfaceProtoName) {
		if !strings.HasPrefix(url, "/creditd.") {
			continue
		}
		msg, err := encoding.InterfaceRegistry.Resolve(url)
		require.NoError(t, err)
		if _, byVote := reflect.TypeOf(msg).Elem().FieldByName("Authority"); byVote {
			continue
		}
		parts := strings.Split(url, ".") // /creditd.<module>.v1.Msg<Name>
		path := []string{"tx", parts[1], kebab(strings.TrimPrefix(parts[3], "Msg"))}
		cmd, rest, err := root.Find(path)
		require.NoError(t, err, url)
		require.Empty(t, rest, "no command `creditd %s`", strings.Join(path, " "))
		require.NotEmpty(t, cmd.Example, "`creditd %s --help` has no example", strings.Join(path, " "))
		found++
	}
	require.Greater(t, found, 10)
}

// Every command of ours says what it does and shows an example; the SDK's own are as they are.
func TestEveryCommandHasAnExample(t *testing.T) {
	ours := map[string]bool{"devnet": true, "vault": true, "report": true, "genesis": true, "testnet": true, "attestation": true, "audit": true, "wallet": true}
	for _, top := range NewRootCmd().Commands() {
		if ours[top.Name()] {
			walk(top, func(c *cobra.Command) {
				require.NotEmpty(t, c.Short, c.CommandPath())
				if c.Runnable() && len(c.Commands()) == 0 {
					require.NotEmpty(t, c.Example, "`%s --help` has no example", c.CommandPath())
				}
			})
		}
	}
}

func walk(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, child := range c.Commands() {
		walk(child, visit)
	}
}

// kebab turns RotateConsensusKey into rotate-consensus-key.
func kebab(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

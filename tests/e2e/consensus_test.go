package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/app"
	"github.com/creditd/creditd/devnet"
	"github.com/creditd/creditd/devnet/nodehome"
	"github.com/creditd/creditd/x/institution/types"
)

// TestLicencesMakeTheSet follows the validator set through downtime, expiry and suspension on one network.
func TestLicencesMakeTheSet(t *testing.T) {
	t.Parallel()
	ctx, net := network(t, devnet.Options{
		WithoutVaults: true, VotingPeriod: votingPeriod,
		Institution: func(p *types.Params) {
			// Nodes take up to three seconds to find all others. Who missed some of the first blocks for that must not be
			// jailed: of the three that stay, none may then fail, and this test ends one.
			p.SignedBlocksWindow, p.MaxMissedBlocks, p.DowntimeJailDuration = 40, 20, time.Second
		},
	})
	a, b, c, tax := 0, 1, 2, 3
	addresses := make([]string, 4)
	for i := range addresses {
		addresses[i] = consensusAddress(ctx, t, net, i)
	}
	for _, address := range addresses {
		signs(ctx, t, net, a, address)
	}
	require.Len(t, powers(ctx, t, net, a), 4)

	t.Run("a validator that is down is jailed, and comes back", func(t *testing.T) {
		net.Kill(c)
		leaves(ctx, t, net, a, addresses[c])
		early := send(ctx, t, net, net.Institutions[b].Name, "institution", "unjail")
		require.Equal(t, types.ErrNotJailed.ABCICode(), early.Code, early.Log)

		require.NoError(t, net.Restart(c))
		catchesUp(ctx, t, net, c)
		eventually(ctx, t, "unjail to be accepted", func() bool {
			return send(ctx, t, net, net.Institutions[c].Name, "institution", "unjail").Code == 0
		})
		eventually(ctx, t, "the validator to return", func() bool { return powers(ctx, t, net, a)[addresses[c]] == "10" })
		signs(ctx, t, net, a, addresses[c])
	})

	t.Run("a licence that expires leaves the set and loses its rights", func(t *testing.T) {
		name := net.Institutions[tax].Name
		sponsor(ctx, t, net, name)
		amended := vote(ctx, t, net, []string{"bank-a", "bank-b", "bank-c"}, "amend", net.Institutions[tax].Operator,
			"--roles", "furnisher", "--roles", "validator", "--roles", "supervisor", "--power", "10",
			"--valid-until", time.Now().Add(votingPeriod+10*time.Second).UTC().Format(time.RFC3339))
		require.Equal(t, "PROPOSAL_STATUS_PASSED", amended.Status, amended.FailedReason)
		eventually(ctx, t, "the licence to expire", func() bool { return licence(ctx, t, net, name) == "LICENCE_STATUS_EXPIRED" })
		leavesWithinTwoBlocks(ctx, t, net, a, addresses[tax])
		writesNothing(ctx, t, net, name)
	})

	t.Run("an institution that the members suspend leaves the set and cannot write", func(t *testing.T) {
		name := net.Institutions[b].Name
		sponsor(ctx, t, net, name)
		passed := vote(ctx, t, net, []string{"bank-a", "bank-c", devnet.Lender}, "suspend", net.Find(name).Operator, "breach")
		require.Equal(t, "PROPOSAL_STATUS_PASSED", passed.Status, passed.FailedReason)
		require.Equal(t, "LICENCE_STATUS_SUSPENDED", licence(ctx, t, net, name))
		leavesWithinTwoBlocks(ctx, t, net, a, addresses[b])
		writesNothing(ctx, t, net, name)
	})
}

// leaves waits until an address has no power.
func leaves(ctx context.Context, t *testing.T, net *devnet.Net, i int, address string) {
	t.Helper()
	eventually(ctx, t, address+" to leave the set", func() bool {
		_, in := powers(ctx, t, net, i)[address]
		return !in
	})
}

// leavesWithinTwoBlocks looks for the block in which the licence lost its rights: from the second one after it on,
// the validator is not in the set.
func leavesWithinTwoBlocks(ctx context.Context, t *testing.T, net *devnet.Net, i int, address string) {
	t.Helper()
	leaves(ctx, t, net, i, address)
	rpc := net.Institutions[i].Node.RPC
	last := height(ctx, net, i) + 1 // the set of the next block is known already
	for last > 1 && !inSetAt(ctx, t, rpc, address, last) {
		last--
	}
	// What a block decides about the set holds from the second block after it.
	require.True(t, licenceChangedAt(ctx, t, rpc, last-1), "last in the set at %d, but the licence did not change at %d", last, last-1)
}

func inSetAt(ctx context.Context, t *testing.T, rpc, address string, at int64) bool {
	t.Helper()
	var set struct {
		Validators []struct {
			Address string `json:"address"`
		} `json:"validators"`
	}
	require.NoError(t, devnet.RPC(ctx, rpc, "/validators?height="+strconv.FormatInt(at, 10), &set))
	for _, v := range set.Validators {
		if v.Address == address {
			return true
		}
	}
	return false
}

func licenceChangedAt(ctx context.Context, t *testing.T, rpc string, at int64) bool {
	t.Helper()
	var block struct {
		Events []devnet.Event `json:"finalize_block_events"`
	}
	require.NoError(t, devnet.RPC(ctx, rpc, "/block_results?height="+strconv.FormatInt(at, 10), &block))
	for _, e := range block.Events {
		if strings.HasPrefix(e.Type, "creditd.institution.v1.EventLicence") {
			return true
		}
	}
	return false
}

// catchesUp waits until a node that was away is where the first one is now, and serves again.
func catchesUp(ctx context.Context, t *testing.T, net *devnet.Net, i int) {
	t.Helper()
	head := height(ctx, net, 0)
	eventually(ctx, t, "the node to catch up", func() bool {
		status, err := devnet.NodeStatus(ctx, net.Institutions[i].Node.RPC)
		return err == nil && status.Height >= head && !status.CatchingUp
	})
}

// signs waits until an address has signed a commit.
func signs(ctx context.Context, t *testing.T, net *devnet.Net, i int, address string) {
	t.Helper()
	eventually(ctx, t, address+" to sign", func() bool {
		var commit struct {
			SignedHeader struct {
				Commit struct {
					Signatures []struct {
						Address string `json:"validator_address"`
					} `json:"signatures"`
				} `json:"commit"`
			} `json:"signed_header"`
		}
		if devnet.RPC(ctx, net.Institutions[i].Node.RPC, "/commit", &commit) != nil {
			return false
		}
		for _, s := range commit.SignedHeader.Commit.Signatures {
			if s.Address == address {
				return true
			}
		}
		return false
	})
}

// sponsor lets an institution's transactions reach the chain at bank-a's cost when it may not pay itself.
func sponsor(ctx context.Context, t *testing.T, net *devnet.Net, name string) {
	t.Helper()
	granted := send(ctx, t, net, "bank-a", "feegrant", "grant", net.Find("bank-a").Operator, net.Find(name).Operator)
	require.Zero(t, granted.Code, granted.Log)
}

// writesNothing tries both ways: at its own cost the transaction is refused, sponsored the message is.
func writesNothing(ctx context.Context, t *testing.T, net *devnet.Net, name string) {
	t.Helper()
	enrol := []string{"credit", "enrol-subjects", "--subjects", fmt.Sprintf(`{"pseudonym":%q,"kind":"SUBJECT_KIND_LEGAL_ENTITY"}`, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")}
	own := send(ctx, t, net, name, enrol...)
	require.Equal(t, app.ErrMayNotPay.Codespace(), own.Codespace, own.Log)
	require.Equal(t, app.ErrMayNotPay.ABCICode(), own.Code, own.Log)
	require.Contains(t, own.Log, "ask an institution to sponsor it")
	sponsored := send(ctx, t, net, name, append(enrol, "--fee-granter", net.Find("bank-a").Operator)...)
	require.Equal(t, types.ModuleName, sponsored.Codespace, sponsored.Log)
	require.Equal(t, types.ErrNotLicensed.ABCICode(), sponsored.Code, sponsored.Log)
}

// TestLastValidatorAndExport runs a chain of one validator: it cannot be voted out, and what it exports starts
// another chain.
func TestLastValidatorAndExport(t *testing.T) {
	t.Parallel()
	ctx, net := network(t, devnet.Options{WithoutVaults: true, Validators: 1, VotingPeriod: votingPeriod})
	refusedVote := vote(ctx, t, net, []string{"bank-a", devnet.Lender}, "suspend", net.Find("bank-a").Operator, "breach")
	require.Equal(t, "PROPOSAL_STATUS_FAILED", refusedVote.Status)
	require.Contains(t, refusedVote.FailedReason, "no validator would be left")
	require.Equal(t, "LICENCE_STATUS_ACTIVE", licence(ctx, t, net, "bank-a"))
	require.NoError(t, net.WaitHeight(ctx, 0, height(ctx, net, 0)+2))

	require.NoError(t, net.Interrupt(0))
	home := net.Institutions[0].Home
	genesis := filepath.Join(home, "config", "genesis.json")
	must(ctx, t, net, "export", "--home", home, "--output-document", genesis)
	first, err := os.ReadFile(genesis)
	require.NoError(t, err)
	must(ctx, t, net, "genesis", "validate", genesis)
	must(ctx, t, net, "comet", "unsafe-reset-all", "--home", home)
	require.NoError(t, net.Restart(0))
	require.NoError(t, net.WaitHeight(ctx, 0, initialHeight(t, first)+2))
	eventually(ctx, t, "the REST server to answer", func() bool {
		return rest(ctx, net, 0, "/cosmos/base/tendermint/v1beta1/syncing", &struct{}{}) == nil
	})
	require.Equal(t, "LICENCE_STATUS_ACTIVE", licence(ctx, t, net, "bank-a"))
}

func initialHeight(t *testing.T, genesis []byte) int64 {
	t.Helper()
	var doc struct {
		InitialHeight int64 `json:"initial_height"`
	}
	require.NoError(t, json.Unmarshal(genesis, &doc))
	require.Greater(t, doc.InitialHeight, int64(1))
	return doc.InitialHeight
}

// TestConsensusKeys rotates a validator's key twice on a running network, the second time to a post-quantum one. What
// was proven to a stranger before stays proven.
func TestConsensusKeys(t *testing.T) {
	t.Parallel()
	ctx, net := network(t, devnet.Options{WithoutVaults: true})
	s := newStranger(ctx, t, net)
	t.Run("attestations are shown to a stranger", func(t *testing.T) { s.isShown(ctx, t) })
	const rotated = 1
	for _, kind := range []string{nodehome.Ed25519, nodehome.MLDSA65} {
		t.Run("to "+kind, func(t *testing.T) {
			old := consensusAddress(ctx, t, net, rotated)
			fresh := t.TempDir()
			_, _, err := nodehome.Init(fresh, kind)
			require.NoError(t, err)
			key := strings.TrimSpace(string(must(ctx, t, net, "comet", "show-validator", "--home", fresh)))
			sent := send(ctx, t, net, net.Institutions[rotated].Name, "institution", "rotate-consensus-key", key)
			require.Zero(t, sent.Code, sent.Log)

			require.NoError(t, net.Interrupt(rotated))
			leaves(ctx, t, net, 0, old)
			for _, file := range []string{"config/priv_validator_key.json", "data/priv_validator_state.json"} {
				require.NoError(t, os.Rename(filepath.Join(fresh, file), filepath.Join(net.Institutions[rotated].Home, file)))
			}
			require.NoError(t, net.Restart(rotated))
			catchesUp(ctx, t, net, rotated)
			current := consensusAddress(ctx, t, net, rotated)
			require.NotEqual(t, old, current)
			signs(ctx, t, net, 0, current)
			require.Equal(t, "10", powers(ctx, t, net, 0)[current])

			again := send(ctx, t, net, net.Institutions[0].Name, "institution", "rotate-consensus-key", key)
			require.Equal(t, types.ErrConsensusKeyUsed.ABCICode(), again.Code, again.Log)
			s.isStillConvinced(ctx, t)
		})
	}
}

// TestPostQuantumNetwork makes blocks that four ML-DSA-65 keys sign.
func TestPostQuantumNetwork(t *testing.T) {
	t.Parallel()
	ctx, net := network(t, devnet.Options{WithoutVaults: true, ConsensusKey: nodehome.MLDSA65})
	require.NoError(t, net.WaitHeight(ctx, 3, 3))
	for i := range 4 {
		signs(ctx, t, net, 0, consensusAddress(ctx, t, net, i))
	}
}

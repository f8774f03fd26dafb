package proof_test

import (
	"slices"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	ics23 "github.com/cosmos/ics23/go"
	"github.com/stretchr/testify/require"

	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"

	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/x/attestation/types"
)

// Whoever leaves entries out between two neighbours proves nothing.
func TestAbsenceBetweenOthers(t *testing.T) {
	c := newChain(t, 1)
	const prefix = 0xf0 // of no collection
	const entries = 20
	key := func(i int) []byte { return []byte{prefix, byte(2 * i)} }
	for i := range entries {
		c.Write(types.StoreKey, key(i), &types.Params{MaxBatch: uint32(i + 1)})
	}
	c.Block()
	height := c.Height()
	c.Block()
	ask := func(key []byte) *ics23.CommitmentProof {
		answer, err := c.App.Query(t.Context(), &abci.RequestQuery{Path: "/store/attestation/key", Data: key, Height: height, Prove: true})
		require.NoError(t, err)
		require.Zero(t, answer.Code, answer.Log)
		found := new(ics23.CommitmentProof)
		require.NoError(t, found.Unmarshal(answer.ProofOps.Ops[0].Data))
		return found
	}
	there := make([]*ics23.ExistenceProof, entries)
	for i := range there {
		there[i] = ask(key(i)).GetExist()
		require.NotNil(t, there[i])
	}
	root, err := there[1].Calculate()
	require.NoError(t, err)
	absent := func(key []byte, left, right *ics23.ExistenceProof) error {
		encoded, err := (&ics23.CommitmentProof{Proof: &ics23.CommitmentProof_Nonexist{
			Nonexist: &ics23.NonExistenceProof{Key: key, Left: left, Right: right},
		}}).Marshal()
		require.NoError(t, err)
		value, err := proof.VerifyEntry(encoded, root, key)
		require.Nil(t, value)
		return err
	}
	for left := range entries {
		for right := range entries {
			for at := range 2 * entries {
				err := absent([]byte{prefix, byte(at)}, there[left], there[right])
				if right == left+1 && at == 2*left+1 {
					require.NoError(t, err)
				} else {
					require.Error(t, err, "%d between %d and %d", at, 2*left, 2*right)
				}
			}
		}
		require.Error(t, absent([]byte{0}, nil, there[left]))
	}
	require.Error(t, absent(key(1), nil, nil))
}

// ICS-23 knows no proof of an entry without a value, and so none of the absence of what stands beside one: every
// entry of the store has a value.
func TestEveryEntryHasAValue(t *testing.T) {
	c, _ := rich(t)
	s := statement("listed in the queue")
	expiry := c.Now.AddDate(0, 1, 0)
	s.ExpiresAt = &expiry
	id := c.attest(s)
	c.Send(0, &types.MsgRevoke{Issuer: c.Operator(0).String(), Id: id.Bytes(), Reason: types.REVOCATION_REASON_ERROR})
	keys := c.App.GetStoreKeys()
	i := slices.IndexFunc(keys, func(k storetypes.StoreKey) bool { return k.Name() == types.StoreKey })
	entries := c.App.CommitMultiStore().GetKVStore(keys[i]).Iterator(nil, nil)
	defer entries.Close()
	prefixes := map[byte]bool{}
	for ; entries.Valid(); entries.Next() {
		require.NotEmpty(t, entries.Value(), "%x", entries.Key())
		prefixes[entries.Key()[0]] = true
	}
	require.GreaterOrEqual(t, len(prefixes), 9, "%v", prefixes)
}

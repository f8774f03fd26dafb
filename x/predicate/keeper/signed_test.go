package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"

	"github.com/creditd/creditd/x/predicate/types"
)

// TestSubmitProof: anybody submits what alice signed, and nothing else.
func TestSubmitProof(t *testing.T) {
	f, _, prove := asked(t)
	deadline := f.ctx.BlockTime().Add(time.Hour)
	signed := func(by *secp256k1.PrivKey, on string, until time.Time) *types.MsgSubmitProof {
		msg, err := types.NewSubmitProof(on, *prove(), until, make([]byte, 16), by.PubKey().Bytes(), by.Sign)
		require.NoError(t, err)
		msg.Submitter = rival.String()
		return msg
	}
	for name, each := range map[string]struct {
		msg    *types.MsgSubmitProof
		change func(*types.MsgSubmitProof)
		want   error
	}{
		"another chain":    {signed(aliceKey, "another-chain", deadline), nil, types.ErrSignature},
		"another key":      {signed(secp256k1.GenPrivKeyFromSecret([]byte("mallory")), chainID, deadline), nil, types.ErrSignature},
		"past":             {signed(aliceKey, chainID, f.ctx.BlockTime().Add(-time.Second)), nil, types.ErrDeadline},
		"far ahead":        {signed(aliceKey, chainID, deadline.AddDate(0, 1, 0)), nil, types.ErrDeadline},
		"another deadline": {signed(aliceKey, chainID, deadline), func(m *types.MsgSubmitProof) { m.Deadline = deadline.Add(1) }, types.ErrSignature},
		"another nonce":    {signed(aliceKey, chainID, deadline), func(m *types.MsgSubmitProof) { m.Nonce = []byte("another nonce 16") }, types.ErrSignature},
		"another proof":    {signed(aliceKey, chainID, deadline), func(m *types.MsgSubmitProof) { m.Prove.Proof[0] ^= 1 }, types.ErrSignature},
		"short nonce":      {signed(aliceKey, chainID, deadline), func(m *types.MsgSubmitProof) { m.Nonce = nil }, types.ErrMalformed},
		"short key":        {signed(aliceKey, chainID, deadline), func(m *types.MsgSubmitProof) { m.PubKey = nil }, types.ErrMalformed},
		"short signature":  {signed(aliceKey, chainID, deadline), func(m *types.MsgSubmitProof) { m.Signature = nil }, types.ErrSignature},
		"nothing":          {signed(aliceKey, chainID, deadline), func(m *types.MsgSubmitProof) { m.Prove = nil }, types.ErrMalformed},
		"no submitter":     {signed(aliceKey, chainID, deadline), func(m *types.MsgSubmitProof) { m.Submitter = "" }, types.ErrInvalidAddress},
	} {
		if each.change != nil {
			each.change(each.msg)
		}
		refused(f, f.msg.SubmitProof, each.msg, each.want, name)
	}
	must(f, f.msg.SubmitProof, signed(aliceKey, chainID, deadline))
	refused(f, f.msg.SubmitProof, signed(aliceKey, chainID, deadline), types.ErrAnswered, "again")
	require.Equal(t, alice.String(), f.export().Answers[0].Prover)
}

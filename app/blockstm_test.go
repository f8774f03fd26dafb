package app

import (
	"context"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/merkle"
	"github.com/creditd/creditd/x/attestation/schemas"
	"github.com/creditd/creditd/x/attestation/types"
)

// attestationBlocks are transactions on attestations that read in a block what others write in it: statuses in one
// chunk of a list, one nonce from two submitters, an anchor and its extensions, a batch and what supersedes it.
func (c *testChain) attestationBlocks(run func(txs ...[]byte)) {
	definition, found := schemas.ByName(schemas.UtilityPayment)
	require.True(c.t, found)
	schema := definition.ID()
	issuer := c.operator(0).String()
	batch := &types.MsgAttestBatch{Issuer: issuer, SchemaId: schema[:]}
	end := c.now.Add(5 * time.Second)
	for n := range 40 {
		s := types.Statement{Subject: id("subject", n%3), Commitment: id("batch", n)}
		if n%2 == 0 {
			s.ExpiresAt = &end
		}
		batch.Statements = append(batch.Statements, s)
	}
	batchID := types.BatchID(schema[:], c.operator(0), nil, batch.Statements)
	item := func(n int) []byte { return batchID.Item(uint32(n)).Bytes() }

	leaves := make([][merkle.Size]byte, 9)
	for n := range leaves {
		leaves[n] = merkle.HashLeaf(id("leaf", n))
	}
	root := func(size int) []byte { r := merkle.Root(leaves[:size]); return r[:] }
	anchorID := types.AnchorID(schema[:], c.operator(1), nil, root(4), 4)
	extend := func(from, to int) *types.MsgExtendAnchor {
		msg := &types.MsgExtendAnchor{Issuer: c.operator(1).String(), Id: anchorID.Bytes(), Root: root(to), Size_: uint32(to)}
		for _, hash := range merkle.ConsistencyPath(leaves[:to], uint64(from)) {
			msg.Proof = append(msg.Proof, hash[:])
		}
		return msg
	}
	delegated := &types.MsgAttestDelegated{
		Issuer: issuer, SchemaId: schema[:], Deadline: c.now.Add(time.Hour), Nonce: id("nonce")[:16],
		Statements: []types.Statement{{Subject: id("subject"), Commitment: id("delegated")}},
	}
	signature, err := c.keys[0].Sign(types.AttestSignBytes(testChainID, c.operator(0), delegated))
	require.NoError(c.t, err)
	delegated.Signature = signature
	submit := func(i int) []byte {
		msg := *delegated
		msg.Submitter = c.operator(i).String()
		return c.tx(i, &msg)
	}

	txs := [][]byte{
		c.tx(0, batch),
		c.tx(1, &types.MsgAnchor{Issuer: c.operator(1).String(), SchemaId: schema[:], Root: root(4), Size_: 4}),
		submit(2), submit(3), c.tx(1, extend(4, 7)), c.tx(1, extend(4, 6)), c.tx(1, extend(7, 9)),
		c.tx(0, &types.MsgSupersede{Issuer: issuer, Id: item(0), By: item(3)}),
		c.tx(0, &types.MsgRegisterCredentialKey{Issuer: issuer, Algorithm: types.KEY_ALGORITHM_EDDSA, PublicKey: c.validatorKey(0)}),
		c.tx(0, &types.MsgRegisterCredentialKey{Issuer: issuer, Algorithm: types.KEY_ALGORITHM_EDDSA, PublicKey: c.validatorKey(0)}),
	}
	reason := types.REVOCATION_REASON_ERROR
	for n := range 20 {
		txs = append(txs, c.tx(0, &types.MsgSuspend{Issuer: issuer, Id: item(n), Reason: reason}))
		if n%3 == 0 {
			txs = append(txs, c.tx(0, &types.MsgReinstate{Issuer: issuer, Id: item(n)}))
		}
		if n%4 == 0 {
			txs = append(txs, c.tx(0, &types.MsgRevokeBatch{Issuer: issuer, Ids: [][]byte{item(n), item(n + 20)}, Reason: reason}))
		}
	}
	for n := range 9 {
		txs = append(txs, c.tx(1, &types.MsgRevoke{Issuer: c.operator(1).String(), Id: anchorID.Item(uint32(n)).Bytes(), Reason: reason}))
	}
	run(txs...)
	for range 6 { // the batch's first expiry is in between
		run(c.tx(2, &types.MsgAttest{
			Issuer: c.operator(2).String(), SchemaId: schema[:], Statement: types.Statement{Subject: id("subject", 1), Commitment: id("single", c.height)},
		}))
	}
	require.NoError(c.t, c.app.Keepers.Attestation.Invariants(c.context()))
	status := func(id types.ID) types.Status {
		attestation, err := c.app.Keepers.Attestation.GetAttestation(c.context(), id.Bytes())
		require.NoError(c.t, err)
		return attestation.Status
	}
	require.Equal(c.t, types.STATUS_SUPERSEDED, status(batchID.Item(0)))
	require.Equal(c.t, types.STATUS_REVOKED, status(batchID.Item(24)))
	require.Equal(c.t, types.STATUS_SUSPENDED, status(batchID.Item(1)))
	require.Equal(c.t, types.STATUS_REVOKED, status(anchorID.Item(8)))
}

// context reads the state of the last block.
func (c *testChain) context() context.Context {
	ctx, err := c.app.CreateQueryContext(0, false)
	require.NoError(c.t, err)
	return sdk.UnwrapSDKContext(ctx)
}

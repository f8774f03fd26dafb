// Package simulation makes random states and messages of x/attestation.
package simulation

import (
	"bytes"
	"crypto/ed25519"
	"math/rand"
	"slices"
	"time"

	"github.com/cosmos/cosmos-sdk/types/module"
	simtypes "github.com/cosmos/cosmos-sdk/types/simulation"

	"github.com/creditd/creditd/x/attestation/types"
)

// RandomGenesis has random parameters and something of each: accreditations by vote, batches, anchors, what became of
// their items, keys and nonces.
func RandomGenesis(simState *module.SimulationState) {
	gs := types.DefaultGenesis()
	simState.AppParams.GetOrGenerate("attestation_max_batch", &gs.Params.MaxBatch, simState.Rand,
		func(r *rand.Rand) { gs.Params = randomParams(r) })
	now := simState.GenTimestamp.UTC()
	for i, account := range simState.Accounts[:min(len(simState.Accounts), 3)] {
		gs.Accreditations = append(gs.Accreditations, byVote(gs, account, now))
		addItems(simState.Rand, gs, account, now, i)
		addRights(simState.Rand, gs, account, now)
	}
	simState.GenState[types.ModuleName] = simState.Cdc.MustMarshalJSON(gs)
}

// byVote is an accreditation for all accredited schemas, everywhere.
func byVote(gs *types.GenesisState, account simtypes.Account, now time.Time) types.Accreditation {
	node := types.Accreditation{
		Grantee: account.AddressBech32, Accreditor: true, Issuer: true, Jurisdictions: []string{"CN", "DE", "US"},
		ValidFrom: now, ValidUntil: now.AddDate(2, 0, 0), Status: types.ACCREDITATION_STATUS_ACTIVE, StatusSince: now, GrantedAt: now, Depth: 1,
	}
	for _, schema := range gs.Schemas {
		if schema.Accredited {
			node.SchemaIds = append(node.SchemaIds, schema.Id)
		}
	}
	slices.SortFunc(node.SchemaIds, bytes.Compare)
	node.Id = node.DeriveID(account.Address).Bytes()
	return node
}

// addItems adds a batch and an anchor, each with an item that is not active any more.
func addItems(r *rand.Rand, gs *types.GenesisState, account simtypes.Account, now time.Time, number int) {
	schema := gs.Schemas[slices.IndexFunc(gs.Schemas, func(s types.Schema) bool {
		committed := slices.ContainsFunc(s.Fields, func(f types.Field) bool { return f.Circuit || f.Summed })
		return !s.Accredited && usable(s) && s.Revocable && !committed
	})]
	random := func() []byte {
		id := make([]byte, types.IDSize)
		_, _ = r.Read(id) // never fails
		return id
	}
	end := now.Add(time.Duration(1+number) * time.Hour)
	batch := types.Batch{SchemaId: schema.Id, Issuer: account.AddressBech32, IssuedAt: now}
	for range 1 + r.Intn(5) {
		batch.Statements = append(batch.Statements, types.Statement{Subject: random(), Commitment: random(), ExpiresAt: &end})
	}
	id := types.BatchID(schema.Id, account.Address, nil, batch.Statements)
	batch.Id = id.Bytes()
	gs.Batches = append(gs.Batches, batch)
	gs.Expiries = append(gs.Expiries, types.Expiry{At: end, BatchId: batch.Id})

	size := 1 + uint32(r.Intn(maxSimAnchor/2))
	root := tree(account.Address, schema.Id, size).Root()
	anchor := types.AnchorID(schema.Id, account.Address, nil, root[:], size)
	gs.Anchors = append(gs.Anchors, types.Anchor{
		Id: anchor.Bytes(), SchemaId: schema.Id, Issuer: account.AddressBech32, Root: root[:], Size_: size, AnchoredAt: now, ExtendedAt: now,
	})
	gs.Checkpoints = append(gs.Checkpoints, types.Checkpoint{AnchorId: anchor.Bytes(), Size_: size, Root: root[:], At: now})
	for i, status := range []types.Status{types.STATUS_REVOKED, types.STATUS_SUSPENDED} {
		gs.Statuses = append(gs.Statuses, types.GenesisStatus{
			Id:    []types.ContainerID{id, anchor}[i].Item(0).Bytes(),
			Entry: types.StatusEntry{Status: status, Since: now, Reason: types.REVOCATION_REASON_ERROR},
		})
	}
}

func addRights(r *rand.Rand, gs *types.GenesisState, account simtypes.Account, now time.Time) {
	secret := make([]byte, ed25519.SeedSize)
	_, _ = r.Read(secret) // never fails
	public := ed25519.NewKeyFromSeed(secret).Public().(ed25519.PublicKey)
	gs.CredentialKeys = append(gs.CredentialKeys, types.CredentialKey{
		Issuer: account.AddressBech32, Kid: types.Thumbprint(types.KEY_ALGORITHM_EDDSA, public).Bytes(),
		Algorithm: types.KEY_ALGORITHM_EDDSA, PublicKey: public, RegisteredAt: now,
	})
	gs.UsedNonces = append(gs.UsedNonces, types.UsedNonce{
		Deadline: now.Add(time.Hour), Issuer: account.AddressBech32, Nonce: secret[:types.NonceSize],
	})
}

// randomParams allow accreditors to accredit.
func randomParams(r *rand.Rand) types.Params {
	return types.Params{
		MaxBatch:             1 + uint32(r.Intn(types.MaxBatchLimit)),
		MaxDepth:             2 + uint32(r.Intn(types.MaxDepthLimit-1)),
		MaxExpiriesPerBlock:  1 + uint32(r.Intn(types.MaxExpiriesPerBlockLimit)),
		MaxDelegationSeconds: types.MinDelegationSeconds + uint64(r.Intn(types.MaxDelegationLimit-types.MinDelegationSeconds+1)),
	}
}

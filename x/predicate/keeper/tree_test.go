package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/predicate"
	"github.com/creditd/creditd/privacy/tree"
	"github.com/creditd/creditd/x/attestation/schemas"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	"github.com/creditd/creditd/x/predicate/types"
)

func (f *fixture) list(by string, attestation []byte) uint32 {
	f.t.Helper()
	return must(f, f.msg.List, &types.MsgList{Signer: by, AttestationId: attestation}).Place
}

func (f *fixture) roots(treeID string) *types.QueryRootsResponse {
	f.t.Helper()
	res, err := f.query.Roots(f.ctx, &types.QueryRootsRequest{Tree: treeID})
	require.NoError(f.t, err)
	return res
}

func (f *fixture) listed() (ids [][]byte) {
	for _, listing := range f.export().Listings {
		ids = append(ids, listing.AttestationId)
	}
	return ids
}

// TestPath: a prover gets from the chain what leads from its leaf to the roots.
func TestPath(t *testing.T) {
	f := setup(t)
	until := f.ctx.BlockTime().AddDate(0, 1, 0)
	first, other := f.score(subject, 700, 1, nil), f.score(subject, 700, 2, func(s *attestationtypes.Statement) { s.ExpiresAt = &until })
	require.Zero(t, f.list(bureau.String(), first))
	require.Equal(t, uint32(1), f.list(alice.String(), other))
	res, err := f.query.Path(f.ctx, &types.QueryPathRequest{AttestationId: types.ID(other).String()})
	require.NoError(t, err)
	require.Len(t, res.Path, predicate.ActiveDepth)
	require.Len(t, res.IssuerPath, predicate.IssuerDepth)

	attestation, err := f.attestations.GetAttestation(f.ctx, other)
	require.NoError(t, err)
	issuer := predicate.Issuer(attestation.SchemaId, bureau)
	leaf, err := predicate.Active([32]byte(attestation.CircuitCommitment), issuer, until.Unix())
	require.NoError(t, err)
	require.Equal(t, res.Root, rootOf(t, leaf, uint64(res.Listing.Place), res.Path))
	require.Equal(t, res.IssuerRoot, rootOf(t, issuer, uint64(res.Issuer.Place), res.IssuerPath))
	require.Equal(t, res.Root, f.roots("").Tree.Root)
	require.Equal(t, res.IssuerRoot, f.roots(types.ID(attestation.SchemaId).String()).Tree.Root)
}

func rootOf(t *testing.T, leaf [32]byte, place uint64, path [][]byte) []byte {
	nodes := make([]tree.Node, len(path))
	for i := range path {
		nodes[i] = tree.Node(path[i])
	}
	root, err := tree.RootOf(leaf, place, nodes)
	require.NoError(t, err)
	return root[:]
}

func TestListRefusals(t *testing.T) {
	f := setup(t)
	until := f.ctx.BlockTime().Add(time.Hour)
	listed, mine := f.score(subject, 700, 1, nil), f.score(subject, 700, 2, nil)
	theirs := f.score(stranger, 700, 3, nil)
	revoked := f.score(subject, 700, 4, nil)
	expired := f.score(subject, 700, 5, func(s *attestationtypes.Statement) { s.ExpiresAt = &until })
	utility := schemaOf(t, schemas.UtilityPayment)
	plain := must(f, f.attestMsg.Attest, &attestationtypes.MsgAttest{
		Issuer: bank.String(), SchemaId: utility.Id, Statement: attestationtypes.Statement{Subject: subject, Commitment: subject},
	}).Id
	require.NoError(t, f.attestations.Revoke(f.ctx, bureau, revoked, attestationtypes.REVOCATION_REASON_ERROR))
	f.list(bureau.String(), listed)
	f.next(2 * time.Hour)
	for name, each := range map[string]struct {
		by   string
		id   []byte
		want error
	}{
		"again":           {bureau.String(), listed, types.ErrListed},
		"neither":         {mallory.String(), mine, types.ErrUnauthorized},
		"another subject": {alice.String(), theirs, types.ErrUnauthorized},
		"another issuer":  {bank.String(), mine, types.ErrUnauthorized},
		"revoked":         {bureau.String(), revoked, attestationtypes.ErrNotActive},
		"expired":         {bureau.String(), expired, attestationtypes.ErrNotValid},
		"no commitment":   {bank.String(), plain, types.ErrNotListable},
		"unknown":         {bank.String(), subject, attestationtypes.ErrUnknownAttestation},
		"no id":           {bank.String(), nil, types.ErrInvalidID},
	} {
		refused(f, f.msg.List, &types.MsgList{Signer: each.by, AttestationId: each.id}, each.want, name)
	}
	f.institutions.Suspend(bureau)
	refused(f, f.msg.List, &types.MsgList{Signer: alice.String(), AttestationId: mine}, attestationtypes.ErrNotStanding, "of a suspended issuer")

	refused(f, f.msg.Delist, &types.MsgDelist{Signer: mallory.String(), AttestationId: listed}, types.ErrUnauthorized, "neither")
	refused(f, f.msg.Delist, &types.MsgDelist{Signer: alice.String(), AttestationId: mine}, types.ErrNotListed, "not there")
	must(f, f.msg.Delist, &types.MsgDelist{Signer: alice.String(), AttestationId: listed})
	require.Empty(t, f.listed())
}

// TestDelistedInTheSameBlock: what does not hold any more leaves the tree at once, and its place is free.
func TestDelistedInTheSameBlock(t *testing.T) {
	for name, end := range map[string]func(f *fixture, id []byte){
		"revoked": func(f *fixture, id []byte) {
			require.NoError(f.t, f.attestations.Revoke(f.ctx, bureau, id, attestationtypes.REVOCATION_REASON_ERROR))
		},
		"suspended": func(f *fixture, id []byte) {
			must(f, f.attestMsg.Suspend, &attestationtypes.MsgSuspend{Issuer: bureau.String(), Id: id, Reason: attestationtypes.REVOCATION_REASON_ERROR})
		},
		"superseded": func(f *fixture, id []byte) {
			require.NoError(f.t, f.attestations.Supersede(f.ctx, bureau, id, f.score(subject, 710, 9, nil)))
		},
		"expired": func(f *fixture, _ []byte) { f.next(time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			f := setup(t)
			until := f.ctx.BlockTime().Add(time.Hour)
			id := f.score(subject, 700, 1, func(s *attestationtypes.Statement) { s.ExpiresAt = &until })
			empty := f.roots("").Tree.Root
			f.list(bureau.String(), id)
			require.NotEqual(t, empty, f.roots("").Tree.Root)
			end(f, id)
			require.Empty(t, f.listed())
			require.Equal(t, empty, f.roots("").Tree.Root)
			require.Zero(t, f.list(bureau.String(), f.score(subject, 720, 8, nil)), "the place is used again")
		})
	}
}

// TestDelistedWithTheRecord: a record that is disputed or erased leaves the tree.
func TestDelistedWithTheRecord(t *testing.T) {
	f := setup(t)
	tradeline, attestation := f.furnish(bank, "one", 100, 1)
	f.list(bank.String(), attestation)
	require.Equal(t, f.ctx.BlockTime().AddDate(1, 0, 0), *f.export().Listings[0].Until, "until its retention ends")
	must(f, f.creditMsg.RequestErasure, &credittypes.MsgRequestErasure{Controller: alice.String(), Subject: subject, TradelineId: tradeline})
	require.Len(t, f.listed(), 1)
	must(f, f.creditMsg.AttestDestruction, &credittypes.MsgAttestDestruction{
		Furnisher: bank.String(), Subject: subject, TradelineId: tradeline, Evidence: subject,
	})
	require.Empty(t, f.listed())

	tradeline, attestation = f.furnish(bank, "two", 100, 2)
	f.list(alice.String(), attestation)
	must(f, f.creditMsg.OpenDispute, &credittypes.MsgOpenDispute{
		Controller: alice.String(), Subject: subject, TradelineId: tradeline, Reason: credittypes.DISPUTE_REASON_AMOUNT, Nonce: make([]byte, 16),
	})
	require.Empty(t, f.listed())
}

// TestIssuersAreSwept: who may not state any more is gone before the first transaction of the next block.
func TestIssuersAreSwept(t *testing.T) {
	f := setup(t)
	f.list(bureau.String(), f.score(subject, 700, 1, nil))
	score := types.ID(schemaOf(t, schemas.Score).Id)
	with := f.roots(score.String()).Tree.Root
	f.institutions.Suspend(bureau)
	f.next(time.Second)
	require.Empty(t, f.export().Issuers)
	require.NotEqual(t, with, f.roots(score.String()).Tree.Root)
	_, err := f.query.Path(f.ctx, &types.QueryPathRequest{AttestationId: types.ID(f.listed()[0]).String()})
	require.ErrorIs(t, err, types.ErrNotListed)
}

func TestIssuersAreBounded(t *testing.T) {
	f := setup(t)
	params := types.DefaultParams()
	params.MaxIssuers = 1
	require.NoError(t, f.k.SetParams(f.ctx, params))
	f.list(bureau.String(), f.score(subject, 700, 1, nil))
	_, attestation := f.furnish(bank, "one", 100, 1)
	refused(f, f.msg.List, &types.MsgList{Signer: bank.String(), AttestationId: attestation}, types.ErrTreeFull, "a second issuer")
}

// TestRoots: additions leave earlier roots standing for a time; a removal ends them.
func TestRoots(t *testing.T) {
	f := setup(t)
	roots := func() (list [][]byte) {
		for _, root := range f.roots("").Roots {
			list = append(list, root.Root)
		}
		return list
	}
	f.list(bureau.String(), f.score(subject, 700, 1, nil))
	first := f.roots("").Tree.Root
	f.next(time.Second)
	second := f.score(subject, 700, 2, nil)
	f.list(bureau.String(), second)
	f.next(time.Second)
	require.Len(t, roots(), 2)
	require.Contains(t, roots(), first)
	f.next(types.DefaultParams().MaxRootAge)
	f.next(time.Second)
	require.NotContains(t, roots(), first, "too old")
	f.next(time.Second)
	require.Len(t, f.export().Roots, 2, "the first is forgotten; that of the issuers is left, and the present one")
	present := f.roots("").Tree.Root
	require.NoError(t, f.attestations.Revoke(f.ctx, bureau, second, attestationtypes.REVOCATION_REASON_ERROR))
	require.NotContains(t, roots(), present, "in the same block")
	f.next(time.Second)
	require.Equal(t, [][]byte{first}, roots(), "it is what it was before the second came")
}

func TestGenesis(t *testing.T) {
	f, _, valid := asked(t)
	f.circuits("range-1", "range-6-hidden")
	for seed := range byte(4) {
		f.list(bureau.String(), f.score(subject, 700, seed, nil))
		f.next(time.Second)
	}
	must(f, f.msg.Delist, &types.MsgDelist{Signer: bureau.String(), AttestationId: f.listed()[1]})
	must(f, f.msg.Prove, valid())
	f.next(time.Second)
	exported := f.export()

	again := blank(t)
	attestations, err := f.attestations.ExportGenesis(f.ctx)
	require.NoError(t, err)
	credit, err := f.credit.ExportGenesis(f.ctx)
	require.NoError(t, err)
	again.ctx = again.ctx.WithBlockTime(f.ctx.BlockTime())
	require.NoError(t, again.attestations.InitGenesis(again.ctx, attestations))
	require.NoError(t, again.credit.InitGenesis(again.ctx, credit))
	require.NoError(t, again.k.InitGenesis(again.ctx, exported))
	require.Equal(t, exported, again.export())
	require.NoError(t, again.k.Invariants(again.ctx))
	require.Equal(t, f.roots("").Tree.Root, again.roots("").Tree.Root)
	require.Equal(t, f.list(bureau.String(), f.score(subject, 1, 99, nil)), again.list(bureau.String(), again.score(subject, 1, 99, nil)))
	require.NoError(t, again.k.EndBlock(again.ctx))
	require.NoError(t, again.k.Invariants(again.ctx))

	for name, spoil := range map[string]func(*types.GenesisState){
		"answers nothing":  func(gs *types.GenesisState) { gs.Asks = nil },
		"place taken":      func(gs *types.GenesisState) { gs.Listings[0].Place = gs.Listings[1].Place },
		"another leaf":     func(gs *types.GenesisState) { gs.Listings[0].Leaf = make([]byte, 32) },
		"unsorted":         func(gs *types.GenesisState) { gs.Listings[0], gs.Listings[1] = gs.Listings[1], gs.Listings[0] },
		"circuit without":  func(gs *types.GenesisState) { gs.Setup = nil },
		"another key":      func(gs *types.GenesisState) { gs.Circuits[0].VerifyingKey[50] ^= 1 },
		"another name":     func(gs *types.GenesisState) { gs.Circuits[0].Name = "range-2" },
		"another root":     func(gs *types.GenesisState) { gs.Roots[len(gs.Roots)-1].ReplacedAt, gs.Roots[0].ReplacedAt = nil, nil },
		"wrong parameters": func(gs *types.GenesisState) { gs.Params.QueueCap = 0 },
	} {
		bad := blank(t)
		require.NoError(t, bad.attestations.InitGenesis(bad.ctx, attestations))
		require.NoError(t, bad.credit.InitGenesis(bad.ctx, credit))
		gs := f.export()
		if name != "answers nothing" {
			gs = copyOf(t, exported)
		}
		spoil(gs)
		require.Error(t, bad.k.InitGenesis(bad.ctx, gs), name)
	}
}

func copyOf(t *testing.T, gs *types.GenesisState) *types.GenesisState {
	bz, err := gs.Marshal()
	require.NoError(t, err)
	var again types.GenesisState
	require.NoError(t, again.Unmarshal(bz))
	return &again
}

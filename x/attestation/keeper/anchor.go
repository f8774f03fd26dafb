package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/merkle"
	"github.com/creditd/creditd/x/attestation/types"
)

// An anchor is the root of a Merkle tree over statements that are kept off the chain. It only grows, and each
// extension proves that it does (RFC 9162 s.2.1.4), so that an item keeps its place and its id for good.

// gasPerProofHash pays for a node of a consistency proof, which is hashed twice: about a thirtieth of a signature
// check.
const gasPerProofHash = 30

// anchor puts the root of a tree on the chain.
func (k *Keeper) anchor(ctx context.Context, issuer sdk.AccAddress, msg *types.MsgAnchor) (types.ContainerID, error) {
	if err := types.CheckTree(msg.Root, msg.Size_); err != nil {
		return types.ContainerID{}, err
	}
	by, err := k.anchorIssuance(ctx, issuer, msg.SchemaId, msg.AccreditationId)
	if err != nil {
		return types.ContainerID{}, err
	}
	id := types.AnchorID(by.schema.Id, issuer, by.accreditation, msg.Root, msg.Size_)
	exists, err := k.anchors.Has(ctx, id)
	if err != nil {
		return id, err
	}
	if exists {
		return id, types.ErrAnchorExists.Wrapf("%s: it needs no sending again; extend it to add attestations", id)
	}
	now := blockTime(ctx)
	anchor := types.Anchor{
		Id: id.Bytes(), SchemaId: by.schema.Id, Issuer: by.issuerText, AccreditationId: by.accreditation,
		Root: msg.Root, Size_: msg.Size_, AnchoredAt: now, ExtendedAt: now,
	}
	if err := k.anchorsByIssuer.Set(ctx, collections.Join(issuer, id)); err != nil {
		return id, err
	}
	count(ctx, statedCounter, int(msg.Size_))
	return id, k.growAnchor(ctx, anchor)
}

// extendAnchor replaces the root by that of a larger tree, of which the present one is the beginning.
func (k *Keeper) extendAnchor(ctx context.Context, issuer sdk.AccAddress, msg *types.MsgExtendAnchor) error {
	id, err := types.ContainerIDFromBytes(msg.Id)
	if err != nil {
		return err
	}
	if err := types.CheckTree(msg.Root, msg.Size_); err != nil {
		return err
	}
	proof, err := types.ConsistencyProof(msg.Proof)
	if err != nil {
		return err
	}
	anchor, err := k.GetAnchor(ctx, id)
	if err != nil {
		return err
	}
	if err := k.requireOwn(ctx, issuer, anchor.Issuer); err != nil {
		return err
	}
	if _, err := k.anchorIssuance(ctx, issuer, anchor.SchemaId, anchor.AccreditationId); err != nil {
		return err
	}
	if msg.Size_ <= anchor.Size_ {
		return types.ErrInvalidAnchor.Wrapf("size %d: %s has %d items already: add some", msg.Size_, id, anchor.Size_)
	}
	sdk.UnwrapSDKContext(ctx).GasMeter().ConsumeGas(uint64(gasPerProofHash*len(proof)), "attestation: consistency proof")
	if !merkle.VerifyConsistency(uint64(anchor.Size_), uint64(msg.Size_),
		[merkle.Size]byte(anchor.Root), [merkle.Size]byte(msg.Root), proof) {
		return types.ErrInconsistent.Wrapf("%s has the root %s of %d items: build the larger tree on that one, with `creditd attestation anchor extend`",
			id, types.ID(anchor.Root), anchor.Size_)
	}
	count(ctx, statedCounter, int(msg.Size_-anchor.Size_))
	anchor.Root, anchor.Size_, anchor.ExtendedAt = msg.Root, msg.Size_, blockTime(ctx)
	return k.growAnchor(ctx, anchor)
}

// anchorIssuance is issuance for statements that the chain does not see, which a resolver could not judge.
func (k *Keeper) anchorIssuance(ctx context.Context, issuer sdk.AccAddress, schemaID, accreditationID []byte) (issuance, error) {
	by, err := k.issuance(ctx, issuer, schemaID, accreditationID)
	if err != nil {
		return issuance{}, err
	}
	if by.schema.Resolver != "" {
		return issuance{}, types.ErrRefused.Wrapf("schema %s version %d has the resolver %s, which cannot see anchored statements: attest them on the chain",
			by.schema.Name, by.schema.Version, by.schema.Resolver)
	}
	return by, nil
}

// growAnchor writes an anchor's new tree and its checkpoint.
func (k *Keeper) growAnchor(ctx context.Context, anchor types.Anchor) error {
	if err := k.setAnchor(ctx, anchor); err != nil {
		return err
	}
	err := k.setCheckpoint(ctx, types.Checkpoint{
		AnchorId: anchor.Id, Size_: anchor.Size_, Root: anchor.Root, At: anchor.ExtendedAt,
	})
	if err != nil {
		return err
	}
	return emit(ctx, &types.EventAnchored{Id: types.ContainerID(anchor.Id).String(), Issuer: anchor.Issuer, Size_: anchor.Size_})
}

// setAnchor writes the anchor; its id is the key and not repeated in the value.
func (k *Keeper) setAnchor(ctx context.Context, anchor types.Anchor) error {
	id := types.ContainerID(anchor.Id)
	anchor.Id = nil
	return k.anchors.Set(ctx, id, anchor)
}

// setCheckpoint writes the checkpoint; anchor and size are the key and not repeated in the value.
func (k *Keeper) setCheckpoint(ctx context.Context, checkpoint types.Checkpoint) error {
	key := collections.Join(types.ContainerID(checkpoint.AnchorId), checkpoint.Size_)
	checkpoint.AnchorId, checkpoint.Size_ = nil, 0
	return k.checkpoints.Set(ctx, key, checkpoint)
}

// GetAnchor returns the anchor of that id.
func (k *Keeper) GetAnchor(ctx context.Context, id types.ContainerID) (types.Anchor, error) {
	anchor, err := k.anchors.Get(ctx, id)
	if errors.Is(err, collections.ErrNotFound) {
		return types.Anchor{}, types.ErrUnknownAnchor.Wrapf("%s: check the id and that its transaction is committed", id)
	}
	anchor.Id = id.Bytes()
	return anchor, err
}

// anchorItem is the item at that place of an anchor; ErrUnknownAttestation when there is no such anchor or place.
func (k *Keeper) anchorItem(ctx context.Context, id types.ContainerID, index uint32) (item, error) {
	anchor, err := k.anchors.Get(ctx, id)
	switch {
	case errors.Is(err, collections.ErrNotFound):
		return item{}, types.ErrUnknownAttestation.Wrapf("%s: no batch or anchor is on the chain that it is in: check the id and that its transaction is committed",
			id.Item(index))
	case err != nil:
		return item{}, err
	case index >= anchor.Size_:
		return item{}, types.ErrUnknownAttestation.Wrapf("%s: its anchor has %d items", id.Item(index), anchor.Size_)
	}
	// The first tree that the item is in says since when it stands.
	first := collections.NewPrefixedPairRange[types.ContainerID, uint32](id).StartExclusive(index)
	var checkpoint *types.Checkpoint
	err = k.checkpoints.Walk(ctx, first, func(_ collections.Pair[types.ContainerID, uint32], each types.Checkpoint) (bool, error) {
		checkpoint = &each
		return true, nil
	})
	if err != nil {
		return item{}, err
	}
	if checkpoint == nil {
		return item{}, types.ErrInvariant.Wrapf("anchor %s of %d items has no checkpoint after %d", id, anchor.Size_, index)
	}
	return item{
		id: id.Item(index), schemaID: anchor.SchemaId, issuer: anchor.Issuer, accreditationID: anchor.AccreditationId,
		issuedAt: checkpoint.At,
	}, nil
}

// container says how many items a batch or an anchor has, and whose they are.
func (k *Keeper) container(ctx context.Context, id types.ContainerID) (size uint32, issuer string, err error) {
	batch, err := k.batches.Get(ctx, id)
	if err == nil {
		return uint32(len(batch.Statements)), batch.Issuer, nil
	}
	if !errors.Is(err, collections.ErrNotFound) {
		return 0, "", err
	}
	anchor, err := k.anchors.Get(ctx, id)
	if errors.Is(err, collections.ErrNotFound) {
		return 0, "", types.ErrUnknownAttestation.Wrapf("%s is no batch and no anchor: check the id and that its transaction is committed", id)
	}
	return anchor.Size_, anchor.Issuer, err
}

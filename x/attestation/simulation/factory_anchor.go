package simulation

import (
	"encoding/binary"

	"github.com/cosmos/cosmos-sdk/testutil/simsx"

	"github.com/creditd/creditd/x/attestation/keeper"
	"github.com/creditd/creditd/x/attestation/merkle"
	"github.com/creditd/creditd/x/attestation/types"
)

// maxSimAnchor keeps the trees of a simulation small.
const maxSimAnchor = 5000

// tree of a simulation's anchor. Its leaves follow from issuer, schema and place, so that whoever sees the anchor can
// extend it.
func tree(issuer, schemaID []byte, size uint32) *merkle.Tree {
	leaves := make([][merkle.Size]byte, size)
	data := append(append([]byte("simulation"), issuer...), schemaID...)
	for i := range leaves {
		leaves[i] = merkle.HashLeaf(binary.BigEndian.AppendUint32(data[:len(data):len(data)], uint32(i)))
	}
	return merkle.NewTree(leaves)
}

// MsgAnchorFactory anchors a tree.
func MsgAnchorFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgAnchor] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgAnchor) {
		by := e.right(anybody)
		size := 1 + uint32(e.r.Intn(maxSimAnchor/2))
		root := tree(by.issuer.Address, by.schema.Id, size).Root()
		_, err := e.k.GetAnchor(e.ctx, types.AnchorID(by.schema.Id, by.issuer.Address, by.accreditation, root[:], size))
		if err == nil {
			e.skip("the anchor is there")
		}
		return by.issuer, &types.MsgAnchor{
			Issuer: by.issuer.AddressBech32, SchemaId: by.schema.Id, AccreditationId: by.accreditation, Root: root[:], Size_: size,
		}
	})
}

// MsgExtendAnchorFactory adds to one that is there.
func MsgExtendAnchorFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgExtendAnchor] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgExtendAnchor) {
		anchor := pick(e, "anchor to extend", e.k.WalkAnchors, e.randomContainer(), func(anchor types.Anchor) bool {
			schema, err := e.k.GetSchema(e.ctx, anchor.SchemaId)
			return err == nil && anchor.Size_ < maxSimAnchor && usable(schema) && e.data.HasAccount(anchor.Issuer) &&
				e.k.CanIssue(e.ctx, e.account(anchor.Issuer).Address, schema, anchor.AccreditationId)
		})
		issuer := e.account(anchor.Issuer)
		size := anchor.Size_ + 1 + uint32(e.r.Intn(500))
		larger := tree(issuer.Address, anchor.SchemaId, size)
		root := larger.Root()
		msg := &types.MsgExtendAnchor{Issuer: anchor.Issuer, Id: anchor.Id, Root: root[:], Size_: size}
		for _, node := range larger.Consistency(uint64(anchor.Size_)) {
			msg.Proof = append(msg.Proof, node[:])
		}
		return issuer, msg
	})
}

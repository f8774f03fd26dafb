package simulation

import (
	"time"

	"github.com/cosmos/cosmos-sdk/testutil/simsx"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/keeper"
	"github.com/creditd/creditd/x/attestation/types"
)

// MsgAttestFactory attests under a random schema, at times in reference to another attestation.
func MsgAttestFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgAttest] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgAttest) {
		by := e.right(anybody)
		msg := &types.MsgAttest{
			Issuer: by.issuer.AddressBech32, SchemaId: by.schema.Id, AccreditationId: by.accreditation, Statement: e.statement(by.schema),
		}
		if e.r.Intn(4) == 0 {
			msg.Statement.Reference = e.item("attestation to refer to", func(types.Attestation) bool { return true }).Id
		}
		return by.issuer, msg
	})
}

// MsgAttestBatchFactory attests some at once.
func MsgAttestBatchFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgAttestBatch] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgAttestBatch) {
		by := e.right(anybody)
		return by.issuer, &types.MsgAttestBatch{
			Issuer: by.issuer.AddressBech32, SchemaId: by.schema.Id, AccreditationId: by.accreditation, Statements: e.statements(by.schema),
		}
	})
}

// delegates says whether the key of an account is known to the chain: after its first transaction.
func (e env) delegates(account simsx.SimAccount) bool { return e.k.CanDelegate(e.ctx, account.Address) }

func (e env) deadline() time.Time {
	return e.now().Add(time.Duration(e.r.Intn(int(min(e.params().MaxDelegationSeconds, 3600)))) * time.Second).UTC()
}

func (e env) sign(account simsx.SimAccount, payload []byte) []byte {
	signature, err := account.PrivKey.Sign(payload)
	return must(e, signature, err)
}

func (e env) chainID() string { return sdk.UnwrapSDKContext(e.ctx).ChainID() }

// MsgAttestDelegatedFactory submits what an issuer signed.
func MsgAttestDelegatedFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgAttestDelegated] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgAttestDelegated) {
		by, submitter := e.right(e.delegates), e.member()
		msg := &types.MsgAttestDelegated{
			Submitter: submitter.AddressBech32, Issuer: by.issuer.AddressBech32, SchemaId: by.schema.Id,
			AccreditationId: by.accreditation, Statements: e.statements(by.schema), Deadline: e.deadline(), Nonce: e.nonce(),
		}
		msg.Signature = e.sign(by.issuer, types.AttestSignBytes(e.chainID(), by.issuer.Address, msg))
		return submitter, msg
	})
}

// MsgRevokeFactory revokes one of the attestations that can be.
func MsgRevokeFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgRevoke] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgRevoke) {
		it := e.item("attestation to revoke", e.changeable(types.STATUS_ACTIVE, types.STATUS_SUSPENDED))
		return e.account(it.Issuer), &types.MsgRevoke{Issuer: it.Issuer, Id: it.Id, Reason: e.reason()}
	})
}

// MsgRevokeBatchFactory revokes up to three of one institution.
func MsgRevokeBatchFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgRevokeBatch] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgRevokeBatch) {
		suits := e.changeable(types.STATUS_ACTIVE, types.STATUS_SUSPENDED)
		first := e.item("attestation to revoke", suits)
		msg := &types.MsgRevokeBatch{Issuer: first.Issuer, Ids: [][]byte{first.Id}, Reason: e.reason()}
		container, index := types.ID(first.Id).Container()
		for next := uint32(1); next < min(e.params().MaxBatch, 3); next++ {
			it, err := e.k.GetAttestation(e.ctx, container.Item(index+next).Bytes())
			if err == nil && suits(it) {
				msg.Ids = append(msg.Ids, it.Id)
			}
		}
		return e.account(first.Issuer), msg
	})
}

// MsgRevokeDelegatedFactory submits a revocation that an issuer signed.
func MsgRevokeDelegatedFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgRevokeDelegated] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgRevokeDelegated) {
		suits := e.changeable(types.STATUS_ACTIVE, types.STATUS_SUSPENDED)
		it := e.item("attestation to revoke by delegation", func(each types.Attestation) bool {
			return suits(each) && e.delegates(e.account(each.Issuer))
		})
		issuer, submitter := e.account(it.Issuer), e.member()
		msg := &types.MsgRevokeDelegated{
			Submitter: submitter.AddressBech32, Issuer: it.Issuer, Id: it.Id, Reason: e.reason(), Deadline: e.deadline(), Nonce: e.nonce(),
		}
		msg.Signature = e.sign(issuer, types.RevokeSignBytes(e.chainID(), issuer.Address, msg))
		return submitter, msg
	})
}

// MsgSuspendFactory suspends one.
func MsgSuspendFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgSuspend] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgSuspend) {
		it := e.item("attestation to suspend", e.changeable(types.STATUS_ACTIVE))
		return e.account(it.Issuer), &types.MsgSuspend{Issuer: it.Issuer, Id: it.Id, Reason: e.reason()}
	})
}

// MsgReinstateFactory reinstates one that is suspended.
func MsgReinstateFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgReinstate] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgReinstate) {
		var id types.ID
		err := e.k.WalkStatuses(e.ctx, e.randomID(), func(each types.ID, entry types.StatusEntry) (bool, error) {
			if entry.Status != types.STATUS_SUSPENDED {
				return false, nil
			}
			it, err := e.k.GetAttestation(e.ctx, each.Bytes())
			if err == nil && e.can(it.Issuer) {
				id = each
			}
			return id != types.ID{}, err
		})
		if err != nil || id == (types.ID{}) {
			e.skip("no attestation to reinstate")
		}
		it, err := e.k.GetAttestation(e.ctx, id.Bytes())
		issuer := e.account(must(e, it, err).Issuer)
		return issuer, &types.MsgReinstate{Issuer: it.Issuer, Id: it.Id}
	})
}

// MsgSupersedeFactory replaces one by another of the same institution, of which one is anchored: the subjects of
// random statements differ.
func MsgSupersedeFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgSupersede] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgSupersede) {
		active := e.changeable(types.STATUS_ACTIVE)
		var older types.Attestation
		anchor := pick(e, "anchor with an item to supersede", e.k.WalkAnchors, e.randomContainer(), func(anchor types.Anchor) bool {
			it, err := e.k.GetAttestation(e.ctx, types.ContainerID(anchor.Id).Item(uint32(e.r.Intn(int(anchor.Size_)))).Bytes())
			older = it
			return err == nil && e.can(it.Issuer) && active(it)
		})
		newer := e.item("attestation that supersedes", func(it types.Attestation) bool {
			return it.Issuer == anchor.Issuer && it.Status == types.STATUS_ACTIVE && string(it.Id) != string(older.Id)
		})
		return e.account(anchor.Issuer), &types.MsgSupersede{Issuer: anchor.Issuer, Id: older.Id, By: newer.Id}
	})
}

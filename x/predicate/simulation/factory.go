package simulation

import (
	"time"

	"github.com/cosmos/cosmos-sdk/testutil/simsx"
	sdk "github.com/cosmos/cosmos-sdk/types"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	"github.com/creditd/creditd/x/predicate/types"
)

// summed is a built-in schema with a summed field, and the field.
func summed(e env) (schema []byte, field uint32) {
	for _, each := range attestationtypes.BuiltinSchemas() {
		for i, f := range each.Fields {
			if f.Summed {
				return each.Id, uint32(i)
			}
		}
	}
	e.skip("no built-in schema has a summed field")
	return nil, 0
}

// MsgAskFactory asks for a sum, and for a range if there is a circuit, under an inquiry that needs no consent.
func MsgAskFactory(k Keepers) simsx.SimMsgFactoryFn[*types.MsgAsk] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgAsk) {
		schema, field := summed(e)
		inquiry := pick(e, "inquiry to ask under", e.Credit.WalkInquiries, e.randomID(), func(i credittypes.Inquiry) bool {
			_, err := e.Predicate.GetAsk(e.ctx, types.ID(i.Id))
			look, lookErr := e.Credit.GetLook(e.ctx, i.Id)
			return err != nil && lookErr == nil && look.Covers(schema) && e.data.HasAccount(i.DataUser) &&
				e.Predicate.BudgetLeft(e.ctx, look, types.AskedField{Schema: types.ID(schema), Field: field}) > 0
		})
		return e.account(inquiry.DataUser), &types.MsgAsk{DataUser: inquiry.DataUser, InquiryId: inquiry.Id, Predicates: []types.Predicate{{
			Kind: types.PREDICATE_KIND_SUM, SchemaId: schema, Field: field, Upper: e.r.Int63n(1 << 40),
		}}}
	})
}

// proof of a sum over nothing, of the controller of the subject: what a simulation reports has no amounts.
func (e env) proof() (simsx.SimAccount, types.MsgProve) {
	var controller string
	ask := pick(e, "ask to answer", e.Predicate.WalkAsks, e.randomID(), func(ask types.Ask) bool {
		look, err := e.Credit.GetLook(e.ctx, ask.InquiryId)
		if err != nil || e.Predicate.Answered(e.ctx, types.ID(ask.InquiryId), 0) {
			return false
		}
		subject, err := e.Credit.GetSubject(e.ctx, types.ID(look.Inquiry.Subject))
		controller = subject.Controller
		return err == nil && e.data.HasAccount(controller)
	})
	return e.account(controller), types.MsgProve{Prover: controller, InquiryId: ask.InquiryId}
}

// MsgProveFactory proves a sum.
func MsgProveFactory(k Keepers) simsx.SimMsgFactoryFn[*types.MsgProve] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgProve) {
		by, msg := e.proof()
		return by, &msg
	})
}

// MsgSubmitProofFactory submits what a controller signed.
func MsgSubmitProofFactory(k Keepers) simsx.SimMsgFactoryFn[*types.MsgSubmitProof] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgSubmitProof) {
		by, prove := e.proof()
		submitter := e.member()
		deadline := simsx.BlockTime(e.ctx).Add(time.Duration(e.r.Intn(3600)) * time.Second)
		msg, err := types.NewSubmitProof(sdk.UnwrapSDKContext(e.ctx).ChainID(), prove, deadline, e.randomID().Bytes()[:16],
			by.PrivKey.PubKey().Bytes(), by.PrivKey.Sign)
		msg = must(e, msg, err)
		msg.Submitter = submitter.AddressBech32
		return submitter, msg
	})
}

// MsgListFactory lists an attestation that holds.
func MsgListFactory(k Keepers) simsx.SimMsgFactoryFn[*types.MsgList] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgList) {
		var id types.ID
		container := attestationtypes.ContainerID(e.randomID().Bytes()[:attestationtypes.ContainerIDSize])
		batch := pick(e, "attestation to list", e.Attestations.WalkBatches, container, func(b attestationtypes.Batch) bool {
			place := e.r.Intn(len(b.Statements))
			id = attestationtypes.ContainerID(b.Id).Item(uint32(place))
			if len(b.Statements[place].CircuitCommitment) == 0 || !e.can(b.Issuer) {
				return false
			}
			attestation, err := e.Attestations.RequireHolds(e.ctx, id.Bytes())
			_, listed := e.Predicate.GetListing(e.ctx, id)
			return err == nil && listed != nil && e.Predicate.CanList(e.ctx, attestation)
		})
		return e.account(batch.Issuer), &types.MsgList{Signer: batch.Issuer, AttestationId: id.Bytes()}
	})
}

// MsgDelistFactory takes one out again.
func MsgDelistFactory(k Keepers) simsx.SimMsgFactoryFn[*types.MsgDelist] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgDelist) {
		var issuer string
		listing := pick(e, "listing", e.Predicate.WalkListings, e.randomID(), func(l types.Listing) bool {
			attestation, err := e.Attestations.RequireHolds(e.ctx, l.AttestationId)
			issuer = attestation.Issuer
			return err == nil && e.can(issuer)
		})
		return e.account(issuer), &types.MsgDelist{Signer: issuer, AttestationId: listing.AttestationId}
	})
}

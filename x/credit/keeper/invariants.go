package keeper

import (
	"bytes"
	"context"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/types"
)

// Invariants checks what must hold in every state, whatever messages led there: the state is a valid genesis, each index and
// each queue holds exactly what follows from the records, and the day's counts are those of the looks and silences. It
// reads the whole state: for tests and simulations.
func (k *Keeper) Invariants(ctx context.Context) error {
	gs, err := k.ExportGenesis(ctx)
	if err != nil {
		return types.ErrInvariant.Wrap(err.Error())
	}
	if err := gs.Validate(); err != nil {
		return types.ErrInvariant.Wrap(err.Error())
	}
	if err := k.checkAddresses(gs); err != nil {
		return types.ErrInvariant.Wrap(err.Error())
	}
	if err := k.checkAttestations(ctx, gs); err != nil {
		return types.ErrInvariant.Wrap(err.Error())
	}
	if err := k.checkJurisdictions(ctx, gs); err != nil {
		return err
	}
	indexes, err := k.indexes(gs)
	if err != nil {
		return err
	}
	for _, index := range indexes {
		if err := index.check(ctx); err != nil {
			return err
		}
	}
	return nil
}

// checkJurisdictions compares the index of jurisdictions with the profiles.
func (k *Keeper) checkJurisdictions(ctx context.Context, gs *types.GenesisState) error {
	want := 0
	for _, profile := range gs.Profiles {
		for _, jurisdiction := range profile.Jurisdictions {
			want++
			code, err := k.jurisdictions.Get(ctx, jurisdiction)
			if err != nil || code != profile.Code {
				return types.ErrInvariant.Wrapf("jurisdiction %s is not that of profile %s: %v", jurisdiction, profile.Code, err)
			}
		}
	}
	return k.jurisdictions.Walk(ctx, nil, func(jurisdiction, _ string) (bool, error) {
		if want--; want < 0 {
			return true, types.ErrInvariant.Wrapf("jurisdiction %s or another is in no profile", jurisdiction)
		}
		return false, nil
	})
}

// checkAttestations says whether the version of each tradeline that counts is the furnisher's word about the subject, not
// replaced by another.
func (k *Keeper) checkAttestations(ctx context.Context, gs *types.GenesisState) error {
	for _, t := range gs.Tradelines {
		if err := k.checkAttestation(ctx, t); err != nil {
			return types.ErrInvariant.Wrapf("tradeline %x: %s", t.Id, err)
		}
	}
	return nil
}

func (k *Keeper) checkAttestation(ctx context.Context, tradeline types.Tradeline) error {
	attestation, err := k.attestations.GetAttestation(ctx, tradeline.AttestationId)
	switch {
	case err != nil:
		return err
	case attestation.Issuer != tradeline.Furnisher:
		return types.ErrInvariant.Wrapf("attestation %x is by %s", attestation.Id, attestation.Issuer)
	case !bytes.Equal(attestation.Subject, tradeline.Subject):
		return types.ErrInvariant.Wrapf("attestation %x is about another subject", attestation.Id)
	case attestation.Status == attestationtypes.STATUS_SUPERSEDED:
		return types.ErrInvariant.Wrapf("attestation %x is superseded", attestation.Id)
	}
	return nil
}

// checkAddresses checks that every address in the records is one, in its canonical spelling.
func (k *Keeper) checkAddresses(gs *types.GenesisState) error {
	var failed error
	check := func(what string, required bool, addresses ...string) {
		for _, address := range addresses {
			if failed == nil && (required || address != "") {
				_, failed = k.canonical(what, address)
			}
		}
	}
	for _, s := range gs.Subjects {
		check("enrolled_by", true, s.EnrolledBy)
		check("controller or offered_to", false, s.Controller, s.OfferedTo)
		if s.Freeze != nil {
			check("lifted_for", false, s.Freeze.LiftedFor)
		}
	}
	for _, c := range gs.Changes {
		check("controller", false, c.Controller)
		check("approvals", true, c.Approvals...)
	}
	for _, t := range gs.Tradelines {
		check("furnisher", true, t.Furnisher)
	}
	for _, c := range gs.Consents {
		check("grantee", true, c.Grantee)
	}
	for _, i := range gs.Inquiries {
		check("data_user", true, i.DataUser)
		check("approved_by", false, i.ApprovedBy)
	}
	for _, r := range gs.Receipts {
		check("institution", true, r.Institution)
	}
	for _, d := range gs.Disputes {
		check("furnisher", true, d.Furnisher)
		check("mediator", false, d.Mediator)
	}
	for _, h := range gs.Holds {
		check("placed_by", true, h.PlacedBy)
	}
	for _, c := range gs.Contracts {
		check("author", true, c.Author)
	}
	for _, e := range gs.Trail {
		check("actor", true, e.Actor)
	}
	return failed // of others the address is part of the key, and read when that is written
}

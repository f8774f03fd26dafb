package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// institutionTables are what is kept by institution.
func (k *Keeper) institutionTables() []table {
	type noteKey = collections.Triple[sdk.AccAddress, time.Time, types.ID]
	return []table{
		tableOf("outcome notes", k.outcomes, func(gs *genesis) *[]types.OutcomeNote { return &gs.OutcomeNotes },
			func(key noteKey, n types.OutcomeNote) (types.OutcomeNote, error) {
				institution, err := k.accounts.AddressCodec().BytesToString(key.K1())
				n.Institution, n.Time, n.DisputeId = institution, key.K2(), key.K3().Bytes()
				return n, err
			},
			func(n types.OutcomeNote) (noteKey, types.OutcomeNote, error) {
				institution, err := k.canonical("institution", n.Institution)
				key := collections.Join3(institution, n.Time, types.ID(n.DisputeId))
				n.Institution, n.Time, n.DisputeId = "", time.Time{}, nil
				return key, n, err
			}),
		tableOf("institution days", k.institutionDays, func(gs *genesis) *[]types.InstitutionDay { return &gs.InstitutionDays },
			func(key byInstitution[uint32], d types.InstitutionDay) (types.InstitutionDay, error) {
				institution, err := k.accounts.AddressCodec().BytesToString(key.K1())
				d.Institution, d.Day = institution, key.K2()
				return d, err
			},
			func(d types.InstitutionDay) (byInstitution[uint32], types.InstitutionDay, error) {
				institution, err := k.canonical("institution", d.Institution)
				key := collections.Join(institution, d.Day)
				d.Institution, d.Day = "", 0
				return key, d, err
			}),
		k.institutionTrailTable(),
	}
}

// institutionTrailTable has another type in the file than in the store, where a line is under its institution.
func (k *Keeper) institutionTrailTable() table {
	return table{
		name: "institution trail",
		read: func(ctx context.Context, gs *genesis) error {
			return k.institutionTrail.Walk(ctx, nil, func(key byInstitution[types.TrailKey], line types.TrailEntry) (bool, error) {
				institution, err := k.accounts.AddressCodec().BytesToString(key.K1())
				line.Actor, line.Subject = institution, key.K2().Actor
				line.Height, line.Ref, line.Kind = key.K2().Height, key.K2().Ref.Bytes(), key.K2().Kind
				gs.InstitutionTrail = append(gs.InstitutionTrail, types.InstitutionTrailEntry{Institution: institution, Entry: line})
				return false, err
			})
		},
		write: func(ctx context.Context, gs *genesis) error {
			for _, line := range gs.InstitutionTrail {
				institution, err := k.canonical("institution", line.Institution)
				if err != nil {
					return err
				}
				e := line.Entry
				key := types.TrailKey{Height: e.Height, Ref: types.ID(e.Ref), Kind: e.Kind, Actor: e.Subject}
				value := types.TrailEntry{Time: e.Time, Purpose: e.Purpose}
				if err := k.institutionTrail.Set(ctx, collections.Join(institution, key), value); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// profileOf returns the profile that the jurisdiction of an institution selects, or the default one.
func (k *Keeper) profileOf(ctx context.Context, institution institutiontypes.Institution) (types.Profile, error) {
	code, err := k.jurisdictions.Get(ctx, institution.Jurisdiction)
	if errors.Is(err, collections.ErrNotFound) {
		params, err := k.GetParams(ctx)
		if err != nil {
			return types.Profile{}, err
		}
		if params.DefaultProfile == "" {
			return types.Profile{}, types.ErrNoProfile.Wrapf("%s: the members add one by vote (MsgSetProfile)", institution.Jurisdiction)
		}
		return k.GetProfile(ctx, params.DefaultProfile)
	}
	if err != nil {
		return types.Profile{}, err
	}
	return k.GetProfile(ctx, code)
}

// GetProfile returns the profile of that code.
func (k *Keeper) GetProfile(ctx context.Context, code string) (types.Profile, error) {
	profile, err := k.profiles.Get(ctx, code)
	if errors.Is(err, collections.ErrNotFound) {
		return profile, types.ErrNoProfile.Wrapf("%q: list them with `creditd query credit profiles`", code)
	}
	profile.Code = code
	return profile, err
}

// setProfile adds a profile or replaces it, with the jurisdictions that select it.
func (k *Keeper) setProfile(ctx context.Context, profile types.Profile) error {
	if err := profile.Validate(); err != nil {
		return err
	}
	for _, jurisdiction := range profile.Jurisdictions {
		code, err := k.jurisdictions.Get(ctx, jurisdiction)
		switch {
		case errors.Is(err, collections.ErrNotFound) || (err == nil && code == profile.Code):
		case err != nil:
			return err
		default:
			return types.ErrInvalidProfile.Wrapf("jurisdiction %s belongs to profile %s: take it out there first", jurisdiction, code)
		}
	}
	before, err := k.profiles.Get(ctx, profile.Code)
	if err != nil && !errors.Is(err, collections.ErrNotFound) {
		return err
	}
	for _, jurisdiction := range before.Jurisdictions {
		if err := k.jurisdictions.Remove(ctx, jurisdiction); err != nil {
			return err
		}
	}
	for _, jurisdiction := range profile.Jurisdictions {
		if err := k.jurisdictions.Set(ctx, jurisdiction, profile.Code); err != nil {
			return err
		}
	}
	code := profile.Code
	profile.Code = ""
	return k.profiles.Set(ctx, code, profile)
}

// SetProfile implements types.MsgServer.
func (s msgServer) SetProfile(ctx context.Context, msg *types.MsgSetProfile) (*types.MsgSetProfileResponse, error) {
	if err := s.requireAuthority(msg.Authority); err != nil {
		return nil, err
	}
	if err := s.setProfile(ctx, msg.Profile); err != nil {
		return nil, err
	}
	return &types.MsgSetProfileResponse{}, emit(ctx, &types.EventProfileSet{Code: msg.Profile.Code})
}

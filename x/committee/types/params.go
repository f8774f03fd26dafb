package types

import (
	"slices"
	"time"

	errorsmod "cosmossdk.io/errors"

	"github.com/creditd/creditd/privacy/threshold"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// Bounds of the parameters.
const (
	MinPhaseDuration  = time.Second
	MaxPhaseDuration  = 24 * time.Hour
	MinReviewInterval = time.Second
	MaxReviewInterval = 24 * time.Hour
	MaxAttempts       = 10
	MaxMembers        = threshold.MaxParties
	MinMembers        = threshold.MinParties
	MaxEpochDuration  = 10 * 365 * 24 * time.Hour
	// MaxEnlisted of one purpose: what a review reads.
	MaxEnlisted = 2 * MaxMembers
)

// Purposes of committees, all there are.
func Purposes() []Purpose { return []Purpose{PURPOSE_EXPOSURE, PURPOSE_PSEUDONYM} }

// KeepsKey tells whether the key of a purpose stays the same when members change.
func (p Purpose) KeepsKey() bool { return p == PURPOSE_PSEUDONYM }

// Validate refuses a purpose that there is not.
func (p Purpose) Validate() error {
	if !slices.Contains(Purposes(), p) {
		return errorsmod.Wrapf(ErrInvalidField, "purpose %d; give exposure or pseudonym", p)
	}
	return nil
}

// DefaultParams are for a production network.
func DefaultParams() Params {
	const day = 24 * time.Hour
	return Params{
		PhaseDuration:  2 * time.Minute,
		ReviewInterval: time.Minute,
		MaxAttempts:    3,
		MaxMembers:     32,
		Policies: []Policy{
			{
				Purpose: PURPOSE_EXPOSURE, Roles: []institutiontypes.Role{institutiontypes.ROLE_FURNISHER}, Automatic: true,
				MinMembers: 4, EpochDuration: 30 * day, Lead: time.Hour, Overlap: time.Hour,
			},
			{
				Purpose: PURPOSE_PSEUDONYM, Roles: []institutiontypes.Role{institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_BUREAU},
				Automatic: true, MinMembers: 4, EpochDuration: 90 * day, Lead: time.Hour, Overlap: 90 * day,
			},
		},
	}
}

// Policy of a purpose; Validate sees to it that there is one.
func (p Params) Policy(purpose Purpose) (Policy, error) {
	for _, policy := range p.Policies {
		if policy.Purpose == purpose {
			return policy, nil
		}
	}
	return Policy{}, errorsmod.Wrapf(ErrInvalidField, "purpose %d has no policy; give exposure or pseudonym", purpose)
}

// Validate checks every bound.
func (p Params) Validate() error {
	switch {
	case p.PhaseDuration < MinPhaseDuration || p.PhaseDuration > MaxPhaseDuration:
		return errorsmod.Wrapf(ErrInvalidParams, "phase_duration is %s; give %s to %s", p.PhaseDuration, MinPhaseDuration, MaxPhaseDuration)
	case p.ReviewInterval < MinReviewInterval || p.ReviewInterval > MaxReviewInterval:
		return errorsmod.Wrapf(ErrInvalidParams, "review_interval is %s; give %s to %s", p.ReviewInterval, MinReviewInterval, MaxReviewInterval)
	case p.MaxAttempts == 0 || p.MaxAttempts > MaxAttempts:
		return errorsmod.Wrapf(ErrInvalidParams, "max_attempts is %d; give 1 to %d", p.MaxAttempts, MaxAttempts)
	case p.MaxMembers < MinMembers || p.MaxMembers > MaxMembers:
		return errorsmod.Wrapf(ErrInvalidParams, "max_members is %d; give %d to %d", p.MaxMembers, MinMembers, MaxMembers)
	case len(p.Policies) != len(Purposes()):
		return errorsmod.Wrapf(ErrInvalidParams, "%d policies; give one for each of exposure and pseudonym", len(p.Policies))
	}
	for i, purpose := range Purposes() {
		if p.Policies[i].Purpose != purpose {
			return errorsmod.Wrapf(ErrInvalidParams, "policy %d is about %s; give them in the order %v", i+1, p.Policies[i].Purpose, Purposes())
		}
		if err := p.Policies[i].validate(p); err != nil {
			return err
		}
	}
	return nil
}

func (p Policy) validate(params Params) error {
	switch {
	case p.MinMembers < MinMembers || p.MinMembers > params.MaxMembers:
		return errorsmod.Wrapf(ErrInvalidParams, "min_members of %s is %d; give %d to max_members", p.Purpose, p.MinMembers, MinMembers)
	case p.Lead < MinPhaseDuration || p.Lead >= p.EpochDuration || p.EpochDuration > MaxEpochDuration:
		return errorsmod.Wrapf(ErrInvalidParams, "epoch_duration and lead of %s are %s and %s; give a lead of at least %s and an epoch that is longer, at most %s",
			p.Purpose, p.EpochDuration, p.Lead, MinPhaseDuration, MaxEpochDuration)
	case p.Overlap < 0 || p.Overlap > MaxEpochDuration:
		return errorsmod.Wrapf(ErrInvalidParams, "overlap of %s is %s; give 0s to %s", p.Purpose, p.Overlap, MaxEpochDuration)
	case len(p.Roles) == 0 || len(p.Roles) > len(institutiontypes.Role_name):
		return errorsmod.Wrapf(ErrInvalidParams, "roles of %s; give at least one", p.Purpose)
	}
	for i, role := range p.Roles {
		if role <= institutiontypes.ROLE_UNSPECIFIED || role > institutiontypes.ROLE_SUPERVISOR || (i > 0 && role <= p.Roles[i-1]) {
			return errorsmod.Wrapf(ErrInvalidParams, "roles of %s; give known roles, ascending, without repeats", p.Purpose)
		}
	}
	return nil
}

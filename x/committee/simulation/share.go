package simulation

import (
	"context"
	"crypto/sha512"
	"errors"
	"fmt"

	"github.com/gtank/ristretto255"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/threshold"
	"github.com/creditd/creditd/x/committee/keeper"
	"github.com/creditd/creditd/x/committee/types"
)

// errNoShare: the simulated operator has none.
var errNoShare = errors.New("holds no share")

// secretOf an operator in a committee follows from both: a simulation has no vaults.
func secretOf(chainID string, c *types.Committee, operator, name string) (*ristretto255.Scalar, error) {
	wide := sha512.Sum512(fmt.Appendf(c.Context(chainID), "%s %s", operator, name))
	return ristretto255.NewScalar().SetUniformBytes(wide[:])
}

// Shares gives simulations of what committees are for the shares that simulated holders have.
func Shares(k *keeper.Keeper) func(ctx context.Context, committee uint64, operator string) (*ristretto255.Scalar, error) {
	return func(ctx context.Context, committee uint64, operator string) (*ristretto255.Scalar, error) {
		c, err := k.Get(ctx, committee)
		if err != nil {
			return nil, err
		}
		return Share(ctx, k, &c, operator)
	}
}

// Share of a simulated holder, made again from all dealings; they are there as long as the committee is in use.
func Share(ctx context.Context, k *keeper.Keeper, c *types.Committee, operator string) (*ristretto255.Scalar, error) {
	member, ok := c.Holder(operator)
	if !ok {
		return nil, errNoShare
	}
	chainID := sdk.UnwrapSDKContext(ctx).ChainID()
	sharing, err := c.Sharing(chainID)
	if err != nil {
		return nil, err
	}
	transport, err := secretOf(chainID, c, operator, "transport")
	if err != nil {
		return nil, err
	}
	var parts []*ristretto255.Scalar
	for _, index := range c.Qualified() {
		stored, err := k.Dealings.Get(ctx, collections.Join(c.Id, index))
		if err != nil {
			return nil, err
		}
		dealing, err := threshold.ParseDealing(stored.Content)
		if err != nil {
			return nil, err
		}
		part, err := threshold.Open(sharing, index, dealing, member.Index, transport)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	if c.Predecessor == 0 {
		return threshold.NewShare(member.Index, parts).Scalar, nil
	}
	share, err := threshold.KeptShare(member.Index, c.Qualified(), parts)
	return share.Scalar, err
}

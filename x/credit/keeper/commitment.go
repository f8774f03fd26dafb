package keeper

import "github.com/creditd/creditd/x/credit/types"

// requireCommitment refuses what cannot be a commitment: it has 32 bytes, not all of them zero.
func requireCommitment(field string, bz []byte) error {
	if _, err := types.IDFromBytes(field, bz); err != nil {
		return types.ErrInvalidCommitment.Wrap(err.Error())
	}
	return nil
}

package app

import (
	cmttypes "github.com/cometbft/cometbft/types"
)

const (
	// maxBlockBytes bounds a block: 4 MiB hold some 400 batches of 100 records.
	maxBlockBytes = 4 << 20
	// maxBlockGas bounds the work of a block; several institutions can spend their whole budget in it.
	maxBlockGas = 1_000_000_000
)

// DefaultConsensusParams are CometBFT's, with blocks sized for batches and post-quantum consensus keys allowed.
func DefaultConsensusParams() *cmttypes.ConsensusParams {
	params := cmttypes.DefaultConsensusParams()
	params.Block.MaxBytes = maxBlockBytes
	params.Block.MaxGas = maxBlockGas
	params.Validator.PubKeyTypes = []string{cmttypes.ABCIPubKeyTypeEd25519, cmttypes.ABCIPubKeyTypeMlDsa65}
	return params
}

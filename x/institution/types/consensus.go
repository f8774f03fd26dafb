package types

import (
	abci "github.com/cometbft/cometbft/abci/types"
	cmtcrypto "github.com/cometbft/cometbft/proto/tendermint/crypto"

	errorsmod "cosmossdk.io/errors"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	"github.com/cosmos/cosmos-sdk/crypto/keys/ed25519"
	"github.com/cosmos/cosmos-sdk/crypto/keys/mldsa65"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
)

// ConsensusAddressBytes is the size of a consensus address.
const ConsensusAddressBytes = 20

// UnpackConsensusKey returns a well-formed key of a type that may sign blocks here: ed25519 or ML-DSA-65.
func UnpackConsensusKey(key *codectypes.Any) (cryptotypes.PubKey, error) {
	if key == nil {
		return nil, errorsmod.Wrap(ErrInvalidConsensus, "no consensus_pubkey; give the output of `creditd comet show-validator`")
	}
	pk, ok := key.GetCachedValue().(cryptotypes.PubKey)
	if !ok {
		return nil, errorsmod.Wrapf(ErrInvalidConsensus, "consensus_pubkey of type %.64q cannot be read", key.TypeUrl)
	}
	switch k := pk.(type) {
	case *ed25519.PubKey:
		if len(k.Key) != ed25519.PubKeySize {
			return nil, errorsmod.Wrapf(ErrInvalidConsensus, "ed25519 key of %d bytes; it has %d", len(k.Key), ed25519.PubKeySize)
		}
	case *mldsa65.PubKey:
		// CometBFT decodes the key to use it; a key that it cannot decode would halt every node.
		if _, err := cryptocodec.ToCmtPubKeyInterface(k); err != nil {
			return nil, errorsmod.Wrapf(ErrInvalidConsensus, "ML-DSA-65 key: %s", err)
		}
	default:
		return nil, errorsmod.Wrapf(ErrInvalidConsensus, "key type %s; give ed25519 or ml_dsa_65", pk.Type())
	}
	return pk, nil
}

// ConsensusAddress of a well-formed key.
func ConsensusAddress(key *codectypes.Any) ([]byte, error) {
	pk, err := UnpackConsensusKey(key)
	if err != nil {
		return nil, err
	}
	return pk.Address(), nil
}

// ValidatorUpdate tells CometBFT a power for a key.
func ValidatorUpdate(key *codectypes.Any, power int64) (abci.ValidatorUpdate, error) {
	pk, err := UnpackConsensusKey(key)
	if err != nil {
		return abci.ValidatorUpdate{}, err
	}
	cmtKey, err := cryptocodec.ToCmtProtoPublicKey(pk)
	if err != nil {
		return abci.ValidatorUpdate{}, errorsmod.Wrap(ErrInvalidConsensus, err.Error())
	}
	return abci.ValidatorUpdate{PubKey: cmtKey, Power: power}, nil
}

// KeyOf is the inverse of ValidatorUpdate for tests and genesis commands.
func KeyOf(key cmtcrypto.PublicKey) (*codectypes.Any, error) {
	pk, err := cryptocodec.FromCmtProtoPublicKey(key)
	if err != nil {
		return nil, errorsmod.Wrap(ErrInvalidConsensus, err.Error())
	}
	return codectypes.NewAnyWithValue(pk)
}

// ValidatePower bounds the power of one validator.
func ValidatePower(power int64) error {
	if power < 1 || power > MaxPower {
		return errorsmod.Wrapf(ErrInvalidConsensus, "power is %d; give 1 to %d", power, MaxPower)
	}
	return nil
}

package cmd

// autocli reads a consensus key given as JSON (MsgRegister, MsgAmend, MsgRotateConsensusKey) by its type in the
// global registry of google.golang.org/protobuf, where the SDK's own generated code does not put it.
import (
	_ "cosmossdk.io/api/cosmos/crypto/ed25519" // registers the type
	_ "cosmossdk.io/api/cosmos/crypto/mldsa65" // registers the type
)

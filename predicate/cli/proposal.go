package cli

import (
	"encoding/json"
	"fmt"

	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	govtypes "github.com/cosmos/cosmos-sdk/x/gov/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/predicate"
	circuits "github.com/creditd/creditd/privacy/predicate"
	"github.com/creditd/creditd/x/predicate/types"
)

// registration is a circuit with its verifying key.
type registration struct {
	circuit circuits.Circuit
	key     []byte
}

// writeProposal that agrees the setup and registers circuits, as `creditd tx gov submit-proposal` takes it.
func writeProposal(file string, made *predicate.Keys, transcript string, list []registration) error {
	hash, err := parseID("--"+flagTranscript, transcript)
	if err != nil {
		return err
	}
	cdc, err := client.NewCodec()
	if err != nil {
		return err
	}
	authority := authtypes.NewModuleAddress(govtypes.ModuleName).String()
	digest := made.Setup.Digest()
	msgs := []sdk.Msg{&types.MsgAgreeSetup{Authority: authority, Digest: digest[:], TranscriptHash: hash[:]}}
	for _, r := range list {
		msgs = append(msgs, &types.MsgRegisterCircuit{
			Authority: authority, Spec: types.NewCircuitSpec(r.circuit), Version: 1, VerifyingKey: r.key,
		})
	}
	encoded := make([]json.RawMessage, len(msgs))
	for i, msg := range msgs {
		if encoded[i], err = cdc.MarshalInterfaceJSON(msg); err != nil {
			return err
		}
	}
	bz, err := json.MarshalIndent(map[string]any{
		"messages": encoded, "title": "Circuits of predicates",
		"summary": fmt.Sprintf("Agree setup %x and register %d circuits. Check them with `creditd privacy circuits` on your own machine.", digest, len(list)),
	}, "", "  ")
	if err != nil {
		return err
	}
	return replace(file, append(bz, '\n'), 0o644)
}

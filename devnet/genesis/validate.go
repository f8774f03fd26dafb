package genesis

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	"github.com/cosmos/cosmos-sdk/types/module"
	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"

	"github.com/creditd/creditd/app"
	"github.com/creditd/creditd/x/institution/types"
)

const startAgain = "correct it, or start again with 'creditd genesis new'"

// Validate finds what keeps a document from starting a chain.
func Validate(enc app.EncodingConfig, doc *genutiltypes.AppGenesis) error {
	if doc.Consensus == nil || doc.Consensus.Params == nil {
		return &FieldError{"consensus.params", "is missing", startAgain}
	}
	if err := doc.ValidateAndComplete(); err != nil {
		return fmt.Errorf("genesis document: %w; %s", err, startAgain)
	}
	var state map[string]json.RawMessage
	if err := json.Unmarshal(doc.AppState, &state); err != nil {
		return &FieldError{"app_state", "is no JSON object: " + err.Error(), startAgain}
	}
	if err := validateModules(enc, state); err != nil {
		return err
	}
	return validateFounders(enc, doc, state[types.ModuleName])
}

func validateModules(enc app.EncodingConfig, state map[string]json.RawMessage) error {
	var found []error
	for _, name := range slices.Sorted(maps.Keys(app.Basics)) {
		basic, has := app.Basics[name].(module.HasGenesisBasics)
		if !has {
			continue
		}
		raw, there := state[name]
		if !there {
			found = append(found, &FieldError{"app_state." + name, "is missing", startAgain})
			continue
		}
		if err := basic.ValidateGenesis(enc.Codec, enc.TxConfig, raw); err != nil {
			found = append(found, &FieldError{"app_state." + name, err.Error(), startAgain})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(state)) {
		if _, known := app.Basics[name]; !known {
			found = append(found, &FieldError{"app_state." + name, "is no module of this chain", "remove it"})
		}
	}
	return errors.Join(found...)
}

// validateFounders looks for what no single module sees.
func validateFounders(enc app.EncodingConfig, doc *genutiltypes.AppGenesis, raw json.RawMessage) error {
	var gs types.GenesisState
	if err := enc.Codec.UnmarshalJSON(raw, &gs); err != nil {
		return &FieldError{"app_state." + types.ModuleName, err.Error(), startAgain}
	}
	active := 0
	for _, entry := range gs.Institutions {
		if entry.Validator == nil {
			continue
		}
		var key cryptotypes.PubKey
		if err := enc.InterfaceRegistry.UnpackAny(entry.Validator.ConsensusPubkey, &key); err != nil {
			return &FieldError{
				fmt.Sprintf("consensus_pubkey of %q", entry.Institution.Name), err.Error(),
				"give the output of 'creditd comet show-validator'",
			}
		}
		if !slices.Contains(doc.Consensus.Params.Validator.PubKeyTypes, key.Type()) {
			return &FieldError{
				"consensus.params.validator.pub_key_types",
				fmt.Sprintf("does not allow %s, which %q signs with", key.Type(), entry.Institution.Name), "add it to the list",
			}
		}
		if entry.Institution.Status == types.LICENCE_STATUS_ACTIVE && !entry.Validator.Jailed {
			active++
		}
	}
	if active == 0 {
		return &FieldError{
			"app_state." + types.ModuleName + ".institutions", "has no active validator",
			"add at least one with 'creditd genesis add-institution --roles VALIDATOR,...'",
		}
	}
	return nil
}

// Hash is the SHA-256 of the document in canonical JSON (names sorted, no spaces): it does not depend on how
// a file is indented or which tool wrote it.
func Hash(doc *genutiltypes.AppGenesis) ([]byte, error) {
	raw, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	var tree any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&tree); err != nil {
		return nil, err
	}
	canonical, err := json.Marshal(tree)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(canonical)
	return sum[:], nil
}

// Package genesis builds the first state of a chain from the institutions that found it.
//
// The same institutions, chain id and time give the same bytes on every machine, so that each founder can
// build the file itself and compare hashes instead of trusting whoever collected it.
package genesis

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/institution/types"
)

// Institution is a founder of the chain.
type Institution struct {
	Operator        sdk.AccAddress
	OperatorPubKey  cryptotypes.PubKey // may be nil: the chain then learns it from the first transaction
	Name            string
	LicenceNumber   string
	Jurisdiction    string
	Roles           []types.Role
	ValidUntil      time.Time
	Power           int64              // with the role VALIDATOR
	ConsensusPubKey cryptotypes.PubKey // with the role VALIDATOR
	VaultEndpoint   string             // empty when its vault is published later
	VaultKey        []byte
}

// FieldError says which field is wrong, why, and what to put there.
type FieldError struct {
	Field string // as the flags and files name it
	Wrong string
	Fix   string
}

// Error implements error.
func (e *FieldError) Error() string { return fmt.Sprintf("%s: %s; %s", e.Field, e.Wrong, e.Fix) }

// ParseRoles reads a comma-separated list like "FURNISHER,VALIDATOR".
func ParseRoles(text string) ([]types.Role, error) {
	var roles []types.Role
	for _, name := range strings.Split(text, ",") {
		number, known := types.Role_value["ROLE_"+strings.ToUpper(strings.TrimSpace(name))]
		if !known || number == 0 {
			return nil, &FieldError{
				"roles", fmt.Sprintf("there is no role %q", name),
				"use a comma-separated list of FURNISHER, DATA_USER, BUREAU, VALIDATOR, SUPERVISOR",
			}
		}
		roles = append(roles, types.Role(number))
	}
	slices.Sort(roles)
	return slices.Compact(roles), nil
}

// RoleNames is the inverse of ParseRoles.
func RoleNames(roles []types.Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = strings.TrimPrefix(r.String(), "ROLE_")
	}
	return strings.Join(names, ",")
}

// IsValidator tells whether the institution takes part in consensus.
func (i Institution) IsValidator() bool { return slices.Contains(i.Roles, types.ROLE_VALIDATOR) }

// Validate finds every field that is wrong. A licence must be valid after the chain starts.
func (i Institution) Validate(genesisTime time.Time) error {
	found := []error{
		types.ValidateText("name", i.Name, types.MaxNameBytes),
		types.ValidateText("licence-number", i.LicenceNumber, types.MaxLicenceNumberBytes),
		types.ValidateJurisdiction(i.Jurisdiction),
		types.ValidateRoles(i.Roles),
		types.ValidateTime("valid-until", i.ValidUntil),
	}
	if len(i.Operator) == 0 {
		found = append(found, &FieldError{"operator", "is missing", "give the account that acts for the institution"})
	}
	if !i.ValidUntil.After(genesisTime) {
		found = append(found, &FieldError{
			"valid-until", "is not after the start of the chain, " + genesisTime.Format(time.RFC3339),
			"give the end of the licence, for example 2035-12-31T00:00:00Z",
		})
	}
	return errors.Join(append(found, i.validateConsensus(), i.validateVault())...)
}

func (i Institution) validateConsensus() error {
	switch {
	case i.IsValidator() && i.ConsensusPubKey == nil:
		return &FieldError{
			"consensus-pubkey", "is missing although the roles include VALIDATOR",
			"give the output of 'creditd comet show-validator', or the node's home with --from-home",
		}
	case !i.IsValidator() && (i.ConsensusPubKey != nil || i.Power != 0):
		return &FieldError{
			"roles", "do not include VALIDATOR although a consensus key or power is given",
			"add the role or leave both out",
		}
	case !i.IsValidator():
		return nil
	case !slices.Contains(consensusKeyTypes, i.ConsensusPubKey.Type()):
		return &FieldError{
			"consensus-pubkey", fmt.Sprintf("is of type %q", i.ConsensusPubKey.Type()),
			"use a key of type " + strings.Join(consensusKeyTypes, " or "),
		}
	}
	return types.ValidatePower(i.Power)
}

func (i Institution) validateVault() error {
	if i.VaultEndpoint == "" && len(i.VaultKey) == 0 {
		return nil
	}
	return types.Vault{Endpoint: i.VaultEndpoint, EncryptionKey: i.VaultKey}.Validate()
}

// state is what the module starts with. It adds what follows: the history and the list of consensus keys.
func (i Institution) state(genesisTime time.Time) (types.GenesisInstitution, error) {
	entry := types.GenesisInstitution{
		Institution: types.Institution{
			Operator:      i.Operator.String(),
			Name:          i.Name,
			LicenceNumber: i.LicenceNumber,
			Jurisdiction:  i.Jurisdiction,
			Roles:         i.Roles,
			Status:        types.LICENCE_STATUS_ACTIVE,
			ValidFrom:     genesisTime,
			ValidUntil:    i.ValidUntil.UTC(),
		},
	}
	if len(i.VaultKey) > 0 {
		entry.Vault = &types.Vault{Endpoint: i.VaultEndpoint, EncryptionKey: i.VaultKey}
	}
	if i.IsValidator() {
		key, err := codectypes.NewAnyWithValue(i.ConsensusPubKey)
		if err != nil {
			return types.GenesisInstitution{}, err
		}
		entry.Validator = &types.Validator{
			Operator:        i.Operator.String(),
			ConsensusPubkey: key,
			Power:           i.Power,
			JailedUntil:     time.Unix(0, 0).UTC(),
		}
	}
	return entry, nil
}

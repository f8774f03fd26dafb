package types

import (
	"cosmossdk.io/core/address"
	errorsmod "cosmossdk.io/errors"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
)

// DefaultGenesis has no institutions: `creditd genesis add-institution` adds them. A chain does not start without
// one that is a validator.
func DefaultGenesis() *GenesisState {
	return &GenesisState{Params: DefaultParams()}
}

// genesisCheck collects what entries of a genesis state refer to. Its maps are looked up, never walked.
type genesisCheck struct {
	addresses address.Codec
	params    Params
	// operators and licences that have an institution.
	operators map[string]bool
	licences  map[LicenceID]bool
	// owners of consensus addresses, and current ones among them.
	owners  map[string]string
	current map[string]bool
}

// Validate checks that the state is one that the module could have exported, or a hand-made one that leaves out what
// InitGenesis fills in: the history, the status time and the consensus keys of validators.
func (g GenesisState) Validate(addresses address.Codec) error {
	if err := g.Params.Validate(); err != nil {
		return err
	}
	check := &genesisCheck{
		addresses: addresses,
		params:    g.Params,
		operators: make(map[string]bool, len(g.Institutions)),
		licences:  make(map[LicenceID]bool, len(g.Institutions)),
		owners:    make(map[string]string, len(g.ConsensusKeys)),
		current:   make(map[string]bool, len(g.Institutions)),
	}
	for _, institution := range g.Institutions {
		if err := check.institution(institution); err != nil {
			return errorsmod.Wrapf(err, "institution %.128q", institution.Institution.Operator)
		}
	}
	for _, key := range g.ConsensusKeys {
		if err := check.consensusKey(key); err != nil {
			return err
		}
	}
	for _, institution := range g.Institutions {
		if err := check.currentKey(institution); err != nil {
			return err
		}
	}
	if err := check.members(g.Members); err != nil {
		return err
	}
	if err := check.changes(g.ScheduledChanges, g.LastChangeId); err != nil {
		return err
	}
	return check.pending(g.PendingOperators)
}

func invalidGenesis(format string, args ...any) error {
	return errorsmod.Wrapf(ErrInvalidGenesis, format, args...)
}

func (c *genesisCheck) institution(g GenesisInstitution) error {
	institution := g.Institution
	if _, err := c.addresses.StringToBytes(institution.Operator); err != nil {
		return errorsmod.Wrap(ErrInvalidAddress, err.Error())
	}
	if c.operators[institution.Operator] {
		return invalidGenesis("operator is listed twice")
	}
	c.operators[institution.Operator] = true
	if err := institution.Validate(); err != nil {
		return err
	}
	if c.licences[institution.LicenceID()] {
		return invalidGenesis("licence %s is listed twice", institution.LicenceID())
	}
	c.licences[institution.LicenceID()] = true
	if institution.Status < LICENCE_STATUS_ACTIVE || institution.Status > LICENCE_STATUS_EXPIRED {
		return invalidGenesis("status %d does not exist", int32(institution.Status))
	}
	if g.Vault != nil {
		if err := g.Vault.Validate(); err != nil {
			return err
		}
	}
	for i := 1; i < len(g.History); i++ {
		if g.History[i].Height < g.History[i-1].Height {
			return invalidGenesis("history is not oldest first")
		}
	}
	return c.validator(g)
}

func (c *genesisCheck) validator(g GenesisInstitution) error {
	if g.Institution.HasRole(ROLE_VALIDATOR) != (g.Validator != nil) {
		return invalidGenesis("ROLE_VALIDATOR and validator go together; give both or none")
	}
	if g.Validator == nil {
		if len(g.Missed) > 0 {
			return invalidGenesis("missed slots without a validator")
		}
		return nil
	}
	if g.Validator.Operator != g.Institution.Operator {
		return invalidGenesis("validator has operator %.128q", g.Validator.Operator)
	}
	if err := ValidatePower(g.Validator.Power); err != nil {
		return err
	}
	if g.Validator.JoinedHeight < 0 {
		return invalidGenesis("joined_height is negative")
	}
	if g.Validator.MissedBlocks != uint64(len(g.Missed)) {
		return invalidGenesis("missed_blocks is %d, missed lists %d", g.Validator.MissedBlocks, len(g.Missed))
	}
	for i, slot := range g.Missed {
		if slot >= c.params.SignedBlocksWindow || i > 0 && slot <= g.Missed[i-1] {
			return invalidGenesis("missed slot %d is out of order or outside the window", slot)
		}
	}
	return nil
}

func (c *genesisCheck) consensusKey(key ConsensusKey) error {
	if len(key.Address) != ConsensusAddressBytes {
		return invalidGenesis("consensus address %X has %d bytes, not %d", key.Address, len(key.Address), ConsensusAddressBytes)
	}
	if !c.operators[key.Operator] {
		return invalidGenesis("consensus key %X belongs to %.128q, which is no institution", key.Address, key.Operator)
	}
	if _, listed := c.owners[string(key.Address)]; listed {
		return invalidGenesis("consensus key %X is listed twice", key.Address)
	}
	c.owners[string(key.Address)] = key.Operator
	return nil
}

func (c *genesisCheck) currentKey(g GenesisInstitution) error {
	if g.Validator == nil {
		return nil
	}
	consAddress, err := ConsensusAddress(g.Validator.ConsensusPubkey)
	if err != nil {
		return errorsmod.Wrapf(err, "institution %s", g.Institution.Operator)
	}
	if owner, listed := c.owners[string(consAddress)]; listed && owner != g.Institution.Operator || c.current[string(consAddress)] {
		return invalidGenesis("consensus key %X of %s is another institution's too", consAddress, g.Institution.Operator)
	}
	c.owners[string(consAddress)] = g.Institution.Operator
	c.current[string(consAddress)] = true
	return nil
}

func (c *genesisCheck) members(members []SetMember) error {
	seen := make(map[string]bool, len(members))
	for _, member := range members {
		if seen[member.Operator] {
			return invalidGenesis("member %.128q is listed twice", member.Operator)
		}
		seen[member.Operator] = true
		consAddress, err := ConsensusAddress(member.ConsensusPubkey)
		if err != nil {
			return errorsmod.Wrapf(err, "member %.128q", member.Operator)
		}
		if c.owners[string(consAddress)] != member.Operator {
			return invalidGenesis("key %X of member %.128q is not among its consensus_keys", consAddress, member.Operator)
		}
		if err := ValidatePower(member.Power); err != nil {
			return errorsmod.Wrapf(err, "member %s", member.Operator)
		}
	}
	return nil
}

func (c *genesisCheck) changes(changes []ScheduledChange, lastID uint64) error {
	seen := make(map[uint64]bool, len(changes))
	for _, change := range changes {
		if change.Id == 0 || change.Id > lastID || seen[change.Id] {
			return invalidGenesis("scheduled change %d is listed twice or outside 1 to last_change_id", change.Id)
		}
		seen[change.Id] = true
		if err := ValidateTime("execute_at", change.ExecuteAt); err != nil {
			return err
		}
		if err := ValidateChangeMessage(change.Message); err != nil {
			return err
		}
	}
	return nil
}

func (c *genesisCheck) pending(operators []string) error {
	seen := make(map[string]bool, len(operators))
	for _, operator := range operators {
		if !c.operators[operator] || seen[operator] {
			return invalidGenesis("pending operator %.128q is listed twice or no institution", operator)
		}
		seen[operator] = true
	}
	return nil
}

// MaxChangeBytes bounds a message that waits out the timelock. The largest that are foreseen, verification keys and
// schemas, have some 64 KiB.
const MaxChangeBytes = 128 << 10

// ValidateChangeMessage bounds a message that a vote passes.
func ValidateChangeMessage(msg *codectypes.Any) error {
	if msg == nil {
		return errorsmod.Wrap(ErrInvalidField, "no message")
	}
	if len(msg.Value) > MaxChangeBytes {
		return errorsmod.Wrapf(ErrMessageTooLarge, "%s has %d bytes; at most %d may wait out the timelock, split it",
			msg.TypeUrl, len(msg.Value), MaxChangeBytes)
	}
	return nil
}

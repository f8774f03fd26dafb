package keeper

import (
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/types"
)

// checkGenesis checks a whole state: what types.GenesisState.Validate does, and what takes an address codec, which is
// the spelling of addresses and the ids that follow from them.
func (k *Keeper) checkGenesis(gs *types.GenesisState) error {
	if err := gs.Validate(); err != nil {
		return err
	}
	c := &addressCheck{k: k, known: map[string]sdk.AccAddress{}}
	for _, check := range []func(*types.GenesisState) error{c.checkSchemas, c.checkContainers, c.checkRights} {
		if err := check(gs); err != nil {
			return err
		}
	}
	return nil
}

// addressCheck reads each address once.
type addressCheck struct {
	k     *Keeper
	known map[string]sdk.AccAddress
}

// read refuses an address that is not in the one spelling that the state has.
func (c *addressCheck) read(field, text string) (sdk.AccAddress, error) {
	if address, known := c.known[text]; known {
		return address, nil
	}
	address, err := c.k.parseAddress(field, text)
	if err != nil {
		return nil, err
	}
	canonical, err := c.k.addressText(field, address)
	if err != nil {
		return nil, err
	}
	if canonical != text {
		return nil, types.ErrInvalidAddress.Wrapf("%s: write %s as %s", field, text, canonical)
	}
	c.known[text] = address
	return address, nil
}

func invalid(kind string, i int, err error) error {
	return types.ErrInvalidGenesis.Wrapf("%s %d: %s", kind, i, err)
}

func (c *addressCheck) checkSchemas(gs *types.GenesisState) error {
	for i, schema := range gs.Schemas {
		addresses := schema.Issuers
		if schema.Creator != "" { // a built-in one has none
			addresses = append([]string{schema.Creator}, addresses...)
		}
		for _, text := range addresses {
			if _, err := c.read("creator or issuers", text); err != nil {
				return invalid("schema", i, err)
			}
		}
	}
	return nil
}

func (c *addressCheck) checkContainers(gs *types.GenesisState) error {
	for i, batch := range gs.Batches {
		issuer, err := c.read("issuer", batch.Issuer)
		if err != nil {
			return invalid("batch", i, err)
		}
		if id := types.BatchID(batch.SchemaId, issuer, batch.AccreditationId, batch.Statements); id != types.ContainerID(batch.Id) {
			return types.ErrInvalidGenesis.Wrapf("batch %d: its content has the id %s, not %s", i, id, types.ContainerID(batch.Id))
		}
	}
	firsts := make(map[types.ContainerID]types.Checkpoint, len(gs.Anchors))
	for _, checkpoint := range gs.Checkpoints {
		id := types.ContainerID(checkpoint.AnchorId)
		if first, known := firsts[id]; !known || checkpoint.Size_ < first.Size_ {
			firsts[id] = checkpoint
		}
	}
	for i, anchor := range gs.Anchors {
		issuer, err := c.read("issuer", anchor.Issuer)
		if err != nil {
			return invalid("anchor", i, err)
		}
		first := firsts[types.ContainerID(anchor.Id)]
		if id := types.AnchorID(anchor.SchemaId, issuer, anchor.AccreditationId, first.Root, first.Size_); id != types.ContainerID(anchor.Id) {
			return types.ErrInvalidGenesis.Wrapf("anchor %d: its content and first checkpoint have the id %s, not %s", i, id, types.ContainerID(anchor.Id))
		}
	}
	return nil
}

func (c *addressCheck) checkRights(gs *types.GenesisState) error {
	for i, accreditation := range gs.Accreditations {
		grantee, err := c.read("grantee", accreditation.Grantee)
		if err != nil {
			return invalid("accreditation", i, err)
		}
		if id := accreditation.DeriveID(grantee); id != types.ID(accreditation.Id) {
			return types.ErrInvalidGenesis.Wrapf("accreditation %d: its content has the id %s, not %s", i, id, types.ID(accreditation.Id))
		}
	}
	for i, key := range gs.CredentialKeys {
		if _, err := c.read("issuer", key.Issuer); err != nil {
			return invalid("credential key", i, err)
		}
	}
	for i, used := range gs.UsedNonces {
		if _, err := c.read("issuer", used.Issuer); err != nil {
			return invalid("used nonce", i, err)
		}
	}
	return nil
}

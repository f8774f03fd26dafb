package types

import (
	"fmt"
	"time"
)

func (c *genesisCheck) checkAccreditations() (err error) {
	c.accreditations, err = index("accreditation", c.gs.Accreditations, func(a *Accreditation) (ID, error) {
		id, err := IDFromBytes(a.Id)
		if err != nil {
			return id, err
		}
		return id, c.checkAccreditation(a)
	})
	if err != nil {
		return err
	}
	for i := range c.gs.Accreditations {
		if err := c.checkParent(&c.gs.Accreditations[i]); err != nil {
			return entry("accreditation", i, err)
		}
	}
	return nil
}

// checkAccreditation looks at a node by itself.
func (c *genesisCheck) checkAccreditation(a *Accreditation) error {
	if err := a.Validate(); err != nil {
		return err
	}
	for i, id := range a.SchemaIds {
		schema, err := c.schema(id)
		if err != nil {
			return fmt.Errorf("schema_ids %d: %w", i, err)
		}
		if !schema.Accredited {
			return fmt.Errorf("schema_ids %d: %s is not issued by accreditation", i, ID(id))
		}
	}
	return ordered("granted_at and status_since", a.GrantedAt, a.StatusSince)
}

// checkParent compares a node with the one above it. Depths rise by one, so that there are no rings.
func (c *genesisCheck) checkParent(a *Accreditation) error {
	if len(a.Parent) == 0 {
		return nil
	}
	parent, err := c.accreditation(a.Parent)
	if err != nil {
		return fmt.Errorf("parent: %w", err)
	}
	if a.Depth != parent.Depth+1 {
		return fmt.Errorf("depth %d under a parent of depth %d", a.Depth, parent.Depth)
	}
	if err := a.Within(*parent); err != nil {
		return err
	}
	return ordered("granted_at of the parent and of this", parent.GrantedAt, a.GrantedAt)
}

func (c *genesisCheck) accreditation(bz []byte) (*Accreditation, error) {
	id, err := IDFromBytes(bz)
	if err != nil {
		return nil, err
	}
	accreditation, known := c.accreditations[id]
	if !known {
		return nil, fmt.Errorf("there is no accreditation %s", id)
	}
	return accreditation, nil
}

func (c *genesisCheck) checkKeys() error {
	type place struct {
		issuer string
		kid    ID
	}
	_, err := index("credential key", c.gs.CredentialKeys, func(key *CredentialKey) (place, error) {
		kid, err := IDFromBytes(key.Kid)
		if err != nil {
			return place{}, fmt.Errorf("kid: %w", err)
		}
		if err := key.Validate(); err != nil {
			return place{}, err
		}
		return place{key.Issuer, kid}, ordered("registered_at", key.RegisteredAt)
	})
	return err
}

func (c *genesisCheck) checkNonces() error {
	type used struct {
		deadline      time.Time
		issuer, nonce string
	}
	_, err := index("used nonce", c.gs.UsedNonces, func(each *UsedNonce) (used, error) {
		if len(each.Nonce) != NonceSize {
			return used{}, fmt.Errorf("%d bytes: a nonce has %d", len(each.Nonce), NonceSize)
		}
		return used{each.Deadline.UTC(), each.Issuer, string(each.Nonce)}, ordered("deadline", each.Deadline)
	})
	return err
}

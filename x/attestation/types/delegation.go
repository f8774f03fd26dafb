package types

import (
	errorsmod "cosmossdk.io/errors"
)

// CheckSizes checks the shape of what is signed: all that is needed to hash it. How many statements there may be is a
// parameter of the chain.
func (m *MsgAttestDelegated) CheckSizes() error {
	if _, err := IDFromBytes(m.SchemaId); err != nil {
		return ErrUnknownSchema.Wrapf("schema_id: %s", err)
	}
	if n := len(m.AccreditationId); n != 0 && n != IDSize {
		return ErrInvalidAccreditation.Wrapf("accreditation_id of %d bytes: it has %d, or none", n, IDSize)
	}
	for i, statement := range m.Statements {
		if err := statement.CheckSizes(); err != nil {
			return errorsmod.Wrapf(err, "statement %d", i)
		}
	}
	return CheckNonce(m.Nonce)
}

// CheckSizes is as that of MsgAttestDelegated.
func (m *MsgRevokeDelegated) CheckSizes() error {
	if _, err := IDFromBytes(m.Id); err != nil {
		return err
	}
	return CheckNonce(m.Nonce)
}

// CheckNonce refuses one that is not 16 bytes.
func CheckNonce(nonce []byte) error {
	if len(nonce) != NonceSize {
		return ErrInvalidDelegation.Wrapf("nonce of %d bytes: draw %d random ones", len(nonce), NonceSize)
	}
	return nil
}

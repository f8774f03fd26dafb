package lightchain

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/creditd/creditd/client"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// The readers below return what the readers of the same name in package client do, and errors that wrap
// client.ErrNotFound only where the absence is proven.

// message is what generated protobuf types have.
type message interface{ Unmarshal([]byte) error }

// decode reads a proven value. One that cannot be read was written by a newer chain.
func decode(what string, value []byte, into message) error {
	if err := into.Unmarshal(value); err != nil {
		return fmt.Errorf("%s: the chain has it in a form that this program does not know: use a newer creditd: %w", what, err)
	}
	return nil
}

func absent(what string, v *view) error {
	return fmt.Errorf("%s: %w at height %d", what, client.ErrNotFound, v.height)
}

// read reads the value under a key of x/credit.
func (c *Chain) read(ctx context.Context, v *view, what string, key []byte, into message) error {
	value, err := c.get(ctx, v, credittypes.StoreKey, key)
	if err != nil {
		return err
	}
	if value == nil {
		return absent(what, v)
	}
	return decode(what, value, into)
}

// Subject by pseudonym.
func (c *Chain) Subject(ctx context.Context, pseudonym [32]byte) (credittypes.Subject, error) {
	var subject credittypes.Subject
	v, err := c.view(ctx)
	if err != nil {
		return subject, err
	}
	err = c.read(ctx, v, fmt.Sprintf("subject %x", pseudonym), credittypes.SubjectStateKey(pseudonym), &subject)
	subject.Pseudonym = pseudonym[:]
	return subject, err
}

// Tradeline of a subject.
func (c *Chain) Tradeline(ctx context.Context, subject, id [32]byte) (credittypes.Tradeline, error) {
	var tradeline credittypes.Tradeline
	v, err := c.view(ctx)
	if err != nil {
		return tradeline, err
	}
	err = c.read(ctx, v, fmt.Sprintf("tradeline %x", id), credittypes.TradelineStateKey(subject, id), &tradeline)
	tradeline.Subject, tradeline.Id = subject[:], id[:]
	return tradeline, err
}

// Tradelines of a subject, all of them: that none is left out is proven.
func (c *Chain) Tradelines(ctx context.Context, subject [32]byte) ([]credittypes.Tradeline, error) {
	v, err := c.view(ctx)
	if err != nil {
		return nil, err
	}
	pairs, err := c.scan(ctx, v, credittypes.StoreKey, credittypes.TradelinesStateKey(subject))
	if err != nil {
		return nil, err
	}
	all := make([]credittypes.Tradeline, len(pairs))
	for i, p := range pairs {
		if err := decode("tradeline", p.value, &all[i]); err != nil {
			return nil, err
		}
		all[i].Subject, all[i].Id = subject[:], p.key
	}
	return all, nil
}

// Versions of a tradeline, the earlier ones, oldest first: that none is left out is proven.
func (c *Chain) Versions(ctx context.Context, _, id [32]byte) ([]credittypes.TradelineVersion, error) {
	v, err := c.view(ctx)
	if err != nil {
		return nil, err
	}
	pairs, err := c.scan(ctx, v, credittypes.StoreKey, credittypes.VersionsStateKey(id))
	if err != nil {
		return nil, err
	}
	all := make([]credittypes.TradelineVersion, len(pairs))
	for i, p := range pairs {
		if err := decode("version", p.value, &all[i]); err != nil {
			return nil, err
		}
		if len(p.key) != 4 {
			return nil, fmt.Errorf("version of tradeline %x: a key of %d bytes: use a newer creditd", id, len(p.key))
		}
		all[i].TradelineId, all[i].Version = id[:], binary.BigEndian.Uint32(p.key)
	}
	return all, nil
}

// Consent of a subject.
func (c *Chain) Consent(ctx context.Context, subject, id [32]byte) (credittypes.Consent, error) {
	var consent credittypes.Consent
	v, err := c.view(ctx)
	if err != nil {
		return consent, err
	}
	err = c.read(ctx, v, fmt.Sprintf("consent %x", id), credittypes.ConsentStateKey(subject, id), &consent)
	consent.Subject, consent.Id = subject[:], id[:]
	return consent, err
}

// Consents of a subject, all of them: that none is left out is proven.
func (c *Chain) Consents(ctx context.Context, subject [32]byte) ([]credittypes.Consent, error) {
	v, err := c.view(ctx)
	if err != nil {
		return nil, err
	}
	pairs, err := c.scan(ctx, v, credittypes.StoreKey, credittypes.ConsentsStateKey(subject))
	if err != nil {
		return nil, err
	}
	all := make([]credittypes.Consent, len(pairs))
	for i, p := range pairs {
		if err := decode("consent", p.value, &all[i]); err != nil {
			return nil, err
		}
		all[i].Subject, all[i].Id = subject[:], p.key
	}
	return all, nil
}

// Inquiry by id, with its receipts. One that is not there yet may have been committed in the newest block: then this
// waits for the header that proves it.
func (c *Chain) Inquiry(ctx context.Context, id [32]byte) (credittypes.Inquiry, []credittypes.Receipt, error) {
	inquiry, err := c.inquiry(ctx, id, true)
	if err != nil {
		return inquiry, nil, err
	}
	v, err := c.view(ctx)
	if err != nil {
		return inquiry, nil, err
	}
	pairs, err := c.scan(ctx, v, credittypes.StoreKey, credittypes.ReceiptsStateKey(id))
	if err != nil {
		return inquiry, nil, err
	}
	receipts := make([]credittypes.Receipt, len(pairs))
	for i, p := range pairs {
		if err := decode("receipt", p.value, &receipts[i]); err != nil {
			return inquiry, nil, err
		}
		receipts[i].InquiryId, receipts[i].Institution = id[:], sdk.AccAddress(p.key).String()
	}
	return inquiry, receipts, nil
}

// Asked is the Chain for who is asked for records (exchange.Chain): it reads no receipts, which cost questions of their own.
type Asked struct{ *Chain }

// Inquiry by id, as it is proven now; its receipts are left out.
func (a Asked) Inquiry(ctx context.Context, id [32]byte) (credittypes.Inquiry, error) {
	return a.inquiry(ctx, id, false)
}

// Appearing is Inquiry for one that may have been committed in the newest block: it waits for the header that proves it.
func (a Asked) Appearing(ctx context.Context, id [32]byte) (credittypes.Inquiry, error) {
	return a.inquiry(ctx, id, true)
}

// inquiry without the receipts.
func (c *Chain) inquiry(ctx context.Context, id [32]byte, wait bool) (credittypes.Inquiry, error) {
	var inquiry credittypes.Inquiry
	v, err := c.view(ctx)
	if err != nil {
		return inquiry, err
	}
	read := func(v *view) error {
		return c.read(ctx, v, fmt.Sprintf("inquiry %x", id), credittypes.InquiryStateKey(id), &inquiry)
	}
	if err = read(v); wait && errors.Is(err, client.ErrNotFound) {
		v, err = c.appear(ctx, v, err, read)
	}
	if err == nil && c.config.Again {
		c.again(context.WithoutCancel(ctx), v)
	}
	inquiry.Id = id[:]
	return inquiry, err
}

// appear reads again what is not there, at each height up to the one after the node's newest block: who asks knows of an
// inquiry from a node that may be a block ahead of this one.
func (c *Chain) appear(ctx context.Context, v *view, missing error, read func(*view) error) (*view, error) {
	status, err := c.config.Node.Status(ctx)
	if err != nil {
		return v, fmt.Errorf("%w: %w", ErrAway, err)
	}
	// The node's word decides only how long to wait.
	last := min(status.SyncInfo.LatestBlockHeight+1, v.height+maxAppear)
	within, cancel := context.WithTimeout(ctx, appearTimeout)
	defer cancel()
	for v.height < last {
		next, err := c.waitFor(within, v.height+1)
		if err != nil && within.Err() != nil && ctx.Err() == nil {
			return v, missing // there is no later block, so it is not on the chain
		}
		if err != nil {
			return v, err
		}
		if missing = read(next); !errors.Is(missing, client.ErrNotFound) {
			return next, missing
		}
		v = next
	}
	return v, missing
}

// GetInstitution with its licence and its vault.
func (c *Chain) GetInstitution(ctx context.Context, operator string) (institutiontypes.InstitutionView, error) {
	var found institutiontypes.InstitutionView
	address, err := sdk.AccAddressFromBech32(operator)
	if err != nil {
		return found, fmt.Errorf("institution %.100q: %w", operator, err)
	}
	v, err := c.view(ctx)
	if err != nil {
		return found, err
	}
	value, err := c.get(ctx, v, institutiontypes.StoreKey, institutiontypes.InstitutionStateKey(address))
	switch {
	case err != nil:
		return found, err
	case value == nil:
		return found, absent("institution "+operator, v)
	}
	if err := decode("institution", value, &found.Institution); err != nil {
		return found, err
	}
	value, err = c.get(ctx, v, institutiontypes.StoreKey, institutiontypes.VaultStateKey(address))
	if err != nil || value == nil {
		return found, err
	}
	found.Vault = new(institutiontypes.Vault)
	return found, decode("vault", value, found.Vault)
}

// AccountKey is the public key that an account signs with. The chain learns it from the account's first transaction.
func (c *Chain) AccountKey(ctx context.Context, address string) (cryptotypes.PubKey, error) {
	bytes, err := sdk.AccAddressFromBech32(address)
	if err != nil {
		return nil, fmt.Errorf("account %.100q: %w", address, err)
	}
	v, err := c.view(ctx)
	if err != nil {
		return nil, err
	}
	value, err := c.get(ctx, v, authtypes.StoreKey, slices.Concat(authtypes.AddressStoreKeyPrefix.Bytes(), bytes))
	switch {
	case err != nil:
		return nil, err
	case value == nil:
		return nil, absent("account "+address, v)
	}
	var account sdk.AccountI
	if err := c.config.Codec.UnmarshalInterface(value, &account); err != nil {
		return nil, fmt.Errorf("account %s: %w: use a newer creditd", address, err)
	}
	key := account.GetPubKey()
	if key == nil {
		return nil, fmt.Errorf("account %s: %w", address, client.ErrNoKey)
	}
	return key, nil
}

// Profile that a jurisdiction selects, or the default one of the chain.
func (c *Chain) Profile(ctx context.Context, jurisdiction string) (credittypes.Profile, error) {
	var profile credittypes.Profile
	v, err := c.view(ctx)
	if err != nil {
		return profile, err
	}
	code, err := c.get(ctx, v, credittypes.StoreKey, credittypes.JurisdictionStateKey(jurisdiction))
	if err != nil {
		return profile, err
	}
	if code == nil {
		var params credittypes.Params
		if err := c.read(ctx, v, "parameters of x/credit", credittypes.ParamsStateKey(), &params); err != nil {
			return profile, err
		}
		code = []byte(params.DefaultProfile)
	}
	if len(code) == 0 {
		return profile, fmt.Errorf("profile for jurisdiction %q: %w: the members add one by vote", jurisdiction, client.ErrNotFound)
	}
	err = c.read(ctx, v, "profile "+string(code), credittypes.ProfileStateKey(string(code)), &profile)
	profile.Code = string(code)
	return profile, err
}

// GetAttestation by id: its statement in a batch, or the anchor that it is under, and its status.
func (c *Chain) GetAttestation(ctx context.Context, id [32]byte) (attestationtypes.Attestation, error) {
	found := attestationtypes.Attestation{Id: id[:], Status: attestationtypes.STATUS_ACTIVE}
	v, err := c.view(ctx)
	if err != nil {
		return found, err
	}
	if err := c.readStatement(ctx, v, attestationtypes.ID(id), &found); err != nil {
		return found, err
	}
	value, err := c.get(ctx, v, attestationtypes.StoreKey, attestationtypes.StatusStateKey(id))
	if err != nil || value == nil {
		return found, err
	}
	var status attestationtypes.StatusEntry
	if err := decode("status", value, &status); err != nil {
		return found, err
	}
	found.Status, found.Reason, found.SupersededBy, found.StatusSince = status.Status, status.Reason, status.SupersededBy, &status.Since
	return found, nil
}

func (c *Chain) readStatement(ctx context.Context, v *view, id attestationtypes.ID, into *attestationtypes.Attestation) error {
	container, index := id.Container()
	value, err := c.get(ctx, v, attestationtypes.StoreKey, attestationtypes.BatchStateKey(container))
	if err != nil {
		return err
	}
	if value == nil {
		return c.readAnchored(ctx, v, container, index, into)
	}
	var batch attestationtypes.Batch
	if err := decode("batch", value, &batch); err != nil {
		return err
	}
	if int64(index) >= int64(len(batch.Statements)) {
		return absent(fmt.Sprintf("attestation %s", id), v)
	}
	s := batch.Statements[index]
	into.SchemaId, into.Issuer, into.AccreditationId, into.IssuedAt = batch.SchemaId, batch.Issuer, batch.AccreditationId, batch.IssuedAt
	into.Subject, into.Commitment, into.ExpiresAt, into.ValidFrom = s.Subject, s.Commitment, s.ExpiresAt, s.ValidFrom
	into.CircuitCommitment, into.AmountCommitments, into.Reference = s.CircuitCommitment, s.AmountCommitments, s.Reference
	return nil
}

func (c *Chain) readAnchored(
	ctx context.Context, v *view, container attestationtypes.ContainerID, index uint32, into *attestationtypes.Attestation,
) error {
	value, err := c.get(ctx, v, attestationtypes.StoreKey, attestationtypes.AnchorStateKey(container))
	if err != nil {
		return err
	}
	var anchor attestationtypes.Anchor
	if value != nil {
		if err := decode("anchor", value, &anchor); err != nil {
			return err
		}
	}
	if index >= anchor.Size_ {
		return absent(fmt.Sprintf("attestation %s", container.Item(index)), v)
	}
	into.SchemaId, into.Issuer, into.AccreditationId, into.IssuedAt = anchor.SchemaId, anchor.Issuer, anchor.AccreditationId, anchor.AnchoredAt
	into.Anchored = true
	return nil
}

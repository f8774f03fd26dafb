// Package proving takes records out of an institution's own vault, so that it can prove for their subject what is asked under an inquiry
// (`creditd privacy prove`). It takes those alone that the questions are about, for an inquiry that the subject consented to, and the
// vault's access log has it, as it has every answer to somebody else.
package proving

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/exchange"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/vault/records"
	"github.com/creditd/creditd/vault/store"
	"github.com/creditd/creditd/x/attestation/commitment"
	credittypes "github.com/creditd/creditd/x/credit/types"
	predicatetypes "github.com/creditd/creditd/x/predicate/types"
)

// outcome in the access log.
const outcome = "taken to prove"

// maxRecords of one subject in one vault.
const maxRecords = 10_000

// ErrNotAllowed is wrapped where the inquiry gives no right to prove from these records.
var ErrNotAllowed = errors.New("nothing may be proven from the vault's records under this inquiry")

// Chain is what is asked of the chain, with proofs.
type Chain interface {
	Inquiry(ctx context.Context, id [32]byte) (credittypes.Inquiry, []credittypes.Receipt, error)
	Consent(ctx context.Context, subject, id [32]byte) (credittypes.Consent, error)
	Subject(ctx context.Context, pseudonym [32]byte) (credittypes.Subject, error)
	Tradeline(ctx context.Context, subject, id [32]byte) (credittypes.Tradeline, error)
}

// Store is what is used of the vault's.
type Store interface {
	OfSubject(ctx context.Context, subject [32]byte, limit int) ([]store.Record, error)
	LogAccess(ctx context.Context, entry store.Access, owed *store.Receipt) error
}

// Vault is an institution's.
type Vault struct {
	Operator string // of the institution
	Chain    Chain
	Store    Store
	Keys     keys.Provider
	Now      func() time.Time
}

// Line is a record as `creditd privacy prove --record` reads it.
type Line struct {
	Tradeline   string            `json:"tradeline"`
	Attestation string            `json:"attestation"`
	Values      commitment.Record `json:"values"`
	Seed        string            `json:"seed"`
}

// Take the records that what was asked under an inquiry is about: versions that count, of tradelines that are shown. That they were taken
// is in the access log before they are returned. Errors wrap ErrNotAllowed, client.ErrNotFound, or are of the store.
func (v Vault) Take(ctx context.Context, inquiry [32]byte, asked []predicatetypes.Predicate) ([]Line, error) {
	subject, schemas, within, err := v.allowed(ctx, inquiry, asked)
	if err != nil {
		return nil, err
	}
	of, err := v.Chain.Subject(ctx, subject)
	if err != nil {
		return nil, err
	}
	var lines []Line
	for _, pseudonym := range append([][]byte{subject[:]}, of.Aliases...) { // of the same person, merged into this one
		if len(pseudonym) != len(subject) {
			continue
		}
		more, err := v.linesOf(ctx, [32]byte(pseudonym), schemas, within)
		if err != nil {
			return nil, err
		}
		lines = append(lines, more...)
	}
	return lines, v.Store.LogAccess(ctx, store.Access{
		Time: v.Now(), Requester: v.Operator, Inquiry: inquiry, Outcome: outcome, Records: uint32(len(lines)),
	}, nil)
}

// allowed says about whom and which schemas is asked, by a data user who has the subject's consent to ask it.
func (v Vault) allowed(ctx context.Context, id [32]byte, asked []predicatetypes.Predicate) (
	subject [32]byte, schemas [][]byte, within func(*credittypes.Tradeline) bool, err error,
) {
	inquiry, _, err := v.Chain.Inquiry(ctx, id)
	if err != nil {
		return subject, nil, nil, err
	}
	switch {
	case inquiry.Status != credittypes.INQUIRY_STATUS_OPEN || !v.Now().Before(inquiry.ExpiresAt):
		return subject, nil, nil, fmt.Errorf("%w: it is not open any more: the data user opens another", ErrNotAllowed)
	case len(inquiry.Subject) != len(subject) || len(inquiry.ConsentId) != 32:
		return subject, nil, nil, fmt.Errorf("%w: it rests on no consent: the subject proves for itself, from its own report", ErrNotAllowed)
	}
	subject = [32]byte(inquiry.Subject)
	consent, err := v.Chain.Consent(ctx, subject, [32]byte(inquiry.ConsentId))
	if err != nil {
		return subject, nil, nil, err
	}
	live := consent.Status == credittypes.CONSENT_STATUS_LIVE || consent.Status == credittypes.CONSENT_STATUS_USED_UP
	if !live || !v.Now().Before(consent.ValidUntil) {
		return subject, nil, nil, fmt.Errorf("%w: the subject's consent is withdrawn, replaced or over", ErrNotAllowed)
	}
	for _, each := range asked {
		for _, schema := range each.Schemas() {
			if slices.ContainsFunc(consent.SchemaIds, func(id []byte) bool { return bytes.Equal(id, schema) }) {
				schemas = append(schemas, schema)
			}
		}
	}
	if len(schemas) == 0 {
		return subject, nil, nil, fmt.Errorf("%w: nothing is asked that the subject consented to", ErrNotAllowed)
	}
	return subject, schemas, func(t *credittypes.Tradeline) bool {
		return exchange.Covers(consent.RecordsFrom, consent.RecordsUntil, t)
	}, nil
}

// linesOf one pseudonym.
func (v Vault) linesOf(ctx context.Context, subject [32]byte, schemas [][]byte, within func(*credittypes.Tradeline) bool) (lines []Line, err error) {
	kept, err := v.Store.OfSubject(ctx, subject, maxRecords)
	if err != nil {
		return nil, err
	}
	for i := range kept {
		record := &kept[i]
		if !slices.ContainsFunc(schemas, func(id []byte) bool { return bytes.Equal(id, record.Schema[:]) }) {
			continue
		}
		tradeline, err := v.Chain.Tradeline(ctx, subject, record.Tradeline)
		if errors.Is(err, client.ErrNotFound) {
			continue // staged, and not on the chain
		}
		if err != nil {
			return nil, err
		}
		counts := bytes.Equal(tradeline.AttestationId, record.Attestation[:]) && tradeline.Furnisher == v.Operator
		if !counts || !tradeline.ShownAt(v.Now()) || !within(&tradeline) {
			continue
		}
		plain, err := records.Open(v.Keys, record)
		if err != nil {
			return nil, err
		}
		lines = append(lines, Line{
			Tradeline: hex.EncodeToString(record.Tradeline[:]), Attestation: hex.EncodeToString(record.Attestation[:]),
			Values: plain.Values, Seed: hex.EncodeToString(plain.Seed[:]),
		})
	}
	return lines, nil
}

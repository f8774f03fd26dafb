package predicate

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/predicate"
	"github.com/creditd/creditd/privacy/predicate/circuit"
	"github.com/creditd/creditd/privacy/tree"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/commitment/full"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/predicate/types"
)

// Basis is what a proof rests on: the statement whole, what the message says of it, and what only the prover knows.
type Basis struct {
	Statement predicate.Statement
	Message   types.MsgProve
	Witness   circuit.Witness
}

// Rest completes a question's statement from the records. Of those under the schema asked about it takes the named
// attestations in that order, or, if none is named, the only ones there are. The secret of the session is used if the
// circuit hides the attestation.
func Rest(ctx context.Context, chain Chain, q Question, records []Record, named [][32]byte, secret [32]byte) (Basis, error) {
	b := Basis{Statement: q.Statement}
	b.Message = types.MsgProve{InquiryId: q.Inquiry[:], Predicate: q.Place}
	wanted := int(q.Statement.Circuit.Attestations)
	found, err := chosen(ctx, chain, q, records, named)
	if err != nil {
		return b, err
	}
	if len(found) != wanted {
		return b, fmt.Errorf("circuit %s is about %d attestations under that schema, and the records have %d: name them with --attestation",
			q.Circuit.Name, wanted, len(found))
	}
	for i, f := range found {
		if i == 0 {
			b.Statement.Subject = [32]byte(f.attestation.Subject) // the inquiry's, or one that is merged into it
		}
		opening, err := open(ctx, chain, f)
		if err != nil {
			return b, fmt.Errorf("attestation %x: %w", f.record.Attestation, err)
		}
		b.Witness.Openings = append(b.Witness.Openings, opening)
	}
	if q.Statement.Circuit.Hidden {
		return b, b.hide(ctx, chain, found[0], secret)
	}
	for _, f := range found {
		b.Statement.Commitments = append(b.Statement.Commitments, [32]byte(f.attestation.CircuitCommitment))
		b.Message.AttestationIds = append(b.Message.AttestationIds, slices.Clone(f.attestation.Id))
	}
	return b, nil
}

// found is a record with its attestation.
type found struct {
	record      Record
	attestation attestationtypes.Attestation
}

func chosen(ctx context.Context, chain Chain, q Question, records []Record, named [][32]byte) (all []found, err error) {
	pick := named
	if len(pick) == 0 {
		for i := range records {
			pick = append(pick, records[i].Attestation)
		}
	}
	for _, id := range pick {
		at := slices.IndexFunc(records, func(r Record) bool { return r.Attestation == id })
		if at < 0 {
			return nil, fmt.Errorf("no record of attestation %x in the file", id)
		}
		attestation, err := chain.GetAttestation(ctx, id)
		if err != nil {
			return nil, err
		}
		schemas := q.Asked.Schemas()
		if !slices.ContainsFunc(schemas, func(s []byte) bool { return slices.Equal(s, attestation.SchemaId) }) {
			if len(named) > 0 {
				return nil, fmt.Errorf("attestation %x is under another schema than is asked about", id)
			}
			continue
		}
		if len(attestation.CircuitCommitment) != 32 {
			return nil, fmt.Errorf("attestation %x has no circuit commitment: nothing can be proven about it", id)
		}
		all = append(all, found{records[at], attestation})
	}
	if len(named) == 0 && len(q.Asked.Schemas()) == 2 { // first the field's, then the other field's
		slices.SortStableFunc(all, func(a, b found) int {
			return rank(q, a.attestation) - rank(q, b.attestation)
		})
	}
	return all, nil
}

func rank(q Question, a attestationtypes.Attestation) int {
	if slices.Equal(a.SchemaId, q.Asked.SchemaId) {
		return 0
	}
	return 1
}

// open a record as its circuit commitment is opened, and check that it is the one that was attested.
func open(ctx context.Context, chain Chain, f found) (*circuit.Opening, error) {
	schema, err := chain.Schema(ctx, [32]byte(f.attestation.SchemaId))
	if err != nil {
		return nil, err
	}
	layout := layoutOf(schema)
	fields, err := full.CircuitFields(layout, f.record.Values)
	if err != nil {
		return nil, err
	}
	o := &circuit.Opening{Fields: fields, Salt: commit.DeriveCircuitSalt(f.record.Seed)}
	made, err := commit.Circuit(layout.SchemaID, [32]byte(f.attestation.Subject), o.Fields, o.Salt)
	if err != nil {
		return nil, err
	}
	if made != [32]byte(f.attestation.CircuitCommitment) {
		return nil, circuit.ErrNotTheRecord
	}
	return o, nil
}

func (b *Basis) hide(ctx context.Context, chain Chain, f found, secret [32]byte) error {
	path, err := chain.Path(ctx, f.record.Attestation)
	if err != nil {
		return fmt.Errorf("%w: it must be listed first (creditd tx predicate list)", err)
	}
	if b.Statement.Subject != [32]byte(f.attestation.Subject) || len(path.Root) != 32 || len(path.IssuerRoot) != 32 {
		return errors.New("the chain's answer is not about this attestation")
	}
	hidden, err := placesOf(path, f.attestation)
	if err != nil {
		return err
	}
	hidden.Secret = secret
	b.Witness.Hidden = hidden
	b.Statement.Root, b.Statement.Issuers = [32]byte(path.Root), [32]byte(path.IssuerRoot)
	if b.Statement.Session, err = predicate.Session(secret); err != nil {
		return err
	}
	if b.Statement.Nullifier, err = predicate.NullifierOf(secret, [32]byte(f.attestation.CircuitCommitment)); err != nil {
		return err
	}
	b.Message.Root, b.Message.IssuerRoot = path.Root, path.IssuerRoot
	b.Message.Session, b.Message.Nullifier = slices.Clone(b.Statement.Session[:]), slices.Clone(b.Statement.Nullifier[:])
	return nil
}

func placesOf(path types.QueryPathResponse, attestation attestationtypes.Attestation) (*circuit.Hidden, error) {
	issuer, err := sdkAddress(path.Issuer.Issuer)
	if err != nil {
		return nil, err
	}
	hidden := &circuit.Hidden{
		Issuer: predicate.Issuer(attestation.SchemaId, issuer), Expires: never,
		ActiveIndex: uint64(path.Listing.Place), IssuerIndex: uint64(path.Issuer.Place),
	}
	if path.Listing.Until != nil {
		hidden.Expires = path.Listing.Until.Unix()
	}
	for from, into := range map[*[][]byte]*[]tree.Node{&path.Path: &hidden.ActivePath, &path.IssuerPath: &hidden.IssuerPath} {
		for _, node := range *from {
			if len(node) != 32 {
				return nil, errors.New("a node of the path has not 32 bytes")
			}
			*into = append(*into, tree.Node(node))
		}
	}
	return hidden, nil
}

func layoutOf(schema attestationtypes.Schema) commitment.Layout {
	layout := commitment.Layout{SchemaID: [32]byte(schema.Id)}
	for _, field := range schema.Fields {
		layout.Fields = append(layout.Fields, commitment.Field{
			Name: field.Name, Kind: commitment.Kind(field.Kind), Circuit: field.Circuit, Summed: field.Summed,
		})
	}
	return layout
}

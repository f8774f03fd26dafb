package predicate

import (
	"context"
	"errors"
	"fmt"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/plonk"
	"github.com/creditd/creditd/privacy/predicate"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/predicate/types"
)

// Question is one predicate that was asked, as the chain has it.
type Question struct {
	Inquiry [32]byte
	Place   uint32
	Asked   types.Predicate
	Circuit types.Circuit
	// Statement without what a proof rests on: commitments, or roots, session and nullifier.
	Statement predicate.Statement
	Key       *plonk.VerifyingKey
}

// ReadQuestion reads what was asked under an inquiry at that place.
func ReadQuestion(ctx context.Context, chain Chain, inquiry [32]byte, place uint32) (Question, error) {
	q := Question{Inquiry: inquiry, Place: place}
	ask, err := chain.Ask(ctx, inquiry)
	if err != nil {
		return q, err
	}
	if int64(place) >= int64(len(ask.Predicates)) {
		return q, fmt.Errorf("inquiry %x asks %d predicates, numbered from 0: there is no number %d", inquiry, len(ask.Predicates), place)
	}
	q.Asked = ask.Predicates[place]
	if q.Asked.Kind == types.PREDICATE_KIND_SUM {
		return q, nil
	}
	if len(q.Asked.CircuitId) != 32 {
		return q, errors.New("the chain's answer names no circuit")
	}
	if q.Circuit, err = chain.Circuit(ctx, [32]byte(q.Asked.CircuitId)); err != nil {
		return q, err
	}
	if q.Key, err = plonk.ParseVerifyingKey(q.Circuit.VerifyingKey); err != nil {
		return q, fmt.Errorf("verifying key of circuit %s: %w", q.Circuit.Name, err)
	}
	return q, q.state(ctx, chain)
}

// state fills the statement in as the chain does.
func (q *Question) state(ctx context.Context, chain Chain) error {
	circuit, err := q.Circuit.Spec.Circuit()
	if err != nil {
		return err
	}
	if q.Key.Circuit() != circuit.ID() {
		return fmt.Errorf("circuit %s on the chain is not the one of that name here: use the version of creditd that the chain runs", q.Circuit.Name)
	}
	schema, err := chain.Schema(ctx, [32]byte(q.Asked.SchemaId))
	if err != nil {
		return err
	}
	var other *attestationtypes.Schema
	if len(q.Asked.OtherSchemaId) == 32 {
		read, err := chain.Schema(ctx, [32]byte(q.Asked.OtherSchemaId))
		if err != nil {
			return err
		}
		other = &read
		q.Statement.Other = [32]byte(q.Asked.OtherSchemaId)
	}
	terms, err := q.Asked.Terms(circuit, schema, other)
	if err != nil {
		return err
	}
	inquiry, err := chain.GetInquiry(ctx, q.Inquiry)
	if err != nil {
		return err
	}
	dataUser, err := sdk.AccAddressFromBech32(inquiry.DataUser)
	if err != nil {
		return fmt.Errorf("data user of the inquiry: %w", err)
	}
	q.Statement.ChainID, q.Statement.Circuit, q.Statement.Terms = chain.ChainID(), circuit, terms
	q.Statement.Schema, q.Statement.Subject = [32]byte(q.Asked.SchemaId), [32]byte(inquiry.Subject)
	q.Statement.Inquiry, q.Statement.Verifier, q.Statement.Expiry = q.Inquiry[:], dataUser, inquiry.ExpiresAt.Unix()
	return nil
}

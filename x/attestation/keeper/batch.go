package keeper

import (
	"context"
	"errors"
	"slices"
	"time"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/types"
)

// A batch is what one message states. It is one entry of the state, so that a hundred statements cost one write;
// a single attestation is a batch of one.

const (
	// gasPerStatement pays for hashing and encoding, which the store does not meter.
	gasPerStatement = 200
	// gasPerAmount pays for decoding a point of ristretto255: about a thirtieth of a signature check.
	gasPerAmount = 100
)

// issuance is who states, under what, by which right; its rights are checked when it exists.
type issuance struct {
	schema        types.Schema
	issuer        sdk.AccAddress
	issuerText    string
	accreditation []byte // 32 bytes, or empty under a schema that asks for none
}

// Attest states each statement as an attestation of its own and returns their ids, all or none. An id follows from
// its statement alone, so the caller knows it before. Licence and schema are read once; the caller bounds the
// number.
func (k *Keeper) Attest(ctx context.Context, issuer sdk.AccAddress, schemaID []byte, statements []types.Statement) ([][]byte, error) {
	if len(statements) == 0 {
		return nil, types.ErrBatchSize.Wrap("no statements: give at least one")
	}
	by, err := k.issuance(ctx, issuer, schemaID, nil)
	if err != nil {
		return nil, err
	}
	ids := make([][]byte, len(statements))
	for i, statement := range statements {
		batch, err := k.createBatch(ctx, by, []types.Statement{statement})
		if err != nil {
			return nil, errorsmod.Wrapf(err, "statement %d", i)
		}
		ids[i] = types.ContainerID(batch.Id).Item(0).Bytes()
		if err := emit(ctx, types.NewEventAttested(types.ID(ids[i]), types.ID(batch.SchemaId), batch.Issuer)); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// attestBatch states all statements in one batch.
func (k *Keeper) attestBatch(
	ctx context.Context, issuer sdk.AccAddress, schemaID, accreditationID []byte, statements []types.Statement,
) (types.Batch, error) {
	if err := k.requireBatchSize(ctx, "statements", len(statements)); err != nil {
		return types.Batch{}, err
	}
	by, err := k.issuance(ctx, issuer, schemaID, accreditationID)
	if err != nil {
		return types.Batch{}, err
	}
	batch, err := k.createBatch(ctx, by, statements)
	if err != nil {
		return types.Batch{}, err
	}
	return batch, emit(ctx, types.NewEventBatchAttested(batch))
}

// requireBatchSize bounds what one message holds, before anything is done with it.
func (k *Keeper) requireBatchSize(ctx context.Context, of string, count int) error {
	params, err := k.GetParams(ctx)
	if err != nil {
		return err
	}
	if count < 1 || count > int(params.MaxBatch) {
		return types.ErrBatchSize.Wrapf("%d %s: send 1 to %d in a message", count, of, params.MaxBatch)
	}
	return nil
}

// issuance checks that the schema is in use and that the issuer may state under it now.
func (k *Keeper) issuance(ctx context.Context, issuer sdk.AccAddress, schemaID, accreditationID []byte) (issuance, error) {
	schema, err := k.GetSchema(ctx, schemaID)
	if err != nil {
		return issuance{}, err
	}
	if schema.DeprecatedAt != nil {
		return issuance{}, types.ErrSchemaDeprecated.Wrapf("%s version %d since %s: %s", schema.Name, schema.Version,
			schema.DeprecatedAt.UTC().Format(time.RFC3339), useInstead(schema))
	}
	if err := k.requireIssuer(ctx, issuer, schema, accreditationID); err != nil {
		return issuance{}, err
	}
	text, err := k.addressText("issuer", issuer)
	return issuance{schema, issuer, text, accreditationID}, err
}

func useInstead(schema types.Schema) string {
	if len(schema.ReplacedBy) == 0 {
		return "use another schema"
	}
	return "use schema " + types.ID(schema.ReplacedBy).String()
}

// createBatch checks the statements and writes them: one write, one more for each distinct expiry, and under a
// listed schema one more for each statement.
func (k *Keeper) createBatch(ctx context.Context, by issuance, statements []types.Statement) (types.Batch, error) {
	gas := sdk.UnwrapSDKContext(ctx).GasMeter()
	now := blockTime(ctx)
	rule := types.NewStatementRule(by.schema, now)
	for i, statement := range statements {
		gas.ConsumeGas(uint64(gasPerStatement+gasPerAmount*len(statement.AmountCommitments)), "attestation: statement")
		err := rule.Check(statement)
		if err == nil && len(statement.Reference) > 0 {
			err = k.requireReference(ctx, types.ID(statement.Reference))
		}
		if err != nil {
			return types.Batch{}, errorsmod.Wrapf(err, "statement %d", i)
		}
	}
	id := types.BatchID(by.schema.Id, by.issuer, by.accreditation, statements)
	batch := types.Batch{
		Id: id.Bytes(), SchemaId: by.schema.Id, Issuer: by.issuerText, AccreditationId: by.accreditation,
		IssuedAt: now, Statements: statements,
	}
	exists, err := k.batches.Has(ctx, id)
	if err != nil {
		return batch, err
	}
	if exists {
		return batch, types.ErrDuplicate.Wrapf("%s: it needs no sending again; a new statement needs a commitment with a fresh salt", id)
	}
	if err := k.askResolver(ctx, by, batch); err != nil {
		return batch, err
	}
	if err := k.setBatch(ctx, batch); err != nil {
		return batch, err
	}
	if err := k.queueExpiries(ctx, batch); err != nil {
		return batch, err
	}
	count(ctx, statedCounter, len(statements))
	return batch, k.listBatch(ctx, by.schema, batch)
}

// requireReference refuses a reference to nothing. An anchored item exists as soon as the anchor has its place.
func (k *Keeper) requireReference(ctx context.Context, id types.ID) error {
	_, err := k.getItem(ctx, id)
	if errors.Is(err, types.ErrUnknownAttestation) {
		return types.ErrUnknownReference.Wrapf("%s: reference an attestation that is on the chain", id)
	}
	return err
}

func (k *Keeper) askResolver(ctx context.Context, by issuance, batch types.Batch) error {
	if by.schema.Resolver == "" {
		return nil
	}
	resolver, err := k.resolver(by.schema.Resolver)
	if err != nil {
		return err
	}
	if err := resolver.BeforeAttest(ctx, by.schema, by.issuer, batch); err != nil {
		return types.ErrRefused.Wrapf("%s: %s", by.schema.Resolver, err)
	}
	return nil
}

func (k *Keeper) resolver(name string) (types.Resolver, error) {
	resolver, known := k.resolvers[name]
	if !known {
		return nil, types.ErrUnknownResolver.Wrapf("%.64q: this chain's program has no such hook", name)
	}
	return resolver, nil
}

// setBatch writes the batch; its id is the key and not repeated in the value.
func (k *Keeper) setBatch(ctx context.Context, batch types.Batch) error {
	id := types.ContainerID(batch.Id)
	batch.Id = nil
	return k.batches.Set(ctx, id, batch)
}

// listBatch makes the attestations of a listed schema findable by subject.
func (k *Keeper) listBatch(ctx context.Context, schema types.Schema, batch types.Batch) error {
	if !schema.Listed {
		return nil
	}
	id := types.ContainerID(batch.Id)
	for i, statement := range batch.Statements {
		if err := k.bySubject.Set(ctx, collections.Join(types.ID(statement.Subject), id.Item(uint32(i)))); err != nil {
			return err
		}
	}
	return nil
}

// queueExpiries puts the batch into the queue, once for each distinct expiry.
func (k *Keeper) queueExpiries(ctx context.Context, batch types.Batch) error {
	for _, at := range expiries(batch) {
		if err := k.expiries.Set(ctx, collections.Join(at, types.ContainerID(batch.Id))); err != nil {
			return err
		}
	}
	return nil
}

// expiries of a batch, ascending, each once.
func expiries(batch types.Batch) []time.Time {
	var times []time.Time
	for _, statement := range batch.Statements {
		if statement.ExpiresAt != nil {
			times = append(times, statement.ExpiresAt.UTC())
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	return slices.CompactFunc(times, time.Time.Equal)
}

// GetBatch returns the batch of that id.
func (k *Keeper) GetBatch(ctx context.Context, id types.ContainerID) (types.Batch, error) {
	batch, err := k.batches.Get(ctx, id)
	if errors.Is(err, collections.ErrNotFound) {
		return types.Batch{}, types.ErrUnknownAttestation.Wrapf("batch %s: check the id and that its transaction is committed", id)
	}
	batch.Id = id.Bytes()
	return batch, err
}

package keeper

import (
	"bytes"
	"context"
	"errors"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// reported is a report that was read and found in order, with the ids that follow from it.
type reported struct {
	subject     types.ID
	tradeline   types.ID
	attestation types.ID
	statement   attestationtypes.Statement
}

// readReport checks the shape of a report and derives its ids.
func readReport(by actor, schemaID []byte, report types.Report) (reported, error) {
	subject, err := types.IDFromBytes("subject", report.Subject)
	if err != nil {
		return reported{}, types.ErrInvalidReport.Wrap(err.Error())
	}
	if _, err := types.IDFromBytes("account", report.Account); err != nil {
		return reported{}, types.ErrInvalidReport.Wrap(err.Error())
	}
	if _, err := types.IDFromBytes("commitment", report.Commitment); err != nil {
		return reported{}, types.ErrInvalidReport.Wrap(err.Error())
	}
	statement := report.Statement()
	if err := statement.CheckSizes(); err != nil {
		return reported{}, types.ErrInvalidReport.Wrap(err.Error())
	}
	return reported{
		subject:     subject,
		tradeline:   types.TradelineID(by.addr, report.Subject, report.Account),
		attestation: attestationtypes.AttestationID(schemaID, by.addr, statement),
		statement:   statement,
	}, nil
}

// furnish reports tradelines under one schema, all or none. Licence and schema are read once, however many
// reports there are; each report costs three writes (attestation, tradeline, trail), and one more
// when it is the furnisher's first about the subject.
func (k *Keeper) furnish(ctx context.Context, by actor, schemaID []byte, reports []types.Report) ([]reported, error) {
	if err := k.requireRole(ctx, by, institutiontypes.ROLE_FURNISHER); err != nil {
		return nil, err
	}
	if _, err := types.IDFromBytes("schema_id", schemaID); err != nil {
		return nil, err
	}
	items := make([]reported, len(reports))
	statements := make([]attestationtypes.Statement, len(reports))
	seen := make(map[types.ID]struct{}, len(reports)) // asked, never walked: its order does not matter
	for i, report := range reports {
		sdk.UnwrapSDKContext(ctx).GasMeter().ConsumeGas(gasPerItem, "credit: report")
		item, err := readReport(by, schemaID, report)
		if err == nil {
			err = k.requireNew(ctx, item, seen)
		}
		if err != nil {
			return nil, errorsmod.Wrapf(err, "report %d", i)
		}
		items[i], statements[i] = item, item.statement
	}
	if _, err := k.attestations.Attest(ctx, by.addr, schemaID, statements); err != nil {
		return nil, err
	}
	for _, item := range items {
		if err := k.createTradeline(ctx, by, item); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// requireNew refuses a report about an unknown subject and one about a tradeline that is there, on the
// chain or earlier in the batch.
func (k *Keeper) requireNew(ctx context.Context, item reported, seen map[types.ID]struct{}) error {
	if _, twice := seen[item.tradeline]; twice {
		return types.ErrBatchDuplicate.Wrapf("tradeline %s: send each account once", item.tradeline)
	}
	seen[item.tradeline] = struct{}{}
	if err := k.requireSubject(ctx, item.subject); err != nil {
		return err
	}
	tradeline, err := k.tradelines.Get(ctx, collections.Join(item.subject, item.tradeline))
	switch {
	case errors.Is(err, collections.ErrNotFound):
		return nil
	case err != nil:
		return err
	case bytes.Equal(tradeline.AttestationId, item.attestation[:]):
		return types.ErrAlreadyFurnished.Wrapf("tradeline %s with this very record: leave it out", item.tradeline)
	}
	return types.ErrTradelineExists.Wrapf("tradeline %s is at version %d: report a change with `creditd tx credit correct`",
		item.tradeline, tradeline.Version)
}

func (k *Keeper) createTradeline(ctx context.Context, by actor, item reported) error {
	err := k.setTradeline(ctx, types.Tradeline{
		Id:            item.tradeline.Bytes(),
		Subject:       item.subject.Bytes(),
		Furnisher:     by.text,
		AttestationId: item.attestation.Bytes(),
		Version:       1,
		State:         types.RECORD_STATE_ACTIVE,
		FurnishedAt:   sdk.UnwrapSDKContext(ctx).BlockTime(),
	})
	if err != nil {
		return err
	}
	key := furnisherKey(item.subject, by.addr)
	known, err := k.furnishers.Has(ctx, key)
	if err != nil {
		return err
	}
	if !known {
		if err := k.furnishers.Set(ctx, key); err != nil {
			return err
		}
	}
	return k.record(ctx, item.subject, types.TRAIL_KIND_FURNISHED, by.addr, item.tradeline, types.PURPOSE_UNSPECIFIED)
}

// correct gives the furnisher's tradeline a new version. The id of a tradeline contains its furnisher, so
// nobody can name another's.
func (k *Keeper) correct(
	ctx context.Context, by actor, schemaID []byte, report types.Report, reason types.CorrectionReason,
) (types.Tradeline, error) {
	if err := k.requireRole(ctx, by, institutiontypes.ROLE_FURNISHER); err != nil {
		return types.Tradeline{}, err
	}
	if _, known := types.CorrectionReason_name[int32(reason)]; !known || reason == types.CORRECTION_REASON_UNSPECIFIED {
		return types.Tradeline{}, types.ErrInvalidReason.Wrapf("reason %d: choose one of CorrectionReason", reason)
	}
	if _, err := types.IDFromBytes("schema_id", schemaID); err != nil {
		return types.Tradeline{}, err
	}
	item, err := readReport(by, schemaID, report)
	if err != nil {
		return types.Tradeline{}, err
	}
	tradeline, err := k.GetTradeline(ctx, item.subject, item.tradeline)
	if err != nil {
		return types.Tradeline{}, err
	}
	if err := requireCorrectable(tradeline, item); err != nil {
		return types.Tradeline{}, err
	}
	if err := k.replaceAttestation(ctx, by, schemaID, tradeline.AttestationId, item); err != nil {
		return types.Tradeline{}, err
	}
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	tradeline.AttestationId = item.attestation.Bytes()
	tradeline.Version++
	tradeline.UpdatedAt = &now
	tradeline.Reason = reason
	if err := k.setTradeline(ctx, tradeline); err != nil {
		return types.Tradeline{}, err
	}
	if err := k.record(ctx, item.subject, types.TRAIL_KIND_CORRECTED, by.addr, item.tradeline, types.PURPOSE_UNSPECIFIED); err != nil {
		return types.Tradeline{}, err
	}
	return tradeline, emit(ctx, types.NewEventCorrected(item.tradeline, item.attestation, tradeline.Version, reason))
}

func requireCorrectable(tradeline types.Tradeline, item reported) error {
	if bytes.Equal(tradeline.AttestationId, item.attestation[:]) {
		return types.ErrAlreadyFurnished.Wrapf("this very record is version %d of tradeline %s: it needs no sending again",
			tradeline.Version, item.tradeline)
	}
	switch tradeline.State {
	case types.RECORD_STATE_ACTIVE, types.RECORD_STATE_DISPUTED, types.RECORD_STATE_SUPPRESSED:
		return nil
	default:
		return types.ErrNotCorrectable.Wrapf("tradeline %s is %s: report a new account", item.tradeline, tradeline.State)
	}
}

// replaceAttestation states the new version and marks the old one.
func (k *Keeper) replaceAttestation(ctx context.Context, by actor, schemaID, oldID []byte, item reported) error {
	if _, err := k.attestations.Attest(ctx, by.addr, schemaID, []attestationtypes.Statement{item.statement}); err != nil {
		return err
	}
	err := k.attestations.Supersede(ctx, by.addr, oldID, item.attestation.Bytes())
	if errors.Is(err, attestationtypes.ErrNotActive) {
		return nil // the furnisher revoked the old version itself: its word stays as it is
	}
	return err
}

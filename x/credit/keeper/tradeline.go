package keeper

import (
	"bytes"
	"context"
	"errors"
	"time"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/types"
)

// reported is a report that was read and found in order, with the ids that follow from it.
type reported struct {
	report      types.Report
	subject     types.Subject
	tradeline   types.ID
	attestation types.ID
	before      types.Tradeline // the version that counted so far; of new versions alone
}

// readReport checks the shape of a report and derives its ids.
func readReport(by actor, schemaID []byte, report types.Report) (reported, error) {
	for _, id := range []struct {
		field string
		bz    []byte
	}{{"subject", report.Subject}, {"account", report.Account}, {"commitment", report.Commitment}} {
		if _, err := types.IDFromBytes(id.field, id.bz); err != nil {
			return reported{}, types.ErrInvalidReport.Wrap(err.Error())
		}
	}
	statement := report.Statement()
	if err := statement.CheckSizes(); err != nil {
		return reported{}, types.ErrInvalidReport.Wrap(err.Error())
	}
	return reported{
		report:      report,
		tradeline:   types.TradelineID(by.addr, report.Subject, report.Account),
		attestation: attestationtypes.AttestationID(schemaID, by.addr, statement),
	}, requireCommitment("delinquency", report.Delinquency)
}

// readReports reads reports under one schema, of which no two are about one account, lets check refuse each, and states what
// they say: one call of x/attestation, however many there are.
func (k *Keeper) readReports(
	ctx context.Context, by actor, schemaID []byte, reports []types.Report, check func(*reported) error,
) ([]reported, error) {
	if _, err := types.IDFromBytes("schema_id", schemaID); err != nil {
		return nil, err
	}
	items := make([]reported, len(reports))
	statements := make([]attestationtypes.Statement, len(reports))
	seen := make(map[types.ID]struct{}, len(reports)) // asked, never walked: its order does not matter
	for i, report := range reports {
		sdk.UnwrapSDKContext(ctx).GasMeter().ConsumeGas(gasPerItem, "credit: report")
		item, err := readReport(by, schemaID, report)
		if _, twice := seen[item.tradeline]; err == nil && twice {
			err = types.ErrBatchDuplicate.Wrapf("tradeline %s: send each account once", item.tradeline)
		}
		if err == nil {
			err = check(&item)
		}
		if err != nil {
			return nil, errorsmod.Wrapf(err, "report %d", i)
		}
		seen[item.tradeline] = struct{}{}
		items[i], statements[i] = item, report.Statement()
	}
	_, err := k.attestations.Attest(ctx, by.addr, schemaID, statements)
	return items, err
}

// furnish reports tradelines under one schema, all or none. Licence and schema are read once, however many reports there are;
// each report costs four writes (attestation, tradeline, retention, trail), and one more when it is the furnisher's first
// about the subject; the message costs one more, the line in the furnisher's trail.
func (k *Keeper) furnish(ctx context.Context, by actor, schemaID []byte, reports []types.Report) ([]reported, error) {
	profile, err := k.furnisherProfile(ctx, by)
	if err != nil {
		return nil, err
	}
	items, err := k.readReports(ctx, by, schemaID, reports, func(item *reported) error {
		return k.requireNew(ctx, profile, item)
	})
	if err != nil {
		return nil, err
	}
	for i, item := range items {
		if err := k.createTradeline(ctx, by, item); err != nil {
			return nil, errorsmod.Wrapf(err, "report %d", i)
		}
	}
	return items, k.recordReports(ctx, by, types.ID(schemaID), types.TRAIL_KIND_FURNISHED, items)
}

// requireNew refuses a report about an unknown or merged subject, one about a tradeline that is there, and one whose clocks
// are not in order.
func (k *Keeper) requireNew(ctx context.Context, profile types.Profile, item *reported) (err error) {
	subject := types.ID(item.report.Subject)
	if item.subject, err = k.GetSubject(ctx, subject); err != nil {
		return err
	}
	tradeline, err := k.tradelines.Get(ctx, collections.Join(subject, item.tradeline))
	switch {
	case errors.Is(err, collections.ErrNotFound):
	case err != nil:
		return err
	case bytes.Equal(tradeline.AttestationId, item.attestation[:]):
		return types.ErrAlreadyFurnished.Wrapf("tradeline %s with this very record: leave it out", item.tradeline)
	default:
		return types.ErrTradelineExists.Wrapf("tradeline %s is at version %d: report a change with `creditd tx credit correct`",
			item.tradeline, tradeline.Version)
	}
	if err := k.requireUnmerged(item.subject); err != nil {
		return err
	}
	return k.requireClocks(ctx, profile, item.subject, item.tradeline, nil, item.report)
}

// CanFurnish says whether the operator could report this account now. The simulation picks its reports by it.
func (k *Keeper) CanFurnish(ctx context.Context, operator sdk.AccAddress, report types.Report) bool {
	by := actor{addr: operator}
	profile, err := k.furnisherProfile(ctx, by)
	if err != nil {
		return false
	}
	anySchema := make([]byte, attestationtypes.IDSize)
	item, err := readReport(by, anySchema, report)
	return err == nil && k.requireNew(ctx, profile, &item) == nil
}

func (k *Keeper) createTradeline(ctx context.Context, by actor, item reported) error {
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	subject := types.ID(item.report.Subject)
	tradeline := types.Tradeline{
		Id:               item.tradeline.Bytes(),
		Subject:          subject.Bytes(),
		Furnisher:        by.text,
		AttestationId:    item.attestation.Bytes(),
		Version:          1,
		State:            types.RECORD_STATE_ACTIVE,
		FurnishedAt:      now,
		Delinquency:      item.report.Delinquency,
		DelinquencySince: now,
		ShowUntil:        item.report.ShowUntil,
	}
	if err := k.setTradeline(ctx, tradeline); err != nil {
		return err
	}
	if err := k.retention.Set(ctx, retentionKey(tradeline)); err != nil {
		return err
	}
	if err := k.addFurnisher(ctx, subject, by.addr); err != nil {
		return err
	}
	if err := k.record(ctx, subject, types.TRAIL_KIND_FURNISHED, by.addr, item.tradeline, types.PURPOSE_UNSPECIFIED); err != nil {
		return err
	}
	_, err := k.runContracts(ctx, contractEvent{
		trigger: types.CONTRACT_TRIGGER_FURNISH, ref: item.tradeline, subject: item.subject, institution: by, tradeline: &tradeline,
	})
	return err
}

// addFurnisher puts the furnisher among those of the subject. Their number has a bound, since an inquiry is answered by each.
func (k *Keeper) addFurnisher(ctx context.Context, subject types.ID, furnisher sdk.AccAddress) error {
	key := furnisherKey(subject, furnisher)
	if known, err := k.furnishers.Has(ctx, key); err != nil || known {
		return err
	}
	params, err := k.GetParams(ctx)
	if err != nil {
		return err
	}
	others := uint32(0)
	err = k.furnishers.Walk(ctx, collections.NewPrefixedPairRange[types.ID, sdk.AccAddress](subject),
		func(collections.Pair[types.ID, sdk.AccAddress], time.Time) (bool, error) {
			others++
			return others >= params.MaxFurnishers, nil
		})
	if err != nil {
		return err
	}
	if others >= params.MaxFurnishers {
		return types.ErrTooManyFurnishers.Wrapf("subject %s has %d, the most there may be: ask the members to raise max_furnishers",
			subject, params.MaxFurnishers)
	}
	return k.furnishers.Set(ctx, key, sdk.UnwrapSDKContext(ctx).BlockTime())
}

// recordReports adds the line of a message with reports to the furnisher's trail; what names many is their schema.
func (k *Keeper) recordReports(ctx context.Context, by actor, schema types.ID, kind types.TrailKind, items []reported) error {
	return k.recordMany(ctx, by, kind, schema, types.ID(items[0].report.Subject), items[0].tradeline, len(items))
}

// recordMany adds one line to the furnisher's trail, however many tradelines a message is about: it names the only one, and
// of several what they have in common.
func (k *Keeper) recordMany(
	ctx context.Context, by actor, kind types.TrailKind, batch, subject, tradeline types.ID, count int,
) error {
	if count > 1 {
		subject, tradeline = batch, batch
	}
	return k.recordOf(ctx, by.addr, subject, kind, tradeline, types.PURPOSE_UNSPECIFIED)
}

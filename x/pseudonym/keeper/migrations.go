package keeper

import (
	"bytes"
	"context"
	"slices"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	institutiontypes "github.com/creditd/creditd/x/institution/types"
	"github.com/creditd/creditd/x/pseudonym/types"
)

// maxKnown bounds the institutions that are looked at for one subject.
const maxKnown = 200

// migrate proposes or approves links, all or none. Each institution computed the new pseudonym from its own records: that they
// agree is what the chain goes by.
func (k *Keeper) migrate(ctx context.Context, by actor, msg *types.MsgMigrate) (uint32, error) {
	if _, err := k.institutions.RequireRole(ctx, by.addr, institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_BUREAU); err != nil {
		return 0, err
	}
	params, err := k.GetParams(ctx)
	if err != nil {
		return 0, err
	}
	if len(msg.Links) < 1 || len(msg.Links) > int(params.MaxLinks) {
		return 0, types.ErrCount.Wrapf("%d links: send 1 to %d in a message", len(msg.Links), params.MaxLinks)
	}
	if _, err := k.requireEpoch(ctx, msg.Epoch); err != nil {
		return 0, err
	}
	ready := uint32(0)
	for i, link := range msg.Links {
		chargeGas(ctx, gasPerLink, "link")
		isReady, err := k.approveLink(ctx, by, params, msg.Epoch, link)
		if err != nil {
			return 0, errorsmod.Wrapf(err, "link %d", i)
		}
		if isReady {
			ready++
		}
	}
	return ready, nil
}

func (k *Keeper) approveLink(ctx context.Context, by actor, params types.Params, epoch uint64, link types.Link) (bool, error) {
	from, err := types.IDFromBytes("old", link.Old)
	if err != nil {
		return false, err
	}
	to, err := types.IDFromBytes("new", link.New)
	if err != nil {
		return false, err
	}
	if from == to {
		return false, types.ErrInvalidLink.Wrap("old and new are the same: compute the new one under the key of the epoch")
	}
	known, err := k.credit.KnownBy(ctx, from, maxKnown)
	if err != nil {
		return false, err
	}
	if !contains(known, by.addr) {
		return false, types.ErrUnknownToApprover.Wrapf("%s: only who furnishes about it or enrolled it says what its new pseudonym is", from)
	}
	if err := k.credit.CheckMigration(ctx, from, to); err != nil {
		return false, err
	}
	migration, err := k.proposedMigration(ctx, by, params, epoch, from, to)
	if err != nil {
		return false, err
	}
	migration.Approvals = append(migration.Approvals, by.text)
	if !migration.Ready {
		if err := k.startTimelock(ctx, params, &migration, known); err != nil {
			return false, err
		}
	}
	return migration.Ready, k.setMigration(ctx, migration)
}

// proposedMigration returns the migration under way that a link approves, or a new one. One that lapsed and waits for the queue,
// or is of an epoch before, gives way.
func (k *Keeper) proposedMigration(ctx context.Context, by actor, params types.Params, epoch uint64, from, to types.ID) (types.Migration, error) {
	now := blockTime(ctx)
	fresh := types.Migration{Old: from.Bytes(), New: to.Bytes(), Epoch: epoch, ProposedAt: now, DueAt: now.Add(params.MigrationLifetime)}
	migration, err := k.GetMigration(ctx, from)
	switch {
	case types.ErrUnknownMigration.Is(err):
		return fresh, emit(ctx, types.NewEventMigrationProposed(fresh, by.text))
	case err != nil:
		return migration, err
	case migration.Epoch != epoch || (!migration.Ready && !now.Before(migration.DueAt)):
		if err := k.dropMigration(ctx, migration, types.ReasonLapsed); err != nil {
			return migration, err
		}
		return fresh, emit(ctx, types.NewEventMigrationProposed(fresh, by.text))
	case !bytes.Equal(migration.New, to.Bytes()):
		return migration, types.ErrMigrationDiffers.Wrapf("%s to %x, proposed by %s: compare your records with theirs; one of you can stop it", from, migration.New, migration.Approvals[0])
	case slices.Contains(migration.Approvals, by.text):
		return migration, types.ErrAlreadyApproved.Wrapf("%s: others who know the subject have to follow", from)
	case len(migration.Approvals) >= types.MaxApprovals:
		return migration, types.ErrAlreadyApproved.Wrapf("%s: it has as many approvals as are kept", from)
	}
	return migration, nil
}

// startTimelock makes a migration ready when enough of those approved who know the subject: params.migration_approvals, or all if
// they are fewer.
func (k *Keeper) startTimelock(ctx context.Context, params types.Params, migration *types.Migration, known []sdk.AccAddress) error {
	approved, err := k.approvers(*migration)
	if err != nil {
		return err
	}
	enough := 0
	for _, each := range approved {
		if contains(known, each) {
			enough++
		}
	}
	if enough < min(int(params.MigrationApprovals), len(known)) {
		return nil
	}
	if err := k.migrationDue.Remove(ctx, migrationKey(*migration)); err != nil {
		return err
	}
	migration.Ready, migration.DueAt = true, blockTime(ctx).Add(params.MigrationTimelock)
	return emit(ctx, types.NewEventMigrationReady(*migration))
}

func contains(all []sdk.AccAddress, one sdk.AccAddress) bool {
	return slices.ContainsFunc(all, func(each sdk.AccAddress) bool { return each.Equals(one) })
}

func (k *Keeper) approvers(migration types.Migration) ([]sdk.AccAddress, error) {
	all := make([]sdk.AccAddress, len(migration.Approvals))
	for i, text := range migration.Approvals {
		each, err := k.parseActor("approvals", text)
		if err != nil {
			return nil, err
		}
		all[i] = each.addr
	}
	return all, nil
}

// stopMigration is the subject's way to object, and that of who approved by mistake.
func (k *Keeper) stopMigration(ctx context.Context, by actor, old []byte) error {
	id, err := types.IDFromBytes("old", old)
	if err != nil {
		return err
	}
	migration, err := k.GetMigration(ctx, id)
	if err != nil {
		return err
	}
	if !slices.Contains(migration.Approvals, by.text) {
		subject, err := k.credit.GetSubject(ctx, id)
		if err != nil {
			return err
		}
		if subject.Controller != by.text {
			return types.ErrNotParty.Wrapf("migration of %s: only its controller and who approved it stop it", id)
		}
	}
	return k.dropMigration(ctx, migration, types.ReasonStopped)
}

// dropMigration ends one without effect.
func (k *Keeper) dropMigration(ctx context.Context, migration types.Migration, reason string) error {
	if err := k.removeMigration(ctx, migration); err != nil {
		return err
	}
	return emit(ctx, types.NewEventMigrationEnded(migration, reason))
}

func (k *Keeper) removeMigration(ctx context.Context, migration types.Migration) error {
	if err := k.migrationDue.Remove(ctx, migrationKey(migration)); err != nil {
		return err
	}
	return k.migrations.Remove(ctx, types.ID(migration.Old))
}

// GetMigration returns the migration of a pseudonym that is under way.
func (k *Keeper) GetMigration(ctx context.Context, old types.ID) (types.Migration, error) {
	migration, err := k.migrations.Get(ctx, old)
	if notFound(err) {
		return migration, types.ErrUnknownMigration.Wrapf("%s: see `creditd query pseudonym migrations`", old)
	}
	migration.Old = old.Bytes()
	return migration, err
}

func (k *Keeper) setMigration(ctx context.Context, migration types.Migration) error {
	if err := k.migrationDue.Set(ctx, migrationKey(migration)); err != nil {
		return err
	}
	id := types.ID(migration.Old)
	migration.Old = nil
	return k.migrations.Set(ctx, id, migration)
}

func migrationKey(migration types.Migration) deadline {
	return collections.Join(migration.DueAt, types.ID(migration.Old))
}

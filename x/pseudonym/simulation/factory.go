package simulation

import (
	"context"

	"github.com/cosmos/cosmos-sdk/testutil/simsx"
	sdk "github.com/cosmos/cosmos-sdk/types"

	institutiontypes "github.com/creditd/creditd/x/institution/types"
	"github.com/creditd/creditd/x/pseudonym/keeper"
	"github.com/creditd/creditd/x/pseudonym/types"
)

// MsgRequestEvaluationsFactory asks for evaluations.
func MsgRequestEvaluationsFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgRequestEvaluations] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgRequestEvaluations) {
		count, epoch := uint32(1+e.r.Intn(int(e.params().MaxCount))), uint64(0)
		by := e.among("institution with evaluations left", func(account simsx.SimAccount) (ok bool) {
			epoch, ok = e.k.Serving(e.ctx, account.Address, count)
			return ok
		})
		return by, &types.MsgRequestEvaluations{Institution: by.AddressBech32, Epoch: epoch, Count: count, Hash: e.randomID().Bytes()}
	})
}

// MsgOpenMatchFactory opens a match.
func MsgOpenMatchFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgOpenMatch] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgOpenMatch) {
		count := uint32(1 + e.r.Intn(int(e.params().MaxMatchCount)))
		client := e.among("client", func(a simsx.SimAccount) bool { return e.k.CanMatch(e.ctx, a.Address) })
		server := e.among("server", func(a simsx.SimAccount) bool {
			return !a.Address.Equals(client.Address) && e.k.CanMatch(e.ctx, a.Address) && e.k.CanOpen(e.ctx, client.Address, a.Address, count)
		})
		return client, &types.MsgOpenMatch{
			Client: client.AddressBech32, Server: server.AddressBech32, Nonce: e.randomID().Bytes()[:types.NonceSize],
			SizeOnly: e.r.Bool(), Count: count, Root: e.randomID().Bytes(),
		}
	})
}

// MsgAcceptMatchFactory accepts a match.
func MsgAcceptMatchFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgAcceptMatch] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgAcceptMatch) {
		match := e.match("open match", func(m types.Match) bool {
			return m.Status == types.MATCH_STATUS_OPEN && e.data.HasAccount(m.Server) && e.k.CanMatch(e.ctx, e.account(m.Server).Address)
		})
		return e.account(match.Server), &types.MsgAcceptMatch{Server: match.Server, Id: match.Id, ServerKey: point}
	})
}

// MsgCloseMatchFactory records a transcript; one in five differs from the other side's.
func MsgCloseMatchFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgCloseMatch] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgCloseMatch) {
		by := func(m types.Match) string {
			if len(m.ClientTranscript) == 0 {
				return m.Client
			}
			return m.Server
		}
		match := e.match("accepted match", func(m types.Match) bool {
			return m.Status == types.MATCH_STATUS_ACCEPTED && e.data.HasAccount(by(m)) && e.k.CanAct(e.ctx, e.account(by(m)).Address)
		})
		transcript := e.randomID().Bytes()
		if len(match.ClientTranscript) != 0 && e.r.Intn(5) != 0 {
			transcript = match.ClientTranscript
		}
		return e.account(by(match)), &types.MsgCloseMatch{Institution: by(match), Id: match.Id, Transcript: transcript}
	})
}

// linkers are the roles of who links pseudonyms.
var linkers = []institutiontypes.Role{institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_BUREAU}

// MsgMigrateFactory links a subject, or approves the link of another institution.
func MsgMigrateFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgMigrate] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgMigrate) {
		var signer simsx.SimAccount
		var link types.Link
		fresh, epoch := e.randomID(), e.k.Epoch(e.ctx)
		for _, start := range []types.ID{e.randomID(), {}} {
			looked := 0
			err := e.k.WalkSubjects(e.ctx, start, func(id types.ID, known []sdk.AccAddress) (bool, error) {
				looked++
				to := fresh
				if pending, err := e.k.GetMigration(e.ctx, id); err == nil {
					to = types.ID(pending.New)
				}
				for _, each := range known {
					text := each.String()
					try := types.Link{Old: id.Bytes(), New: to.Bytes()}
					if link.Old == nil && e.data.HasAccount(text) && e.k.CanAct(e.ctx, each, linkers...) && e.k.CanLink(e.ctx, each, text, epoch, try) {
						signer, link = e.account(text), try
					}
				}
				return link.Old != nil || looked == scan, nil
			})
			if err == nil && link.Old != nil {
				return signer, &types.MsgMigrate{Institution: signer.AddressBech32, Epoch: epoch, Links: []types.Link{link}}
			}
		}
		e.skip("no subject to link")
		return signer, nil
	})
}

// MsgStopMigrationFactory stops a migration.
func MsgStopMigrationFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgStopMigration] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgStopMigration) {
		var found types.Migration
		err := e.k.WalkMigrations(e.ctx, types.ID{}, func(m types.Migration) (bool, error) {
			account := m.Approvals[0]
			if e.data.HasAccount(account) && e.k.CanAct(e.ctx, e.account(account).Address) {
				found = m
			}
			return found.Old != nil, nil
		})
		if err != nil || found.Old == nil {
			e.skip("no migration under way")
		}
		return e.account(found.Approvals[0]), &types.MsgStopMigration{Signer: found.Approvals[0], Old: found.Old}
	})
}

// MsgAdoptKeyFactory proposes to adopt the key of a committee.
func MsgAdoptKeyFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgAdoptKey] {
	return func(ctx context.Context, data *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, *types.MsgAdoptKey) {
		for id := uint64(1); id <= scan; id++ {
			if k.Adoptable(ctx, id) {
				return nil, &types.MsgAdoptKey{Authority: data.ModuleAccountAddress(reporter, "gov"), CommitteeId: id}
			}
		}
		reporter.Skip("no committee with a new key")
		return nil, nil
	}
}

// MsgUpdateParamsFactory proposes random parameters.
func MsgUpdateParamsFactory() simsx.SimMsgFactoryFn[*types.MsgUpdateParams] {
	return func(_ context.Context, data *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, *types.MsgUpdateParams) {
		return nil, &types.MsgUpdateParams{
			Authority: data.ModuleAccountAddress(reporter, "gov"), Params: randomParams(data.Rand().Rand),
		}
	}
}

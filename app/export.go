package app

import (
	"encoding/json"
	"fmt"

	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmttypes "github.com/cometbft/cometbft/types"

	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	servertypes "github.com/cosmos/cosmos-sdk/server/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// ExportAppStateAndValidators writes the whole state as a genesis that a new chain can start from. With
// forZeroHeight that chain counts from 1 instead of going on at the next height; nothing else differs, as no
// state of ours counts from the first block. Jailed validators stay jailed: jailAllowed must be empty.
func (app *Creditd) ExportAppStateAndValidators(
	forZeroHeight bool, jailAllowed, modules []string,
) (servertypes.ExportedApp, error) {
	if len(jailAllowed) > 0 {
		return servertypes.ExportedApp{}, fmt.Errorf(
			"--jail-allowed-addrs is not supported: a validator asks back with `creditd tx institution unjail`")
	}
	ctx := app.NewContextLegacy(true, cmtproto.Header{Height: app.LastBlockHeight()})
	state, err := app.manager.ExportGenesisForModules(ctx, app.encoding.Codec, modules)
	if err != nil {
		return servertypes.ExportedApp{}, fmt.Errorf("export genesis: %w", err)
	}
	bz, err := json.MarshalIndent(state, "", "  ")
	if err != nil {
		return servertypes.ExportedApp{}, fmt.Errorf("encode genesis: %w", err)
	}
	validators, err := app.genesisValidators(ctx)
	if err != nil {
		return servertypes.ExportedApp{}, err
	}
	height := app.LastBlockHeight() + 1
	if forZeroHeight {
		height = 0
	}
	return servertypes.ExportedApp{
		AppState:        bz,
		Validators:      validators,
		Height:          height,
		ConsensusParams: app.GetConsensusParams(ctx),
	}, nil
}

func (app *Creditd) genesisValidators(ctx sdk.Context) ([]cmttypes.GenesisValidator, error) {
	var validators []cmttypes.GenesisValidator
	k := app.Keepers.Institution
	err := k.SetMembers.Walk(ctx, nil, func(operator sdk.AccAddress, member institutiontypes.SetMember) (bool, error) {
		institution, err := k.Institutions.Get(ctx, operator)
		if err != nil {
			return true, err
		}
		key, err := institutiontypes.UnpackConsensusKey(member.ConsensusPubkey)
		if err != nil {
			return true, err
		}
		cmtKey, err := cryptocodec.ToCmtPubKeyInterface(key)
		if err != nil {
			return true, err
		}
		validators = append(validators, cmttypes.GenesisValidator{
			Address: cmtKey.Address(), PubKey: cmtKey, Power: member.Power, Name: institution.Name,
		})
		return false, nil
	})
	return validators, err
}

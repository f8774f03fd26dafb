package app

import (
	"context"

	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	"github.com/cosmos/cosmos-sdk/types/module"
	upgradetypes "github.com/cosmos/cosmos-sdk/x/upgrade/types"
)

// plannedUpgrade is one change of the state machine, agreed by vote and run by every node at one height.
type plannedUpgrade struct {
	// name as in the plan of the vote.
	name string
	// stores that it adds, renames or deletes.
	stores storetypes.StoreUpgrades
}

// upgrades of the chain, oldest first. There is none yet: this is the first version.
var upgrades []plannedUpgrade

// registerUpgrades teaches the node the upgrades that it knows. An application without a home, as the command line
// builds one to list its commands, reads nothing: x/upgrade would make a folder to read from.
func (app *Creditd) registerUpgrades(home string) {
	for _, u := range upgrades {
		app.Keepers.Upgrade.SetUpgradeHandler(u.name,
			func(ctx context.Context, _ upgradetypes.Plan, from module.VersionMap) (module.VersionMap, error) {
				return app.manager.RunMigrations(ctx, app.configurator, from)
			})
	}
	if home == "" {
		return
	}
	info, err := app.Keepers.Upgrade.ReadUpgradeInfoFromDisk()
	must(err)
	for _, u := range upgrades {
		if info.Name == u.name && !app.Keepers.Upgrade.IsSkipHeight(info.Height) {
			app.SetStoreLoader(upgradetypes.UpgradeStoreLoader(info.Height, &u.stores))
		}
	}
}

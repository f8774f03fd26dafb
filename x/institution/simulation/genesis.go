// Package simulation makes random states and messages of x/institution.
package simulation

import (
	"fmt"
	"math/rand"
	"time"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/types/module"
	simtypes "github.com/cosmos/cosmos-sdk/types/simulation"

	"github.com/creditd/creditd/x/institution/types"
)

// minValidators lets one fail and the chain go on.
const minValidators = 4

var jurisdictions = []string{"CN", "DE", "US"}

// GenerateGenesis licenses every account of the simulation in all roles but that of a validator, which at least four
// have. A simulation of one to three accounts has as many validators.
func GenerateGenesis(state *module.SimulationState) {
	r := state.Rand
	validators := max(int(state.NumBonded), minValidators)
	genesis := types.GenesisState{Params: RandomParams(r)}
	for i, account := range state.Accounts {
		institution, err := randomInstitution(r, state.GenTimestamp, account, i, i < validators)
		if err != nil {
			panic(err)
		}
		genesis.Institutions = append(genesis.Institutions, institution)
	}
	state.GenState[types.ModuleName] = state.Cdc.MustMarshalJSON(&genesis)
}

func randomInstitution(r *rand.Rand, now time.Time, account simtypes.Account, number int, validator bool) (types.GenesisInstitution, error) {
	g := types.GenesisInstitution{Institution: types.Institution{
		Operator:      account.Address.String(),
		Name:          fmt.Sprintf("Institution %d", number),
		LicenceNumber: fmt.Sprintf("SIM-%d", number),
		Jurisdiction:  jurisdictions[r.Intn(len(jurisdictions))],
		Roles:         []types.Role{types.ROLE_FURNISHER, types.ROLE_DATA_USER, types.ROLE_BUREAU},
		Status:        types.LICENCE_STATUS_ACTIVE,
		ValidFrom:     now.UTC(),
		ValidUntil:    now.UTC().Add(365 * 24 * time.Hour),
		StatusSince:   now.UTC(),
	}}
	if r.Intn(2) == 0 {
		vault := randomVault(r, number)
		g.Vault = &vault
	}
	if validator {
		key, err := codectypes.NewAnyWithValue(account.ConsKey.PubKey())
		if err != nil {
			return g, err
		}
		g.Institution.Roles = append(g.Institution.Roles, types.ROLE_VALIDATOR)
		g.Validator = &types.Validator{
			Operator: g.Institution.Operator, ConsensusPubkey: key, Power: 1 + r.Int63n(100), JailedUntil: types.MinTime,
		}
	}
	g.Institution.Roles = append(g.Institution.Roles, types.ROLE_SUPERVISOR)
	return g, nil
}

func randomVault(r *rand.Rand, number int) types.Vault {
	key := make([]byte, types.EncryptionKeyBytes)
	_, _ = r.Read(key) // never fails
	return types.Vault{Endpoint: fmt.Sprintf("vault-%d.example:%d", number, 1024+r.Intn(60000)), EncryptionKey: key}
}

// RandomParams jail easily and change slowly or at once, so that simulations see both.
func RandomParams(r *rand.Rand) types.Params {
	params := types.DefaultParams()
	params.SignedBlocksWindow = uint64(types.MinSignedBlocksWindow + r.Intn(100))
	params.MaxMissedBlocks = 1 + uint64(r.Int63n(int64(params.SignedBlocksWindow)-1))
	params.DowntimeJailDuration = time.Duration(r.Intn(120)) * time.Second
	params.Timelock = time.Duration(r.Intn(3)) * time.Hour
	params.QueueCap = uint32(1 + r.Intn(100))
	return params
}

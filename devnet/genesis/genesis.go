package genesis

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/cosmos/gogoproto/proto"

	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"
	govtypes "github.com/cosmos/cosmos-sdk/x/gov/types"
	govv1 "github.com/cosmos/cosmos-sdk/x/gov/types/v1"

	"github.com/creditd/creditd/app"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	committeetypes "github.com/creditd/creditd/x/committee/types"
	exposuretypes "github.com/creditd/creditd/x/exposure/types"
	"github.com/creditd/creditd/x/institution/types"
	predicatetypes "github.com/creditd/creditd/x/predicate/types"
	pseudonymtypes "github.com/creditd/creditd/x/pseudonym/types"
)

// consensusKeyTypes that validators may sign with.
var consensusKeyTypes = app.DefaultConsensusParams().Validator.PubKeyTypes

const (
	// evidenceAge is for how long misbehaviour can be proven: as long as a light client may trust a header.
	evidenceAge = 21 * 24 * time.Hour
	// evidenceBlocks is as long at one block a second; CometBFT drops evidence only when both are over.
	evidenceBlocks = int64(evidenceAge / time.Second)
)

// Options of a new chain. Zero durations leave the modules' defaults.
type Options struct {
	ChainID string
	// Time of the first block; founders must agree on it.
	Time time.Time
	// VotingPeriod of proposals; expedited ones take half of it.
	VotingPeriod time.Duration
	// Institution changes parameters of x/institution.
	Institution func(*types.Params)
	// Committee changes parameters of x/committee.
	Committee func(*committeetypes.Params)
	// Attestation changes what x/attestation begins with.
	Attestation func(*attestationtypes.GenesisState)
	// Predicate changes what x/predicate begins with.
	Predicate func(*predicatetypes.GenesisState)
	// Exposure changes parameters of x/exposure.
	Exposure func(*exposuretypes.Params)
	// Pseudonym changes parameters of x/pseudonym.
	Pseudonym func(*pseudonymtypes.Params)
}

// Builder changes a genesis document in steps.
type Builder struct {
	cdc   codec.JSONCodec
	doc   *genutiltypes.AppGenesis
	state map[string]json.RawMessage
}

// New starts a chain without institutions.
func New(enc app.EncodingConfig, options Options) (*Builder, error) {
	if options.ChainID == "" || len(options.ChainID) > cmttypes.MaxChainIDLen {
		return nil, &FieldError{
			"chain-id", fmt.Sprintf("has %d bytes", len(options.ChainID)),
			fmt.Sprintf("give 1 to %d", cmttypes.MaxChainIDLen),
		}
	}
	if options.Time.IsZero() {
		return nil, &FieldError{"genesis-time", "is missing", "give the time that the founders agreed on, for example 2030-01-01T12:00:00Z"}
	}
	doc := genutiltypes.NewAppGenesisWithVersion(options.ChainID, nil)
	doc.AppName, doc.AppVersion = app.Name, "" // the version of who builds the file must not change its hash
	doc.GenesisTime = options.Time.UTC()
	doc.InitialHeight = 1
	doc.Consensus.Params = consensusParams()

	b := &Builder{cdc: enc.Codec, doc: doc, state: app.Basics.DefaultGenesis(enc.Codec)}
	if err := b.setVoting(options.VotingPeriod); err != nil {
		return nil, err
	}
	return b, b.change(options)
}

// change what modules begin with.
func (b *Builder) change(options Options) error {
	return errors.Join(
		change(b, types.ModuleName, options.Institution, func(gs *types.GenesisState) *types.Params { return &gs.Params }),
		change(b, committeetypes.ModuleName, options.Committee, func(gs *committeetypes.GenesisState) *committeetypes.Params { return &gs.Params }),
		change(b, attestationtypes.ModuleName, options.Attestation, func(gs *attestationtypes.GenesisState) *attestationtypes.GenesisState { return gs }),
		change(b, predicatetypes.ModuleName, options.Predicate, func(gs *predicatetypes.GenesisState) *predicatetypes.GenesisState { return gs }),
		change(b, exposuretypes.ModuleName, options.Exposure, func(gs *exposuretypes.GenesisState) *exposuretypes.Params { return &gs.Params }),
		change(b, pseudonymtypes.ModuleName, options.Pseudonym, func(gs *pseudonymtypes.GenesisState) *pseudonymtypes.Params { return &gs.Params }),
	)
}

// change a part of a module's genesis state, unless by is nil.
func change[T, P any, M message[T]](b *Builder, module string, by func(*P), part func(*T) *P) error {
	if by == nil {
		return nil
	}
	return edit[T, M](b, module, func(gs *T) error {
		by(part(gs))
		return nil
	})
}

// Open continues with a document that exists.
func Open(enc app.EncodingConfig, doc *genutiltypes.AppGenesis) (*Builder, error) {
	b := &Builder{cdc: enc.Codec, doc: doc}
	if err := json.Unmarshal(doc.AppState, &b.state); err != nil {
		return nil, &FieldError{
			"app_state", "is no JSON object: " + err.Error(),
			"start again with 'creditd genesis new'",
		}
	}
	if doc.Consensus == nil || doc.Consensus.Params == nil {
		return nil, &FieldError{"consensus.params", "is missing", "start again with 'creditd genesis new'"}
	}
	return b, nil
}

// consensusParams of every creditd chain.
func consensusParams() *cmttypes.ConsensusParams {
	params := app.DefaultConsensusParams()
	params.Evidence.MaxAgeDuration = evidenceAge
	params.Evidence.MaxAgeNumBlocks = evidenceBlocks
	return params
}

func (b *Builder) setVoting(period time.Duration) error {
	if period == 0 {
		return nil
	}
	expedited := period / 2
	return edit(b, govtypes.ModuleName, func(gs *govv1.GenesisState) error {
		gs.Params.VotingPeriod = &period
		gs.Params.ExpeditedVotingPeriod = &expedited
		gs.Params.MaxDepositPeriod = &period
		return nil
	})
}

// Add admits an institution and gives its operator an account.
func (b *Builder) Add(institution Institution) error {
	at := b.doc.GenesisTime
	if err := institution.Validate(at); err != nil {
		return err
	}
	entry, err := institution.state(at)
	if err != nil {
		return err
	}
	err = edit(b, types.ModuleName, func(gs *types.GenesisState) error {
		if err := clash(gs.Institutions, institution); err != nil {
			return err
		}
		gs.Institutions = append(gs.Institutions, entry)
		slices.SortFunc(gs.Institutions, func(x, y types.GenesisInstitution) int {
			return cmp.Compare(x.Institution.Operator, y.Institution.Operator)
		})
		return nil
	})
	if err != nil {
		return err
	}
	b.allowKeyType(institution)
	return b.addAccount(institution)
}

// allowKeyType adds a kind of consensus key that a document made elsewhere left out.
func (b *Builder) allowKeyType(institution Institution) {
	allowed := &b.doc.Consensus.Params.Validator.PubKeyTypes
	if key := institution.ConsensusPubKey; key != nil && !slices.Contains(*allowed, key.Type()) {
		*allowed = append(slices.Clone(*allowed), key.Type())
	}
}

// clash finds what two institutions must not share.
func clash(present []types.GenesisInstitution, added Institution) error {
	operator := added.Operator.String()
	for _, p := range present {
		switch i := p.Institution; {
		case i.Operator == operator:
			return &FieldError{"operator", operator + " already has a licence in this genesis", "use one account per institution"}
		case i.LicenceNumber == added.LicenceNumber && i.Jurisdiction == added.Jurisdiction:
			return &FieldError{
				"licence-number", fmt.Sprintf("%q in %s is that of %q already", i.LicenceNumber, i.Jurisdiction, i.Name),
				"give the number of the institution's own licence",
			}
		case p.Validator != nil && added.ConsensusPubKey != nil && sameKey(p, added):
			return &FieldError{
				"consensus-pubkey", fmt.Sprintf("is that of %q already", i.Name),
				"give every validator a key of its own: two nodes with one key sign two blocks at one height",
			}
		}
	}
	return nil
}

func sameKey(p types.GenesisInstitution, added Institution) bool {
	packed, err := codectypes.NewAnyWithValue(added.ConsensusPubKey)
	return err == nil && bytes.Equal(packed.Value, p.Validator.ConsensusPubkey.Value)
}

// addAccount gives an operator an account, numbered in the order of addresses.
func (b *Builder) addAccount(institution Institution) error {
	return edit(b, authtypes.ModuleName, func(gs *authtypes.GenesisState) error {
		accounts, err := authtypes.UnpackAccounts(gs.Accounts)
		if err != nil {
			return err
		}
		if accounts.Contains(institution.Operator) {
			return nil
		}
		accounts = append(accounts, authtypes.NewBaseAccount(institution.Operator, institution.OperatorPubKey, 0, 0))
		slices.SortFunc(accounts, func(x, y authtypes.GenesisAccount) int {
			return bytes.Compare(x.GetAddress(), y.GetAddress())
		})
		for n, account := range accounts {
			if err := account.SetAccountNumber(uint64(n)); err != nil {
				return err
			}
		}
		gs.Accounts, err = authtypes.PackAccounts(accounts)
		return err
	})
}

// Fund gives an account units of the chain's denomination. They buy nothing on a creditd chain: load tests send
// them around, to compare with what every other chain can do.
func (b *Builder) Fund(account sdk.AccAddress, amount int64) error {
	return edit(b, banktypes.ModuleName, func(gs *banktypes.GenesisState) error {
		gs.Balances = append(gs.Balances, banktypes.Balance{
			Address: account.String(), Coins: sdk.NewCoins(sdk.NewInt64Coin(app.BaseDenom, amount)),
		})
		slices.SortFunc(gs.Balances, func(x, y banktypes.Balance) int { return cmp.Compare(x.Address, y.Address) })
		return nil
	})
}

// Document returns the genesis, or says what is missing or wrong.
func (b *Builder) Document(enc app.EncodingConfig) (*genutiltypes.AppGenesis, error) {
	doc, err := b.Draft()
	if err != nil {
		return nil, err
	}
	return doc, Validate(enc, doc)
}

// Draft returns the genesis as far as it is.
func (b *Builder) Draft() (*genutiltypes.AppGenesis, error) {
	state, err := json.MarshalIndent(b.state, "", "  ")
	if err != nil {
		return nil, err
	}
	b.doc.AppState = state
	return b.doc, nil
}

// message is a module's genesis state.
type message[T any] interface {
	*T
	proto.Message
}

// edit changes one module's genesis state.
func edit[T any, M message[T]](b *Builder, module string, change func(*T) error) error {
	var state T
	if raw, there := b.state[module]; there {
		if err := b.cdc.UnmarshalJSON(raw, M(&state)); err != nil {
			return &FieldError{"app_state." + module, err.Error(), "correct it, or start again with 'creditd genesis new'"}
		}
	}
	if err := change(&state); err != nil {
		return err
	}
	raw, err := b.cdc.MarshalJSON(M(&state))
	if err != nil {
		return err
	}
	b.state[module] = raw
	return nil
}

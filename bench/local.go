package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	dbm "github.com/cosmos/cosmos-db"

	"cosmossdk.io/log/v2"

	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/crypto/keys/ed25519"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	simtestutil "github.com/cosmos/cosmos-sdk/testutil/sims"

	"github.com/creditd/creditd/app"
	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/devnet/genesis"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

const (
	localChainID = "creditd-bench-local"
	// localFunds of each institution, for bank sends.
	localFunds = 1_000_000_000
)

// local is a chain in this process, without consensus or network: what one block costs the application alone.
type local struct {
	app      *app.Creditd
	accounts []account
	home     string
	height   int64
	now      time.Time
}

// newLocal starts a chain of as many institutions, each a furnisher with a validator's key, and with the circuit of proofs if there are any.
func newLocal(institutions int, proofs *proving, options ...func(*baseapp.BaseApp)) (*local, error) {
	enc := app.NewEncodingConfig()
	start := time.Now().UTC().Truncate(time.Second)
	founding := genesis.Options{ChainID: localChainID, Time: start, Institution: func(p *institutiontypes.Params) {
		p.InstitutionGasPerBlock = institutiontypes.MaxGasPerBlock // how much fits is not what is measured here
	}, Attestation: func(gs *attestationtypes.GenesisState) {
		addSchemas(gs)
		allowPreload(gs)
	}}
	if proofs != nil {
		founding.Predicate = proofs.agree(start)
	}
	b, err := genesis.New(enc, founding)
	if err != nil {
		return nil, err
	}
	var signers []client.Signer
	for n := range institutions {
		signer := client.NewSigner(secp256k1.GenPrivKey())
		signers = append(signers, signer)
		err := b.Add(genesis.Institution{
			Operator: signer.Address(), Name: fmt.Sprintf("Institution %d", n), LicenceNumber: fmt.Sprintf("BENCH-%03d", n),
			Jurisdiction: "US", Roles: []institutiontypes.Role{institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_DATA_USER, institutiontypes.ROLE_VALIDATOR},
			ValidUntil: start.AddDate(1, 0, 0), Power: 10, ConsensusPubKey: ed25519.GenPrivKey().PubKey(),
		})
		if err != nil {
			return nil, err
		}
		if err := b.Fund(signer.Address(), localFunds); err != nil {
			return nil, err
		}
	}
	doc, err := b.Document(enc)
	if err != nil {
		return nil, err
	}
	home, err := os.MkdirTemp("", "creditd-bench-local-")
	if err != nil {
		return nil, err
	}
	options = append([]func(*baseapp.BaseApp){baseapp.SetChainID(localChainID)}, options...)
	l := &local{home: home, height: 1, now: start}
	l.app = app.NewCreditd(log.NewNopLogger(), dbm.NewMemDB(), true, simtestutil.AppOptionsMap{flags.FlagHome: home}, options...)
	consensus := doc.Consensus.Params.ToProto()
	_, err = l.app.InitChain(&abci.RequestInitChain{
		ChainId: localChainID, Time: start, InitialHeight: 1, ConsensusParams: &consensus, AppStateBytes: doc.AppState,
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("genesis of the in-process chain: %w", err), l.close())
	}
	if _, err := l.block(); err != nil { // the genesis becomes readable with the first commit
		return nil, errors.Join(err, l.close())
	}
	ctx, err := l.app.CreateQueryContext(0, false)
	if err != nil {
		return nil, errors.Join(err, l.close())
	}
	for _, signer := range signers {
		number := l.app.Keepers.Account.GetAccount(ctx, signer.Address()).GetAccountNumber()
		l.accounts = append(l.accounts, account{signer, signer.Address().String(), number})
	}
	return l, nil
}

func (l *local) close() error { return errors.Join(l.app.Close(), os.RemoveAll(l.home)) }

// execute runs a block up to its results, without committing it.
func (l *local) execute(txs ...*transaction) (*abci.ResponseFinalizeBlock, error) {
	request := &abci.RequestFinalizeBlock{Height: l.height, Time: l.now.Add(time.Duration(l.height) * time.Second)}
	for _, tx := range txs {
		request.Txs = append(request.Txs, tx.bytes)
	}
	return l.app.FinalizeBlock(request)
}

// block runs and commits one, and fails when a transaction in it does.
func (l *local) block(txs ...*transaction) (*abci.ResponseFinalizeBlock, error) {
	response, err := l.execute(txs...)
	if err != nil {
		return nil, fmt.Errorf("block %d: %w", l.height, err)
	}
	if _, err := l.app.Commit(); err != nil {
		return nil, fmt.Errorf("commit of block %d: %w", l.height, err)
	}
	l.height++
	for i, result := range response.TxResults {
		if result.Code != 0 {
			return nil, fmt.Errorf("transaction %d of block %d: %s (%s/%d)", i, l.height-1, result.Log, result.Codespace, result.Code)
		}
	}
	return response, nil
}

// listen begins to note what is written to the persistent stores.
func (l *local) listen() { l.app.CommitMultiStore().AddListeners(l.app.GetStoreKeys()) }

// written are the keys that were changed or deleted since it was last asked: once each, however often a block
// touched them, since that is what reaches the disk.
func (l *local) written() map[storeKey]bool {
	keys := map[storeKey]bool{}
	for _, pair := range l.app.CommitMultiStore().PopStateCache() {
		keys[storeKey{pair.StoreKey, string(pair.Key)}] = true
	}
	return keys
}

type storeKey struct{ store, key string }

// prepared is a chain on which the subjects are enrolled and every account has sent once.
func prepared(institutions, subjects int, proofs *proving) (*local, *maker, error) {
	l, err := newLocal(institutions, proofs)
	if err != nil {
		return nil, nil, err
	}
	m, err := newMaker(localChainID, l.accounts, subjects)
	if err != nil {
		return nil, nil, errors.Join(err, l.close())
	}
	for n, msg := range m.enrolments(enrolmentBatch) {
		tx, err := m.sign(n, localGas, l.timeout(), msg)
		if err == nil {
			_, err = l.block(tx)
		}
		if err != nil {
			return nil, nil, errors.Join(fmt.Errorf("enrolment: %w", err), l.close())
		}
	}
	return l, m, nil
}

// control prepares subjects with controllers.
func (l *local) control(m *maker, count int) error {
	steps, err := m.control(count, l.now)
	if err != nil {
		return err
	}
	return l.carryOut(m, steps)
}

// carryOut orders, a block for each step.
func (l *local) carryOut(m *maker, steps [][]order) error {
	for _, orders := range steps {
		var txs []*transaction
		for _, o := range orders {
			tx, err := m.sign(o.from, localGas, l.timeout(), o.msg)
			if err != nil {
				return err
			}
			txs = append(txs, tx)
		}
		if _, err := l.block(txs...); err != nil {
			return fmt.Errorf("preparing: %w", err)
		}
	}
	return nil
}

// answer questions about the subjects that are under control.
func (l *local) answer(m *maker, by *proving) error {
	steps, err := m.ask(by)
	if err == nil {
		err = l.carryOut(m, steps)
	}
	if err != nil {
		return err
	}
	ctx, err := l.app.CreateQueryContext(0, false)
	if err != nil {
		return err
	}
	expiry := func(_ context.Context, id [32]byte) (time.Time, error) {
		inquiry, err := l.app.Keepers.Credit.GetInquiry(ctx, id)
		return inquiry.ExpiresAt, err
	}
	return m.prove(ctx, by, expiry, func(int, int) {})
}

// localGas is more than any transaction here needs.
const localGas = 100_000_000

// localLife keeps nonces from expiring: their removal would be counted to whatever block it falls into.
const localLife = 9 * time.Minute

// timeout of a transaction for the next block.
func (l *local) timeout() time.Time {
	return l.now.Add(time.Duration(l.height)*time.Second + localLife)
}

package simulation

import (
	"bytes"
	"context"
	"time"

	"github.com/cosmos/cosmos-sdk/testutil/simsx"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/keeper"
	"github.com/creditd/creditd/x/attestation/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// scan is how many records a factory looks at before it gives up.
const scan = 50

// env is what every factory works with.
type env struct {
	ctx      context.Context
	k        *keeper.Keeper
	data     *simsx.ChainDataSource
	reporter simsx.SimulationReporter
	r        *simsx.XRand
}

// factory turns build, which makes the signer and the message, into what the simulation runs.
//
// A skip must end the factory at once: simsx goes on with the next operation while this one is still running, and both
// would draw from one source of random numbers. simsx expects a panic for that.
func factory[T sdk.Msg](k *keeper.Keeper, build func(env) (simsx.SimAccount, T)) simsx.SimMsgFactoryFn[T] {
	return func(ctx context.Context, data *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, T) {
		signer, msg := build(env{ctx: ctx, k: k, data: data, reporter: reporter, r: data.Rand()})
		return []simsx.SimAccount{signer}, msg
	}
}

func (e env) skip(format string, args ...any) {
	e.reporter.Skipf(format, args...)
	panic("skipped: " + e.reporter.Comment())
}

// must skips on an error of a read.
func must[T any](e env, value T, err error) T {
	if err != nil {
		e.skip("%s", err)
	}
	return value
}

func (e env) now() time.Time { return simsx.BlockTime(e.ctx) }

func (e env) params() types.Params {
	params, err := e.k.GetParams(e.ctx)
	return must(e, params, err)
}

func (e env) randomID() types.ID { return RandomID(e.r) }

func (e env) nonce() []byte { return e.randomID().Bytes()[:types.NonceSize] }

// account returns the simulation's account of that address.
func (e env) account(text string) simsx.SimAccount {
	if !e.data.HasAccount(text) {
		e.skip("no account %s", text)
	}
	return e.data.GetAccount(e.reporter, text)
}

// among returns an account that suits, looking from a random one on.
func (e env) among(what string, suits func(simsx.SimAccount) bool) simsx.SimAccount {
	first, count := e.r.Intn(e.data.AccountsCount()), e.data.AccountsCount()
	for i := range count {
		if account := e.data.AccountAt(e.reporter, (first+i)%count); suits(account) {
			return account
		}
	}
	e.skip("no %s", what)
	return simsx.SimAccount{}
}

// can says whether the account of that address is one of the simulation's and has an active licence.
func (e env) can(text string) bool {
	address, err := e.data.AddressCodec().StringToBytes(text)
	return err == nil && e.data.HasAccount(text) && e.k.CanAct(e.ctx, address)
}

// member is any active institution.
func (e env) member() simsx.SimAccount {
	return e.among("active institution", func(account simsx.SimAccount) bool { return e.k.CanAct(e.ctx, account.Address) })
}

// pick returns a record that suits, looking from a random key on and then from the first.
func pick[K, T any](e env, what string, walk func(context.Context, K, func(T) (bool, error)) error, random K, suits func(T) bool) (match T) {
	var first K
	for _, start := range []K{random, first} {
		found, looked := false, 0
		err := walk(e.ctx, start, func(each T) (bool, error) {
			looked++
			if suits(each) {
				match, found = each, true
			}
			return found || looked == scan, nil
		})
		if err == nil && found {
			return match
		}
	}
	e.skip("no %s", what)
	return match
}

func (e env) randomContainer() types.ContainerID {
	return types.ContainerID(e.randomID().Bytes()[:types.ContainerIDSize])
}

func (e env) schema(what string, suits func(types.Schema) bool) types.Schema {
	return pick(e, what, e.k.WalkSchemas, e.randomID(), suits)
}

// usable says that new statements may be made under a schema. Which those of a resolver are only it knows.
func usable(schema types.Schema) bool { return schema.DeprecatedAt == nil && schema.Resolver == "" }

// right is who may issue under a schema, and by which accreditation.
type right struct {
	schema        types.Schema
	issuer        simsx.SimAccount
	accreditation []byte
}

// right of a random issuer for which suits says yes.
func (e env) right(suits func(simsx.SimAccount) bool) right {
	schema := e.schema("schema in use", usable)
	may := func(account simsx.SimAccount, accreditation []byte) bool {
		return e.k.CanIssue(e.ctx, account.Address, schema, accreditation) && suits(account)
	}
	if !schema.Accredited {
		issuer := e.among("issuer", func(account simsx.SimAccount) bool { return may(account, nil) })
		return right{schema, issuer, nil}
	}
	node := pick(e, "accreditation", e.k.WalkAccreditations, e.randomID(), func(node types.Accreditation) bool {
		return e.data.HasAccount(node.Grantee) && may(e.account(node.Grantee), node.Id)
	})
	return right{schema, e.account(node.Grantee), node.Id}
}

func anybody(simsx.SimAccount) bool { return true }

// item returns an attestation, in a batch or anchored, that suits and is of an active institution.
func (e env) item(what string, suits func(types.Attestation) bool) types.Attestation {
	var match types.Attestation
	at := func(container types.ContainerID, size int) bool {
		index := uint32(e.r.Intn(size))
		each, err := e.k.GetAttestation(e.ctx, container.Item(index).Bytes())
		if err != nil || !e.can(each.Issuer) || !suits(each) {
			return false
		}
		match = each
		return true
	}
	if e.r.Intn(3) == 0 {
		pick(e, "anchored "+what, e.k.WalkAnchors, e.randomContainer(), func(anchor types.Anchor) bool {
			return at(types.ContainerID(anchor.Id), int(anchor.Size_))
		})
		return match
	}
	pick(e, what, e.k.WalkBatches, e.randomContainer(), func(batch types.Batch) bool {
		return at(types.ContainerID(batch.Id), len(batch.Statements))
	})
	return match
}

// changeable says that an attestation has the status and is under a revocable schema.
func (e env) changeable(statuses ...types.Status) func(types.Attestation) bool {
	return func(attestation types.Attestation) bool {
		for _, status := range statuses {
			if attestation.Status == status {
				schema, err := e.k.GetSchema(e.ctx, attestation.SchemaId)
				return err == nil && schema.Revocable
			}
		}
		return false
	}
}

func (e env) reason() types.RevocationReason {
	return types.RevocationReason(1 + e.r.Intn(len(types.RevocationReason_name)-1))
}

// point is the generator of ristretto255 (RFC 9496 s.A.1): a commitment like any other to the chain.
var point = []byte("\xe2\xf2\xae\x0a\x6a\xbc\x4e\x71\xa8\x84\xa9\x61\xc5\x00\x51\x5f\x58\xe3\x0b\x6a\xa5\x82\xdd\x8d\xb6\xa6\x59\x45\xe0\x8d\x2d\x76")

// statement that the schema asks for.
func (e env) statement(schema types.Schema) types.Statement {
	statement := types.Statement{Subject: e.randomID().Bytes(), Commitment: e.randomID().Bytes()}
	for _, field := range schema.Fields {
		if field.Circuit {
			statement.CircuitCommitment = append([]byte{0}, e.randomID().Bytes()[1:]...) // below the modulus
		}
		if field.Summed {
			statement.AmountCommitments = append(statement.AmountCommitments, bytes.Clone(point))
		}
	}
	if e.r.Bool() {
		expires := e.now().Add(time.Duration(1+e.r.Intn(48*3600)) * time.Second)
		statement.ExpiresAt = &expires
		if e.r.Bool() {
			from := expires.Add(-time.Second)
			statement.ValidFrom = &from
		}
	}
	return statement
}

func (e env) statements(schema types.Schema) []types.Statement {
	list := make([]types.Statement, 1+e.r.Intn(min(int(e.params().MaxBatch), 20)))
	for i := range list {
		list[i] = e.statement(schema)
	}
	return list
}

// Institution returns an account that may act in one of the roles now; it skips when there is none.
func Institution(
	ctx context.Context, can func(context.Context, sdk.AccAddress, ...institutiontypes.Role) bool,
	testData *simsx.ChainDataSource, reporter simsx.SimulationReporter, roles ...institutiontypes.Role,
) simsx.SimAccount {
	first := testData.Rand().Intn(testData.AccountsCount())
	for i := range testData.AccountsCount() {
		account := testData.AccountAt(reporter, (first+i)%testData.AccountsCount())
		if can(ctx, account.Address, roles...) {
			return account
		}
	}
	reporter.Skipf("no active institution in any of %v", roles)
	return simsx.SimAccount{}
}

// RandomID returns an id that nothing has.
func RandomID(r *simsx.XRand) types.ID {
	var id types.ID
	r.Read(id[:])
	return id
}

// Package pseudonym derives pseudonyms from identity numbers with the oblivious function whose key the institutions share: it asks the
// chain (x/pseudonym) and then a quorum of vaults, none of which sees a number or a pseudonym. What was derived is kept in the vault's
// encrypted store, so that a number is asked for once.
package pseudonym

import (
	"context"
	"errors"
	"fmt"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/oprf"
	"github.com/creditd/creditd/vault/keys"
	committeetypes "github.com/creditd/creditd/x/committee/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	pseudonymtypes "github.com/creditd/creditd/x/pseudonym/types"
)

// Subject is whom a pseudonym is of.
type Subject struct {
	Kind     credittypes.SubjectKind
	Identity string
}

// Chain is what a Deriver asks of the chain, with proofs, and sends to it.
type Chain interface {
	// KeyEpoch in use.
	KeyEpoch(ctx context.Context) (pseudonymtypes.KeyEpoch, error)
	// Committee that holds its key now.
	Committee(ctx context.Context) (committeetypes.Committee, error)
	// Params of x/pseudonym.
	Params(ctx context.Context) (pseudonymtypes.Params, error)
	// Send returns when the messages are in a block.
	Send(ctx context.Context, msgs ...sdk.Msg) error
}

// Vaults reach the vaults of others.
type Vaults interface {
	// Evaluate has the vault of a holder evaluate the elements of a request.
	Evaluate(ctx context.Context, holder string, request [32]byte, committee uint64, elements []oprf.Element) ([]oprf.Element, []oprf.Proof, error)
}

// Deriver derives pseudonyms.
type Deriver struct {
	Operator sdk.AccAddress
	Chain    Chain
	Vaults   Vaults
	Cache    *Cache
	// Progress is told how many of how many are derived; nil for nobody.
	Progress func(done, all int)
	// Warn is told of vaults that do not answer or answer wrongly; nil for nobody. It names institutions and no subject.
	Warn func(holder string, err error)
	Now  func() time.Time // time.Now if nil
}

// ErrQuorum is wrapped when too few vaults answered rightly.
var ErrQuorum = errors.New("too few vaults evaluated")

// Epoch of the key in use.
func (d *Deriver) Epoch(ctx context.Context) (uint64, error) {
	epoch, err := d.Chain.KeyEpoch(ctx)
	return epoch.Epoch, err
}

// Derive returns the pseudonyms of subjects under the key epoch in use. Those that were derived before cost nothing; the others cost
// evaluations, which the chain counts. When it fails, what it had derived is kept, and who asks for the same again within the time of
// the request pays for nothing twice.
func (d *Deriver) Derive(ctx context.Context, subjects []Subject) (map[Subject][32]byte, uint64, error) {
	epoch, err := d.Chain.KeyEpoch(ctx)
	if err != nil {
		return nil, 0, err
	}
	if err := d.Cache.Load(ctx, epoch.Epoch); err != nil {
		return nil, 0, err
	}
	found, missing := map[Subject][32]byte{}, []string(nil)
	inputs, normal := map[string][]byte{}, map[Subject]string{}
	for _, subject := range subjects {
		spelt, err := keys.Normalise(subject.Kind, subject.Identity)
		if err != nil {
			return nil, 0, err
		}
		input := oprf.PseudonymInput(byte(subject.Kind), spelt)
		normal[subject] = string(input)
		if _, asked := inputs[string(input)]; asked || d.Cache.Has(input) {
			continue
		}
		inputs[string(input)] = input
		missing = append(missing, string(input))
	}
	if err := d.derive(ctx, epoch, missing); err != nil {
		return nil, 0, err
	}
	for subject, input := range normal {
		pseudonym, there := d.Cache.Get([]byte(input))
		if !there {
			return nil, 0, errors.New("a pseudonym that was derived is not there: run the command again")
		}
		found[subject] = pseudonym
	}
	return found, epoch.Epoch, nil
}

// derive asks for what is missing, one request after the other.
func (d *Deriver) derive(ctx context.Context, epoch pseudonymtypes.KeyEpoch, missing []string) error {
	if len(missing) == 0 {
		return nil
	}
	params, err := d.Chain.Params(ctx)
	if err != nil {
		return err
	}
	if params.MaxCount == 0 || params.MaxCount > pseudonymtypes.MaxCount {
		return errors.New("the node's answer about the parameters makes no sense: use another node")
	}
	all := len(missing)
	for done := 0; len(missing) > 0; {
		n := min(int(params.MaxCount), len(missing))
		inputs := make([][]byte, n)
		for i := range inputs {
			inputs[i] = []byte(missing[i])
		}
		pseudonyms, err := d.evaluate(ctx, epoch, inputs)
		if err != nil {
			return err
		}
		if err := d.Cache.Add(ctx, inputs, pseudonyms); err != nil {
			return err
		}
		missing, done = missing[n:], done+n
		if d.Progress != nil {
			d.Progress(done, all)
		}
	}
	return nil
}

// evaluate does one request: commit on the chain, ask holders until enough answered rightly, combine, unblind.
func (d *Deriver) evaluate(ctx context.Context, epoch pseudonymtypes.KeyEpoch, inputs [][]byte) ([][32]byte, error) {
	seed := d.Cache.seed(inputs)
	defer clear(seed[:])
	client, err := oprf.BlindFrom(seed, inputs)
	if err != nil {
		return nil, err
	}
	hash := oprf.RequestHash(client.Blinded())
	err = d.Chain.Send(ctx, &pseudonymtypes.MsgRequestEvaluations{
		Institution: d.Operator.String(), Epoch: epoch.Epoch, Count: uint32(len(inputs)), Hash: hash[:],
	})
	// A request that an earlier run sent, and did not get enough answers to, is on the chain and counted.
	if err != nil && !errors.Is(err, pseudonymtypes.ErrDuplicate) {
		return nil, err
	}
	id := [32]byte(pseudonymtypes.EvaluationID(d.Operator, epoch.Epoch, hash[:]))
	committee, err := d.Chain.Committee(ctx)
	if err != nil {
		return nil, err
	}
	evaluated, err := d.ask(ctx, epoch, &committee, id, client.Blinded())
	if err != nil {
		return nil, err
	}
	outputs, err := client.Finalize(evaluated)
	if err != nil {
		return nil, err
	}
	pseudonyms := make([][32]byte, len(outputs))
	for i, output := range outputs {
		pseudonyms[i] = oprf.Pseudonym(epoch.Epoch, output)
	}
	return pseudonyms, nil
}

// ask holder after holder, since each answer costs that vault work.
func (d *Deriver) ask(
	ctx context.Context, epoch pseudonymtypes.KeyEpoch, committee *committeetypes.Committee, id [32]byte, elements []oprf.Element,
) ([]oprf.Element, error) {
	quorum, err := quorumOf(epoch, committee)
	if err != nil {
		return nil, err
	}
	var right []oprf.Part
	for _, holder := range committee.Holders() {
		if len(right) == quorum.Threshold {
			break
		}
		part := oprf.Part{Index: holder.Index}
		part.Evaluated, part.Proofs, err = d.Vaults.Evaluate(ctx, holder.Operator, id, committee.Id, elements)
		if err == nil {
			err = quorum.Check(elements, part)
		}
		if err != nil {
			if d.Warn != nil {
				d.Warn(holder.Operator, err)
			}
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			continue
		}
		right = append(right, part)
	}
	if len(right) < quorum.Threshold {
		return nil, fmt.Errorf("%w: %d of %d that are needed; their operators must start 'creditd vault serve': run the command again within the time of the request",
			ErrQuorum, len(right), quorum.Threshold)
	}
	return quorum.Interpolate(right)
}

func quorumOf(epoch pseudonymtypes.KeyEpoch, committee *committeetypes.Committee) (oprf.Quorum, error) {
	if committee.Purpose != committeetypes.PURPOSE_PSEUDONYM || committee.Epoch != epoch.Epoch || len(epoch.PublicKey) != oprf.ElementSize ||
		string(committee.PublicKey) != string(epoch.PublicKey) {
		return oprf.Quorum{}, errors.New("no committee holds the key of the epoch in use: the members form one, or adopt its key by vote")
	}
	quorum := oprf.Quorum{Threshold: int(committee.Threshold), Public: oprf.Element(epoch.PublicKey), Shares: map[uint32]oprf.Element{}}
	for _, holder := range committee.Holders() {
		if len(holder.PublicShare) != oprf.ElementSize {
			return oprf.Quorum{}, errors.New("the node's answer about the committee makes no sense: use another node")
		}
		quorum.Shares[holder.Index] = oprf.Element(holder.PublicShare)
	}
	return quorum, nil
}

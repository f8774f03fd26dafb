package keeper

import (
	"bytes"
	"context"
	"errors"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/plonk"
	"github.com/creditd/creditd/privacy/predicate"
	"github.com/creditd/creditd/x/predicate/types"
)

// gasPerKey pays for decoding a verifying key and the lines of its pairing (tests/gas, README).
const gasPerKey = 30_000

// GetSetup returns the setup that the members agreed on.
func (k *Keeper) GetSetup(ctx context.Context) (types.Setup, error) {
	setup, err := k.setup.Get(ctx)
	if errors.Is(err, collections.ErrNotFound) {
		return setup, types.ErrNoSetup.Wrap("the members agree on one by a vote with MsgAgreeSetup")
	}
	return setup, err
}

// agreeSetup fixes the setup. Keys of another one are not used from this block on.
func (k *Keeper) agreeSetup(ctx context.Context, msg *types.MsgAgreeSetup) error {
	setup := types.Setup{Digest: msg.Digest, TranscriptHash: msg.TranscriptHash, AgreedAt: blockTime(ctx)}
	if err := setup.Validate(); err != nil {
		return err
	}
	if err := k.setup.Set(ctx, setup); err != nil {
		return err
	}
	return emit(ctx, &types.EventSetupAgreed{
		Digest: types.ID(setup.Digest).String(), TranscriptHash: types.ID(setup.TranscriptHash).String(),
	})
}

// GetCircuit returns the circuit of that id.
func (k *Keeper) GetCircuit(ctx context.Context, id types.ID) (types.Circuit, error) {
	circuit, err := k.circuits.Get(ctx, id)
	if errors.Is(err, collections.ErrNotFound) {
		return circuit, types.ErrUnknownCircuit.Wrapf("%s: list them with `creditd query predicate circuits`", id)
	}
	circuit.Id = id.Bytes()
	return circuit, err
}

func (k *Keeper) setCircuit(ctx context.Context, circuit types.Circuit) error {
	id := types.ID(circuit.Id)
	circuit.Id = nil
	return k.circuits.Set(ctx, id, circuit)
}

// registerCircuit lets predicates be asked by a circuit. That the key is of the circuit that it names is for those to check
// who vote, by `creditd privacy circuits`.
func (k *Keeper) registerCircuit(ctx context.Context, msg *types.MsgRegisterCircuit) (types.ID, error) {
	setup, err := k.GetSetup(ctx)
	if err != nil {
		return types.ID{}, err
	}
	sdk.UnwrapSDKContext(ctx).GasMeter().ConsumeGas(gasPerKey, "predicate: verifying key")
	circuit, err := k.checkKey(msg.Spec, msg.VerifyingKey)
	if err != nil {
		return types.ID{}, err
	}
	if !bytes.Equal(circuit.SetupDigest, setup.Digest) {
		return types.ID{}, types.ErrOtherSetup.Wrapf("the key is of setup %x, the members agreed on %x", circuit.SetupDigest, setup.Digest)
	}
	if err := k.requireNextVersion(ctx, circuit.Name, msg.Version); err != nil {
		return types.ID{}, err
	}
	if err := k.requireRoomForCircuit(ctx); err != nil {
		return types.ID{}, err
	}
	id := types.CircuitID(circuit.Name, msg.Version, msg.VerifyingKey)
	circuit.Id, circuit.Version = id.Bytes(), msg.Version
	circuit.Status, circuit.RegisteredAt = types.CIRCUIT_STATUS_ACTIVE, blockTime(ctx)
	if err := k.addCircuit(ctx, circuit); err != nil {
		return id, err
	}
	return id, emit(ctx, &types.EventCircuitRegistered{Id: id.String(), Name: circuit.Name, Version: circuit.Version})
}

// checkKey reads a spec and a key, each strictly, and that they are of the same circuit.
func (k *Keeper) checkKey(spec types.CircuitSpec, verifyingKey []byte) (types.Circuit, error) {
	compiled, err := spec.Circuit()
	if err != nil {
		return types.Circuit{}, err
	}
	key, err := k.keys.parse(verifyingKey)
	if err != nil {
		return types.Circuit{}, err
	}
	if key.Circuit() != compiled.ID() {
		return types.Circuit{}, types.ErrInvalidCircuit.Wrapf("verifying_key: it is of circuit %x, not of %s", key.Circuit(), compiled.Name())
	}
	if key.Public() != compiled.Public() {
		return types.Circuit{}, types.ErrInvalidCircuit.Wrapf("verifying_key: %d public inputs: %s has %d", key.Public(), compiled.Name(), compiled.Public())
	}
	digest := key.Setup()
	return types.Circuit{Name: compiled.Name(), Spec: spec, SetupDigest: digest[:], VerifyingKey: verifyingKey}, nil
}

func (k *Keeper) requireNextVersion(ctx context.Context, name string, version uint32) error {
	last := uint32(0)
	of := collections.NewPrefixedTripleRange[string, uint32, types.ID](name)
	err := k.circuitVersions.Walk(ctx, of, func(key collections.Triple[string, uint32, types.ID]) (bool, error) {
		last = key.K2() // in the order of versions, and max_circuits of them at most
		return false, nil
	})
	if err == nil && version != last+1 {
		err = types.ErrCircuitVersion.Wrapf("%s version %d: the next is %d", name, version, last+1)
	}
	return err
}

func (k *Keeper) requireRoomForCircuit(ctx context.Context) error {
	params, err := k.GetParams(ctx)
	if err != nil {
		return err
	}
	there := uint32(0)
	err = k.circuitVersions.Walk(ctx, nil, func(collections.Triple[string, uint32, types.ID]) (bool, error) {
		there++
		return there >= params.MaxCircuits, nil
	})
	if err == nil && there >= params.MaxCircuits {
		err = types.ErrTooManyCircuits.Wrapf("%d, the most there may be: raise max_circuits by a vote", there)
	}
	return err
}

func (k *Keeper) addCircuit(ctx context.Context, circuit types.Circuit) error {
	if err := k.circuitVersions.Set(ctx, collections.Join3(circuit.Name, circuit.Version, types.ID(circuit.Id))); err != nil {
		return err
	}
	return k.setCircuit(ctx, circuit)
}

// retireCircuit ends the use of a circuit. What was proven by it stays.
func (k *Keeper) retireCircuit(ctx context.Context, circuitID []byte) error {
	id, err := types.IDFromBytes("id", circuitID)
	if err != nil {
		return err
	}
	circuit, err := k.GetCircuit(ctx, id)
	if err != nil {
		return err
	}
	if circuit.Status == types.CIRCUIT_STATUS_RETIRED {
		return types.ErrCircuitRetired.Wrapf("%s version %d since %s", circuit.Name, circuit.Version, rfc3339(*circuit.RetiredAt))
	}
	now := blockTime(ctx)
	circuit.Status, circuit.RetiredAt = types.CIRCUIT_STATUS_RETIRED, &now
	if err := k.setCircuit(ctx, circuit); err != nil {
		return err
	}
	return emit(ctx, &types.EventCircuitRetired{Id: id.String()})
}

// usable is a circuit that may be asked and proven by now, with what it is compiled from and its key.
type usable struct {
	circuit predicate.Circuit
	key     *plonk.VerifyingKey
}

// useCircuit returns a circuit that is not retired and whose setup is the one agreed on.
func (k *Keeper) useCircuit(ctx context.Context, circuitID []byte) (usable, error) {
	id, err := types.IDFromBytes("circuit_id", circuitID)
	if err != nil {
		return usable{}, err
	}
	registered, err := k.GetCircuit(ctx, id)
	if err != nil {
		return usable{}, err
	}
	if registered.Status != types.CIRCUIT_STATUS_ACTIVE {
		return usable{}, types.ErrCircuitRetired.Wrapf("%s version %d since %s", registered.Name, registered.Version, rfc3339(*registered.RetiredAt))
	}
	setup, err := k.GetSetup(ctx)
	if err != nil {
		return usable{}, err
	}
	if !bytes.Equal(setup.Digest, registered.SetupDigest) {
		return usable{}, types.ErrOtherSetup.Wrapf("%s version %d is of setup %x, the members agreed on %x since",
			registered.Name, registered.Version, registered.SetupDigest, setup.Digest)
	}
	compiled, err := registered.Spec.Circuit()
	if err != nil {
		return usable{}, err
	}
	key, err := k.keys.parse(registered.VerifyingKey)
	return usable{circuit: compiled, key: key}, err
}

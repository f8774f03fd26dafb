package simulation

import (
	"context"

	"github.com/consensys/gnark-crypto/ecc/bn254"

	"github.com/cosmos/cosmos-sdk/testutil/simsx"

	"github.com/creditd/creditd/privacy/plonk"
	"github.com/creditd/creditd/privacy/predicate"
	"github.com/creditd/creditd/x/predicate/types"
)

// Keys of a simulation are well-formed and of no circuit: their points come from hashes, so that nobody can prove by them.
const (
	simulatedRows   = 12
	simulatedPowers = "a simulation has no powers of tau   "
	simulatedDomain = "creditd/simulation/v1"
)

func simulatedTau() (bn254.G2Affine, error) {
	return bn254.HashToG2([]byte("tau"), []byte(simulatedDomain))
}

// SimulatedSetup is the digest of the setup that a simulation agrees on.
func SimulatedSetup() ([]byte, error) {
	tau, err := simulatedTau()
	digest := plonk.SetupDigest([32]byte([]byte(simulatedPowers[:32])), tau)
	return digest[:], err
}

// SimulatedKey of a circuit.
func SimulatedKey(circuit predicate.Circuit) ([]byte, error) {
	tau, err := simulatedTau()
	if err != nil {
		return nil, err
	}
	id, encoded := circuit.ID(), tau.Bytes()
	public := circuit.Public()
	key := append([]byte{1, simulatedRows, byte(public >> 8), byte(public)}, id[:]...)
	key = append(append(key, simulatedPowers[:32]...), encoded[:]...)
	for i := 0; len(key) < plonk.KeySize; i++ {
		point, err := bn254.HashToG1([]byte{byte(i)}, []byte(simulatedDomain))
		if err != nil {
			return nil, err
		}
		compressed := point.Bytes()
		key = append(key, compressed[:]...)
	}
	return key, nil
}

// MsgAgreeSetupFactory agrees on the simulation's setup.
func MsgAgreeSetupFactory(k Keepers) simsx.SimMsgFactoryFn[*types.MsgAgreeSetup] {
	return vote(k, func(e env, authority string) *types.MsgAgreeSetup {
		digest, err := SimulatedSetup()
		return &types.MsgAgreeSetup{Authority: authority, Digest: must(e, digest, err), TranscriptHash: e.randomID().Bytes()}
	})
}

// MsgRegisterCircuitFactory registers the next version of some circuit.
func MsgRegisterCircuitFactory(k Keepers) simsx.SimMsgFactoryFn[*types.MsgRegisterCircuit] {
	return vote(k, func(e env, authority string) *types.MsgRegisterCircuit {
		if _, err := e.Predicate.GetSetup(e.ctx); err != nil {
			e.skip("%s", err)
		}
		circuit := predicate.Circuit{Kind: predicate.Range, Fields: uint8(1 + e.r.Intn(6)), Attestations: 1, Hidden: e.r.Bool()}
		key, err := SimulatedKey(circuit)
		version, there := uint32(1), uint32(0)
		_ = e.Predicate.WalkCircuits(e.ctx, types.ID{}, func(c types.Circuit) (bool, error) {
			if there++; c.Name == circuit.Name() && c.Version >= version {
				version = c.Version + 1
			}
			return false, nil
		})
		if there >= e.params().MaxCircuits {
			e.skip("enough circuits")
		}
		return &types.MsgRegisterCircuit{
			Authority: authority, Spec: types.NewCircuitSpec(circuit), Version: version, VerifyingKey: must(e, key, err),
		}
	})
}

func (e env) params() types.Params {
	params, err := e.Predicate.GetParams(e.ctx)
	return must(e, params, err)
}

// MsgRetireCircuitFactory retires a circuit.
func MsgRetireCircuitFactory(k Keepers) simsx.SimMsgFactoryFn[*types.MsgRetireCircuit] {
	return vote(k, func(e env, authority string) *types.MsgRetireCircuit {
		circuit := pick(e, "circuit", e.Predicate.WalkCircuits, e.randomID(), func(c types.Circuit) bool {
			return c.Status == types.CIRCUIT_STATUS_ACTIVE
		})
		return &types.MsgRetireCircuit{Authority: authority, Id: circuit.Id}
	})
}

// MsgUpdateParamsFactory proposes random parameters.
func MsgUpdateParamsFactory() simsx.SimMsgFactoryFn[*types.MsgUpdateParams] {
	return func(_ context.Context, data *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, *types.MsgUpdateParams) {
		return nil, &types.MsgUpdateParams{Authority: data.ModuleAccountAddress(reporter, "gov"), Params: randomParams(data.Rand().Rand)}
	}
}

package types

import (
	"github.com/creditd/creditd/privacy/predicate"
)

// Circuit of privacy/predicate that the spec names.
func (s CircuitSpec) Circuit() (predicate.Circuit, error) {
	if s.Kind < PREDICATE_KIND_RANGE || s.Kind > PREDICATE_KIND_COUNT {
		return predicate.Circuit{}, ErrInvalidCircuit.Wrapf("%s has no circuit", s.Kind)
	}
	if s.Fields > predicate.MaxFields || s.Attestations > predicate.MaxAttestations {
		return predicate.Circuit{}, ErrInvalidCircuit.Wrapf("%d fields of %d attestations: at most %d of %d",
			s.Fields, s.Attestations, predicate.MaxFields, predicate.MaxAttestations)
	}
	circuit := predicate.Circuit{
		Kind: predicate.Kind(s.Kind), Fields: uint8(s.Fields), Attestations: uint8(s.Attestations), Hidden: s.Hidden,
	}
	if err := circuit.Validate(); err != nil {
		return circuit, ErrInvalidCircuit.Wrap(err.Error())
	}
	return circuit, nil
}

// NewCircuitSpec of a circuit of privacy/predicate.
func NewCircuitSpec(circuit predicate.Circuit) CircuitSpec {
	return CircuitSpec{
		Kind: PredicateKind(circuit.Kind), Fields: uint32(circuit.Fields), Attestations: uint32(circuit.Attestations),
		Hidden: circuit.Hidden,
	}
}

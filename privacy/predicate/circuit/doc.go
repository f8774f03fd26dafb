// Package circuit has the circuits of package predicate and their prover, in gnark's PLONK over BN254. A verifier needs
// neither: it has a verifying key and the statement's public inputs.
//
// No circuit uses lookups, range checks with commitments or emulated arithmetic of gnark's standard library: they would
// add commitments to the proof, and its length would no longer be fixed.
package circuit

// Package plonk checks proofs of gnark's PLONK over BN254 (ePrint 2019/953) where bytes come from strangers and a verdict
// is consensus. Proofs and verifying keys have one encoding each, of fixed length, decoded here point by point: gnark's
// own ReadFrom follows length prefixes and can be made to allocate until the process dies. Circuits with Bsb22
// commitments are not supported, so that no prefix is needed.
//
// The package keeps no state, does no I/O and logs nothing.
package plonk

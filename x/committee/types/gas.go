package types

// Gas of the group's operations, charged before they are made: three times what they take beside the check of a signature, for
// which the SDK charges 1000. The module's README has the measurement (tests/gas).
const (
	// GasMultiplication of a point by a scalar.
	GasMultiplication = 1200
	// GasPoint is decoded.
	GasPoint = 260
	// GasScalar is decoded and hashed.
	GasScalar = 30
	// GasStep of a polynomial at a small index.
	GasStep = 300
)

// GasJoin is the proof of possession of a transport key.
const GasJoin = GasPoint + 2*GasMultiplication

// GasDeal is the check of a dealing: its points, the transport keys, its encrypted shares, a proof about two points, and
// its part in the key at the end.
func GasDeal(threshold, recipients uint64) uint64 {
	return (2*threshold+1+recipients)*GasPoint + recipients*GasScalar + 4*GasMultiplication
}

// GasConfirm is what a member's public share costs at the end.
func GasConfirm(threshold uint64) uint64 { return threshold*GasStep + GasPoint }

// GasComplaint is decided by decoding the dealing again, a proof about two bases and one share.
func GasComplaint(threshold, recipients uint64) uint64 {
	return (threshold+2+recipients)*GasPoint + recipients*2*GasScalar + threshold*GasStep + 5*GasMultiplication
}

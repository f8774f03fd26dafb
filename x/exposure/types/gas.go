package types

// Gas of what the store does not meter, charged before the bytes are decoded: three times what it takes beside the check of a
// signature, which costs 1000 in the SDK. The module's README has the measurement (tests/gas).
const (
	// GasPossession is the check of a proof of possession.
	GasPossession = 4_000
	// GasRecord is the decoding and adding of one record's commitment.
	GasRecord = 1_000
	// GasShare is the check of a share: 3 equations.
	GasShare = 12_000
	// GasCombine is what each share costs when they are combined.
	GasCombine = 3_000
)

// GasSubmission is the check of a submission of the kind.
func GasSubmission(kind Kind) uint64 {
	if kind == KIND_COUNT {
		return 22_000
	}
	return 115_000
}

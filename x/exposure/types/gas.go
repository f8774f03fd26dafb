package types

// Gas of what the store does not meter, charged before the bytes are decoded. A signature's check takes about 180 us and
// costs 1000 in the SDK; the figures are three times that rate of what the package README measures.
const (
	// GasPossession is the check of a proof of possession.
	GasPossession = 3_000
	// GasRecord is the decoding and adding of one record's commitment.
	GasRecord = 500
	// GasShare is the check of a share: 3 equations.
	GasShare = 10_000
	// GasCombine is what each share costs when they are combined.
	GasCombine = 3_000
)

// GasSubmission is the check of a submission of the kind.
func GasSubmission(kind Kind) uint64 {
	if kind == KIND_COUNT {
		return 20_000
	}
	return 100_000
}

package audit

// For tests that forge proofs.
var (
	NothingBetween = nothingBetween
	VerifyLeaf     = verifyLeaf
)

package proof

// VerifyEntry is verifyEntry for tests that forge proofs.
var VerifyEntry = verifyEntry

package types

import attestationtypes "github.com/creditd/creditd/x/attestation/types"

// NewReport of a credit account: what is stated of it, under the furnisher's blinded reference.
func NewReport(account [32]byte, statement attestationtypes.Statement) Report {
	return Report{
		Subject: statement.Subject, Account: account[:], Commitment: statement.Commitment,
		CircuitCommitment: statement.CircuitCommitment, AmountCommitments: statement.AmountCommitments,
	}
}

// Statement is what the report states.
func (r Report) Statement() attestationtypes.Statement {
	return attestationtypes.Statement{
		Subject: r.Subject, Commitment: r.Commitment, CircuitCommitment: r.CircuitCommitment, AmountCommitments: r.AmountCommitments,
	}
}

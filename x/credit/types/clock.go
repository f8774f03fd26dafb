package types

import (
	"time"

	"github.com/creditd/creditd/x/attestation/commitment"
)

// Every report carries a commitment to its date of first delinquency, or to that there is none, and every natural person's
// account a commitment to the notice that it was given, or to that there was nothing to tell: then nobody can see from the
// chain which records count against their subjects. Vaults keep salts and values and give them with the record.

const (
	delinquencyDomain = "creditd/delinquency/v1"
	noticeDomain      = "creditd/notice/v1"
	clockSaltSize     = 16
)

// DelinquencyCommitment commits to the date of first delinquency (UTC, the day alone), or to none for the zero time; salt has
// 16 random bytes and stays the same as long as the date does.
//
//	ID("creditd/delinquency/v1", salt, date)   date is YYYY-MM-DD, or empty
func DelinquencyCommitment(salt []byte, first time.Time) (ID, error) {
	return clockCommitment(delinquencyDomain, salt, first, nil)
}

// NoticeCommitment commits to a notice: the day it was given, and the SHA-256 of its text; the zero time and no digest
// when there was nothing to tell. salt has 16 random bytes.
//
//	ID("creditd/notice/v1", salt, date, digest)
func NoticeCommitment(salt []byte, given time.Time, digest []byte) (ID, error) {
	return clockCommitment(noticeDomain, salt, given, digest)
}

func clockCommitment(domain string, salt []byte, at time.Time, digest []byte) (ID, error) {
	if len(salt) != clockSaltSize {
		return ID{}, ErrInvalidCommitment.Wrapf("salt of %d bytes: draw %d random ones", len(salt), clockSaltSize)
	}
	var date string
	if !at.IsZero() {
		date = at.UTC().Format(time.DateOnly)
	}
	if domain == delinquencyDomain {
		return commitment.ID(domain, salt, []byte(date)), nil
	}
	return commitment.ID(domain, salt, []byte(date), digest), nil
}

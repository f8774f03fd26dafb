package report

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/creditd/creditd/vault/clock"
	"github.com/creditd/creditd/vault/records"
	"github.com/creditd/creditd/vault/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// checkClock checks what the chain cannot, since it sees no field: that the delinquency which the furnisher committed to is
// the record's, that it never moved forward, and that the record is not shown for longer than the profile lets it.
func (e *evidence) checkClock(record *types.Record) error {
	values, err := valuesOf(record)
	if err != nil {
		return err
	}
	reading, err := clock.Read(values)
	if err != nil {
		return err
	}
	first, err := opened(record.Delinquency, e.tradeline.Delinquency)
	switch {
	case err != nil:
		return err
	case first.IsZero() == reading.Negative():
		return errors.New("the furnisher committed to another delinquency than the record has")
	case first.After(reading.First) || (reading.Stated && !first.Equal(reading.First)):
		return errors.New("the furnisher committed to another date of first delinquency than the record has")
	}
	if err := e.checkAging(record, first); err != nil {
		return err
	}
	reading.First = first
	limit, err := reading.Limit(e.profile, e.kind, e.reported())
	if err != nil {
		return err
	}
	if e.tradeline.ShowUntil.After(limit) {
		return fmt.Errorf("the record is to be shown until %s, profile %s allows it until %s",
			e.tradeline.ShowUntil.Format(time.DateOnly), e.profile.Code, limit.Format(time.DateOnly))
	}
	return nil
}

// reported is when the version that counts came onto the chain.
func (e *evidence) reported() time.Time {
	if e.tradeline.UpdatedAt != nil {
		return *e.tradeline.UpdatedAt
	}
	return e.tradeline.FurnishedAt
}

// checkAging looks at the earlier versions whose delinquency the furnisher opens: while an account is delinquent, the date
// at which that began does not become a later one (FCRA s. 623(a)(5)). A version without delinquency between two is a cure.
func (e *evidence) checkAging(record *types.Record, first time.Time) error {
	var before time.Time
	for _, version := range e.versions {
		if bytes.Equal(version.Delinquency, e.tradeline.Delinquency) {
			before = first
			continue
		}
		for _, opening := range record.Earlier {
			said, err := opened(opening, version.Delinquency)
			if err != nil {
				continue // of another version
			}
			if reaged(before, said) {
				return errReaged
			}
			before = said
		}
	}
	if reaged(before, first) {
		return errReaged
	}
	return nil
}

var errReaged = errors.New("the furnisher moved the date of first delinquency forward, which makes the record look younger than it is")

func reaged(before, after time.Time) bool {
	return !before.IsZero() && !after.IsZero() && after.After(before)
}

// opened checks an opening against a commitment and returns the date, zero for none.
func opened(opening types.Opening, commitment []byte) (time.Time, error) {
	first, err := records.ParseDate(opening.First)
	if err != nil {
		return time.Time{}, errors.New("the date of first delinquency that the vault gave is no date")
	}
	said, err := credittypes.DelinquencyCommitment(opening.Salt, first)
	if err != nil || !bytes.Equal(said.Bytes(), commitment) {
		return time.Time{}, errors.New("the date of first delinquency that the vault gave is not what the furnisher committed to on the chain")
	}
	return first, nil
}

func openingOf(o types.Opening) Opening {
	return Opening{Salt: hex.EncodeToString(o.Salt), First: o.First}
}

func (o Opening) decode() (types.Opening, error) {
	salt, err := hex.DecodeString(o.Salt)
	if err != nil || len(salt) != records.SaltSize {
		return types.Opening{}, errors.New("salt of a delinquency: write its 32 hexadecimal digits")
	}
	return types.Opening{Salt: salt, First: o.First}, nil
}

// hide counts a tradeline that may not be shown.
func (h *Hidden) hide(state credittypes.RecordState) {
	switch state {
	case credittypes.RECORD_STATE_SUPPRESSED:
		h.Suppressed++
	case credittypes.RECORD_STATE_ERASED:
		h.Erased++
	default:
		h.Expired++
	}
}

package exposure

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/creditd/creditd/privacy/exposure"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/vault/records"
	"github.com/creditd/creditd/vault/store"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/commitment/full"
	"github.com/creditd/creditd/x/exposure/types"
)

const (
	// maxOfSubject is how many versions of records of one subject the duty reads.
	maxOfSubject = 10_000
	// page is how many records a walk over the whole vault reads at a time.
	page = 1000
	// sectorUnit is the unit of sector totals, in minor units of the currency.
	sectorUnit = 1_000_000

	fieldOpened = "opened"
	fieldSector = "sector"
)

// ErrNegative: what an institution attested adds up to less than zero, which cannot be submitted.
var ErrNegative = errors.New("the balances of this subject add up to less than zero: correct them, or stay silent")

// errMissing: the chain counts attestations whose records the vault has not.
var errMissing = errors.New("not all records that were attested are in this vault")

// balance opens the sum of the commitments in these attestations: value and blinding of their balances added up.
func (d *Duty) balance(ctx context.Context, subjects [][32]byte, attestations [][]byte) (exposure.Opening, error) {
	wanted := make(map[[32]byte]bool, len(attestations))
	for _, id := range attestations {
		wanted[[32]byte(id)] = true
	}
	var opening exposure.Opening
	var total int64
	for _, subject := range subjects {
		if len(wanted) == 0 {
			break
		}
		list, err := d.records.OfSubject(ctx, subject, maxOfSubject)
		if err != nil {
			return opening, err
		}
		for i := range list {
			if !wanted[list[i].Attestation] {
				continue
			}
			delete(wanted, list[i].Attestation)
			part, err := d.openBalance(&list[i])
			if err != nil {
				return opening, err
			}
			if (part.Value > 0 && total > math.MaxInt64-part.Value) || (part.Value < 0 && total < math.MinInt64-part.Value) {
				return opening, errors.New("the balances of this subject are too large to be added up")
			}
			total += part.Value
			opening.Blinding = opening.Blinding.Add(part.Blinding)
		}
	}
	switch {
	case len(wanted) > 0:
		return opening, fmt.Errorf("%w: %d of %d", errMissing, len(wanted), len(attestations))
	case total < 0:
		return opening, ErrNegative
	}
	opening.Value = uint64(total)
	return opening, nil
}

func (d *Duty) openBalance(record *store.Record) (full.Opening, error) {
	plain, err := records.Open(d.keys, record)
	if err != nil {
		return full.Opening{}, err
	}
	layout, err := records.Layout(record.Schema)
	if err != nil {
		return full.Opening{}, err
	}
	return full.OpenAmount(layout, plain.Values, plain.Seed, types.BalanceField)
}

// lentSince says whether the institution opened an account for the subject in that time, by the records that the chain has.
func (d *Duty) lentSince(ctx context.Context, subjects [][32]byte, since, now time.Time) (bool, error) {
	for _, subject := range subjects {
		list, err := d.records.OfSubject(ctx, subject, maxOfSubject)
		if err != nil {
			return false, err
		}
		latest := map[[32]byte]*store.Record{}
		for i := range list {
			if before := latest[list[i].Tradeline]; list[i].State == store.Committed && (before == nil || before.Version < list[i].Version) {
				latest[list[i].Tradeline] = &list[i]
			}
		}
		for _, record := range latest {
			opened, err := d.opened(record)
			if err != nil {
				return false, err
			}
			if opened.After(since) && !opened.After(now) {
				return true, nil
			}
		}
	}
	return false, nil
}

// opened is the day on which the account was opened; zero if the record does not say, or was erased.
func (d *Duty) opened(record *store.Record) (time.Time, error) {
	plain, err := records.Open(d.keys, record)
	if errors.Is(err, keys.ErrErased) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	text, has := plain.Values[fieldOpened]
	if !has {
		return time.Time{}, nil
	}
	return time.Parse(time.DateOnly, text)
}

// sector adds up the balances of all accounts of a sector, in millions of minor units, rounded down. It reads the whole vault.
func (d *Duty) sector(ctx context.Context, code uint32) (uint64, error) {
	prefix := strconv.FormatUint(uint64(code), 10)
	type last struct {
		version uint32
		balance int64
	}
	balances := map[[32]byte]last{}
	for after := (*[32]byte)(nil); ; {
		list, err := d.records.Records(ctx, after, page)
		if err != nil {
			return 0, err
		}
		for i := range list {
			if known := balances[list[i].Tradeline]; list[i].State != store.Committed || list[i].Version <= known.version {
				continue
			}
			balance, err := d.ofSector(&list[i], prefix)
			if err != nil {
				return 0, err
			}
			balances[list[i].Tradeline] = last{list[i].Version, balance}
		}
		if len(list) < page {
			break
		}
		after = &list[len(list)-1].Attestation
	}
	var units uint64 // of whole units and, below, of what is left over
	var rest int64
	for _, each := range balances {
		if each.balance > 0 {
			units += uint64(each.balance / sectorUnit)
			rest += each.balance % sectorUnit
			units += uint64(rest / sectorUnit)
			rest %= sectorUnit
		}
	}
	if units >= 1<<exposure.Sector.Bits() {
		return 0, exposure.ErrOutOfRange
	}
	return units, nil
}

// ofSector is the balance of a record of the sector; 0 for any other, and for one that was erased.
func (d *Duty) ofSector(record *store.Record, prefix string) (int64, error) {
	plain, err := records.Open(d.keys, record)
	if errors.Is(err, keys.ErrErased) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if !strings.HasPrefix(plain.Values[fieldSector], prefix) {
		return 0, nil
	}
	return number(plain.Values)
}

func number(values commitment.Record) (int64, error) {
	text, has := values[types.BalanceField]
	if !has {
		return 0, nil
	}
	return strconv.ParseInt(text, 10, 64)
}

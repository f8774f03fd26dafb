package types

import (
	"slices"
	"time"
)

// Limits of the parameters. They keep every deadline within what a time key can order (until 2262).
const (
	MaxBatchLimit       = 1000
	MaxQueueCap         = 1000
	MinInquiryLifetime  = time.Minute
	MaxInquiryLifetime  = 90 * 24 * time.Hour
	MinConsentValidity  = time.Hour
	MaxConsentValidity  = 10 * 366 * 24 * time.Hour
	maxPurposes         = 6
	defaultQueueCap     = 200
	defaultBatch        = 100
	defaultInquiryHours = 24
	defaultConsentDays  = 366
)

// DefaultParams are those of a new chain.
func DefaultParams() Params {
	return Params{
		MaxBatch:           defaultBatch,
		InquiryLifetime:    defaultInquiryHours * time.Hour,
		MaxConsentValidity: defaultConsentDays * 24 * time.Hour,
		ExemptPurposes:     []Purpose{PURPOSE_LEGAL_ORDER},
		QueueCap:           defaultQueueCap,
	}
}

// Validate checks each parameter's range.
func (p Params) Validate() error {
	switch {
	case p.MaxBatch < 1 || p.MaxBatch > MaxBatchLimit:
		return ErrInvalidParams.Wrapf("max_batch %d: choose 1 to %d", p.MaxBatch, MaxBatchLimit)
	case p.InquiryLifetime < MinInquiryLifetime || p.InquiryLifetime > MaxInquiryLifetime:
		return ErrInvalidParams.Wrapf("inquiry_lifetime %s: choose %s to %s", p.InquiryLifetime, MinInquiryLifetime, MaxInquiryLifetime)
	case p.MaxConsentValidity < MinConsentValidity || p.MaxConsentValidity > MaxConsentValidity:
		return ErrInvalidParams.Wrapf("max_consent_validity %s: choose %s to %s", p.MaxConsentValidity, MinConsentValidity, MaxConsentValidity)
	case p.QueueCap < 1 || p.QueueCap > MaxQueueCap:
		return ErrInvalidParams.Wrapf("queue_cap %d: choose 1 to %d", p.QueueCap, MaxQueueCap)
	case len(p.ExemptPurposes) > maxPurposes:
		return ErrInvalidParams.Wrapf("%d exempt_purposes: there are %d purposes", len(p.ExemptPurposes), maxPurposes)
	}
	for i, purpose := range p.ExemptPurposes {
		if !purpose.OfDataUser() {
			return ErrInvalidParams.Wrapf("exempt_purposes: %s is no purpose of a data user", purpose)
		}
		if i > 0 && purpose <= p.ExemptPurposes[i-1] {
			return ErrInvalidParams.Wrap("exempt_purposes: put them in ascending order, each once")
		}
	}
	return nil
}

// Exempt says whether the law lets a data user look for this purpose without consent.
func (p Params) Exempt(purpose Purpose) bool { return slices.Contains(p.ExemptPurposes, purpose) }

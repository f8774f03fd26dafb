package types

import "time"

// The Validate methods check the shape of stored records, as genesis files and invariants need it: what
// follows from the record alone. That addresses are addresses is for the keeper, which can read them.

// Validate checks a stored receipt.
func (r Receipt) Validate() error {
	if _, err := IDFromBytes("inquiry_id", r.InquiryId); err != nil {
		return err
	}
	if _, err := IDFromBytes("digest", r.Digest); err != nil {
		return err
	}
	if r.Time.IsZero() {
		return ErrInvalidReceipt.Wrap("time is missing")
	}
	return nil
}

// Validate checks a stored line of a trail.
func (e TrailEntry) Validate() error {
	if _, err := IDFromBytes("subject", e.Subject); err != nil {
		return err
	}
	if _, err := IDFromBytes("ref", e.Ref); err != nil {
		return err
	}
	_, kindKnown := TrailKind_name[int32(e.Kind)]
	_, purposeKnown := Purpose_name[int32(e.Purpose)]
	switch {
	case !kindKnown || e.Kind == TRAIL_KIND_UNSPECIFIED:
		return ErrInvalidGenesis.Wrapf("kind %d does not exist", e.Kind)
	case !purposeKnown:
		return ErrInvalidGenesis.Wrapf("purpose %d does not exist", e.Purpose)
	case e.Height < 0 || e.Time.IsZero():
		return ErrInvalidGenesis.Wrap("height and time name no block")
	}
	return nil
}

// Orderable says whether a time can be a key: its Unix nanoseconds must fit 64 bits, so it lies between
// 1970 and 2262.
func Orderable(t time.Time) bool {
	return t.Year() >= 1970 && t.Year() < 2262
}

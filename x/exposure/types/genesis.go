package types

import (
	"bytes"
	"fmt"

	"github.com/creditd/creditd/privacy/exposure"
)

// DefaultGenesis is a new chain's state: no rounds.
func DefaultGenesis() *GenesisState { return &GenesisState{Params: DefaultParams()} }

// Validate checks all that can be checked without an address codec.
func (gs GenesisState) Validate() error {
	if err := gs.Params.Validate(); err != nil {
		return err
	}
	parts := make(map[ID][]Part, len(gs.Rounds)) // asked for single rounds, never walked
	for i, part := range gs.Parts {
		id, err := IDFromBytes("round_id", part.RoundId)
		if err != nil {
			return ErrInvalidGenesis.Wrapf("part %d: %s", i, err)
		}
		parts[id] = append(parts[id], part)
	}
	used := 0
	seen := make(map[ID]struct{}, len(gs.Rounds))
	for i, round := range gs.Rounds {
		id, err := IDFromBytes("id", round.Id)
		if err == nil {
			if _, twice := seen[id]; twice {
				err = fmt.Errorf("%s is there twice", id)
			}
			seen[id] = struct{}{}
		}
		if err == nil {
			err = round.validate(parts[id])
		}
		if err != nil {
			return ErrInvalidGenesis.Wrapf("round %d: %s", i, err)
		}
		used += len(parts[id])
	}
	if used != len(gs.Parts) {
		return ErrInvalidGenesis.Wrapf("%d parts of rounds that are not there", len(gs.Parts)-used)
	}
	members := make(map[string]struct{}, len(gs.Conduct))
	for i, conduct := range gs.Conduct {
		if _, twice := members[conduct.Member]; twice || conduct.Member == "" {
			return ErrInvalidGenesis.Wrapf("conduct %d: each institution stands once", i)
		}
		members[conduct.Member] = struct{}{}
	}
	return nil
}

// validate checks a round with its parts.
func (r Round) validate(parts []Part) error {
	for _, field := range []struct {
		name string
		bz   []byte
		size []int
	}{
		{"asker_key", r.AskerKey, []int{32}},
		{"committee_key", r.CommitteeKey, []int{32}},
		{"cohort", r.Cohort, []int{32}},
		{"sum", r.Sum, []int{exposure.CiphertextSize}},
		{"result", r.Result, []int{0, exposure.CiphertextSize}},
	} {
		if !sized(field.bz, field.size...) {
			return fmt.Errorf("%s of %d bytes", field.name, len(field.bz))
		}
	}
	about := r.Kind.OfSubject() && sized(r.Subject, 32) && sized(r.InquiryId, 32) && r.Sector == 0 ||
		r.Kind == KIND_SECTOR && sized(r.Subject, 0) && sized(r.InquiryId, 0) && ValidSector(r.Sector)
	switch {
	case !about:
		return fmt.Errorf("%s with an inquiry of %d bytes and sector %d", r.Kind, len(r.InquiryId), r.Sector)
	case r.Status < STATUS_SUBMITTING || r.Status > STATUS_FAILED:
		return fmt.Errorf("status %d", r.Status)
	case (r.Status == STATUS_FAILED) != (r.Failure != FAILURE_UNSPECIFIED):
		return fmt.Errorf("%s with %s", r.Status, r.Failure)
	case (r.Status == STATUS_OPENED) != (len(r.Result) > 0):
		return fmt.Errorf("%s with a result of %d bytes", r.Status, len(r.Result))
	case r.Over() != (r.EndedHeight != 0):
		return fmt.Errorf("%s with ended_height %d", r.Status, r.EndedHeight)
	case r.SubmitUntil.After(r.ExpiresAt) || r.ExpiresAt.After(r.ForgetAt):
		return fmt.Errorf("its times are not in order")
	case len(parts) != int(r.Members) || r.Members > MaxMembers || r.Threshold < 1 || r.Threshold > r.Members:
		return fmt.Errorf("%d parts of %d members, threshold %d", len(parts), r.Members, r.Threshold)
	}
	return r.validateParts(parts)
}

func (r Round) validateParts(parts []Part) error {
	sum := exposure.Empty()
	var submitted, others, given, index uint32
	for _, part := range parts {
		attested := 0
		if r.Kind == KIND_EXPOSURE {
			attested = 32
		}
		switch {
		case part.Index <= index:
			return fmt.Errorf("part %d: parts ascend by index", part.Index)
		case !sized(part.PublicShare, 32) || !sized(part.Attested, attested) ||
			!sized(part.Ciphertext, 0, exposure.CiphertextSize) || !sized(part.Share, 0, exposure.ShareSize):
			return fmt.Errorf("part %d: a field has a wrong size", part.Index)
		case part.WrongShares > MaxWrongShares:
			return fmt.Errorf("part %d: %d wrong shares", part.Index, part.WrongShares)
		}
		index = part.Index
		if len(part.Ciphertext) > 0 {
			var err error
			if sum, err = exposure.Add(sum[:], part.Ciphertext); err != nil {
				return fmt.Errorf("part %d: %w", part.Index, err)
			}
			submitted++
			if part.Member != r.Asker {
				others++
			}
		}
		if len(part.Share) > 0 {
			given++
		}
	}
	if submitted != r.Submitted || others != r.SubmittedOthers || given != r.Given {
		return fmt.Errorf("it counts %d, %d and %d submissions, others' and shares; there are %d, %d and %d",
			r.Submitted, r.SubmittedOthers, r.Given, submitted, others, given)
	}
	if !bytes.Equal(sum[:], r.Sum) {
		return fmt.Errorf("its sum is not that of its parts")
	}
	return nil
}

func sized(bz []byte, sizes ...int) bool {
	for _, size := range sizes {
		if len(bz) == size {
			return true
		}
	}
	return false
}

package types

import (
	"fmt"
	"time"

	"cosmossdk.io/core/address"
)

// DefaultGenesis has no key: the members adopt one.
func DefaultGenesis() *GenesisState { return &GenesisState{Params: DefaultParams()} }

// Validate says what is wrong with a state. Every state of the module passes it.
func (gs *GenesisState) Validate(addresses address.Codec) error {
	if err := gs.Params.Validate(); err != nil {
		return err
	}
	for _, check := range []func(*GenesisState, address.Codec) error{
		checkEpochs, checkEvaluations, checkUsages, checkMatches, checkMigrations,
	} {
		if err := check(gs, addresses); err != nil {
			return ErrInvalidGenesis.Wrap(err.Error())
		}
	}
	return nil
}

func checkEpochs(gs *GenesisState, _ address.Codec) error {
	last := uint64(0)
	for _, epoch := range gs.Epochs {
		if epoch.Epoch <= last {
			return fmt.Errorf("key epoch %d after %d: their numbers ascend from 1", epoch.Epoch, last)
		}
		last = epoch.Epoch
		if err := ValidateKey(fmt.Sprintf("public_key of epoch %d", epoch.Epoch), epoch.PublicKey); err != nil {
			return err
		}
		if epoch.CommitteeId == 0 || epoch.AdoptedAt.IsZero() {
			return fmt.Errorf("key epoch %d has no committee or no time", epoch.Epoch)
		}
	}
	return nil
}

func checkEvaluations(gs *GenesisState, addresses address.Codec) error {
	var before ID
	for i, e := range gs.Evaluations {
		id, err := ascending(i, before, "evaluation", e.Id)
		if err != nil {
			return err
		}
		before = id
		by, err := canonical(addresses, "institution", e.Institution)
		if err != nil {
			return err
		}
		if err := ValidateHash("hash", e.Hash); err != nil {
			return err
		}
		if id != EvaluationID(by, e.Epoch, e.Hash) {
			return fmt.Errorf("evaluation %s is not of its institution, epoch and hash", id)
		}
		if e.Count < 1 || e.Count > MaxCount || !e.ExpiresAt.After(e.RequestedAt) || !hasEpoch(gs, e.Epoch) {
			return fmt.Errorf("evaluation %s has an impossible count, epoch or end", id)
		}
	}
	return nil
}

func hasEpoch(gs *GenesisState, number uint64) bool {
	for _, epoch := range gs.Epochs {
		if epoch.Epoch == number {
			return true
		}
	}
	return false
}

func checkUsages(gs *GenesisState, addresses address.Codec) error {
	seen := map[string]bool{}
	once := func(parts ...string) error {
		key := fmt.Sprint(parts)
		if seen[key] {
			return fmt.Errorf("usage of %v is there twice", parts)
		}
		seen[key] = true
		return nil
	}
	for _, usage := range gs.Usages {
		if _, err := canonical(addresses, "institution", usage.Institution); err != nil {
			return err
		}
		if usage.Requests == 0 || usage.Evaluations < usage.Requests || !wholeSeconds(usage.Window) {
			return fmt.Errorf("usage of %s at %s is impossible", usage.Institution, usage.Window)
		}
		if err := once(usage.Institution, usage.Window.UTC().String()); err != nil {
			return err
		}
	}
	for _, usage := range gs.MatchUsages {
		if _, err := canonical(addresses, "client", usage.Client); err != nil {
			return err
		}
		if _, err := canonical(addresses, "server", usage.Server); err != nil {
			return err
		}
		if usage.Items == 0 || usage.Client == usage.Server || !wholeSeconds(usage.Window) {
			return fmt.Errorf("usage of %s with %s at %s is impossible", usage.Client, usage.Server, usage.Window)
		}
		if err := once(usage.Client, usage.Server, usage.Window.UTC().String()); err != nil {
			return err
		}
	}
	return nil
}

func wholeSeconds(t time.Time) bool { return t.Unix() >= 0 && t.Nanosecond() == 0 }

func checkMatches(gs *GenesisState, addresses address.Codec) error {
	var before ID
	for i, m := range gs.Matches {
		id, err := ascending(i, before, "match", m.Id)
		if err != nil {
			return err
		}
		before = id
		if _, err := canonical(addresses, "client", m.Client); err != nil {
			return err
		}
		if _, err := canonical(addresses, "server", m.Server); err != nil {
			return err
		}
		if m.Client == m.Server || m.Count < 1 || m.Count > MaxMatchCount || !m.ExpiresAt.After(m.OpenedAt) {
			return fmt.Errorf("match %s has impossible sides, count or end", id)
		}
		if err := ValidateHash("root", m.Root); err != nil {
			return err
		}
		if err := checkProgress(m); err != nil {
			return fmt.Errorf("match %s: %w", id, err)
		}
	}
	return nil
}

// checkProgress: what a match has follows from its status.
func checkProgress(m Match) error {
	sides := 0
	for _, transcript := range [][]byte{m.ClientTranscript, m.ServerTranscript} {
		if len(transcript) == 0 {
			continue
		}
		sides++
		if err := ValidateHash("transcript", transcript); err != nil {
			return err
		}
	}
	equal := string(m.ClientTranscript) == string(m.ServerTranscript)
	possible := false
	switch m.Status {
	case MATCH_STATUS_OPEN:
		possible = len(m.ServerKey) == 0 && sides == 0
	case MATCH_STATUS_ACCEPTED:
		possible = len(m.ServerKey) != 0 && sides < 2
	case MATCH_STATUS_CLOSED:
		possible = len(m.ServerKey) != 0 && sides == 2 && equal
	case MATCH_STATUS_DIFFERS:
		possible = len(m.ServerKey) != 0 && sides == 2 && !equal
	case MATCH_STATUS_EXPIRED:
		possible = sides < 2 && (len(m.ServerKey) != 0 || sides == 0)
	}
	if !possible {
		return fmt.Errorf("a match that is %s cannot have what it has", m.Status)
	}
	if len(m.ServerKey) != 0 {
		return ValidateKey("server_key", m.ServerKey)
	}
	return nil
}

func checkMigrations(gs *GenesisState, addresses address.Codec) error {
	var before ID
	for i, m := range gs.Migrations {
		id, err := ascending(i, before, "migration", m.Old)
		if err != nil {
			return err
		}
		before = id
		to, err := IDFromBytes("new", m.New)
		if err != nil {
			return err
		}
		if to == id || len(m.Approvals) < 1 || len(m.Approvals) > MaxApprovals || m.DueAt.Before(m.ProposedAt) || !hasEpoch(gs, m.Epoch) {
			return fmt.Errorf("migration of %s has an impossible target, epoch, end or number of approvals", id)
		}
		seen := map[string]bool{}
		for _, text := range m.Approvals {
			if _, err := canonical(addresses, "approvals", text); err != nil {
				return err
			}
			if seen[text] {
				return fmt.Errorf("migration of %s is approved twice by %s", id, text)
			}
			seen[text] = true
		}
	}
	return nil
}

// ascending reads an id that comes after the one before.
func ascending(i int, before ID, what string, bz []byte) (ID, error) {
	id, err := IDFromBytes(what, bz)
	if err == nil && i > 0 && string(id.Bytes()) <= string(before.Bytes()) {
		err = fmt.Errorf("%s %s is not after %s: they are in the order of their ids", what, id, before)
	}
	return id, err
}

// canonical reads an address that must be in the spelling that the state has.
func canonical(addresses address.Codec, field, text string) ([]byte, error) {
	bz, err := addresses.StringToBytes(text)
	if err != nil {
		return nil, ErrInvalidAddress.Wrapf("%s: %s", field, err)
	}
	again, err := addresses.BytesToString(bz)
	if err == nil && again != text {
		err = ErrInvalidAddress.Wrapf("%s is spelt %.128q: write %s", field, text, again)
	}
	return bz, err
}

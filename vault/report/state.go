package report

import (
	"bytes"
	"context"
	"fmt"

	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/creditd/creditd/proof"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// maxStores: credit, attestation, institution and accounts.
const maxStores = 4

// state is the chain's at one height, read entry by entry in an order that follows from what was read before. Who makes a file
// asks a node and keeps what it answers; who checks one takes the same entries out of the file. Both verify all of it.
type state struct {
	appHash []byte
	entries []proof.Entry
	stores  []proof.Store
	roots   map[string][]byte
	read    int // entries so far
	ask     func(store string, key []byte) (entry, root []byte, err error)
}

// asked is a node's state.
func asked(ctx context.Context, node proof.Node, path proof.Path) *state {
	return &state{appHash: path.AppHash, roots: map[string][]byte{}, ask: func(store string, key []byte) ([]byte, []byte, error) {
		return proof.Ask(ctx, node, path.Height-1, store, key)
	}}
}

// kept is the state in a file.
func kept(p *Proofs, path proof.Path) *state {
	return &state{appHash: path.AppHash, entries: p.Entries, stores: p.Stores, roots: map[string][]byte{}}
}

// next is the proof of a key, and the root that it has to be under.
func (s *state) next(store string, key []byte) (encoded, root []byte, err error) {
	if s.ask != nil {
		entry, storeProof, err := s.ask(store, key)
		if err != nil {
			return nil, nil, err
		}
		s.entries = append(s.entries, proof.Entry{Store: store, Proof: entry})
		if s.roots[store] == nil {
			s.stores = append(s.stores, proof.Store{Name: store, Proof: storeProof})
		}
	}
	if s.read == len(s.entries) {
		return nil, nil, fmt.Errorf("entry %x of store %s is missing", key, store)
	}
	entry := s.entries[s.read]
	s.read++
	if entry.Store != store {
		return nil, nil, fmt.Errorf("the proof is of an entry in store %.40q, and not of %x in %s", entry.Store, key, store)
	}
	root, err = s.root(store)
	return entry.Proof, root, err
}

// root of a store, verified once, in the order in which stores are first read.
func (s *state) root(store string) ([]byte, error) {
	if root := s.roots[store]; root != nil {
		return root, nil
	}
	if len(s.roots) == len(s.stores) || s.stores[len(s.roots)].Name != store {
		return nil, fmt.Errorf("the root of store %s is missing", store)
	}
	root, err := proof.VerifyStore(s.stores[len(s.roots)], s.appHash)
	if err != nil {
		return nil, fmt.Errorf("root of store %s: %w", store, err)
	}
	s.roots[store] = root
	return root, nil
}

// get the value under a key; nil if there is none.
func (s *state) get(store string, key []byte) ([]byte, error) {
	encoded, root, err := s.next(store, key)
	if err != nil {
		return nil, err
	}
	value, err := proof.VerifyEntry(encoded, root, key)
	if err != nil {
		return nil, fmt.Errorf("entry %x of store %s: %w", key, store, err)
	}
	return value, nil
}

// pair is a key, without the prefix that was walked, and its value.
type pair struct{ key, value []byte }

// walk returns every entry under a prefix. That none is left out is proven: the proof that there is nothing right behind one
// names the next.
func (s *state) walk(store string, prefix []byte) ([]pair, error) {
	var found []pair
	for from := prefix; ; {
		encoded, root, err := s.next(store, from)
		if err != nil {
			return nil, err
		}
		key, value, err := proof.VerifyNext(encoded, root, from)
		if err != nil {
			return nil, fmt.Errorf("entries behind %x of store %s: %w", from, store, err)
		}
		switch {
		case key == nil || !bytes.HasPrefix(key, prefix):
			return found, nil
		case len(found) == maxRecords:
			return nil, fmt.Errorf("more than %d entries under %x", maxRecords, prefix)
		}
		found = append(found, pair{key[len(prefix):], value})
		from = append(bytes.Clone(key), 0) // the least key behind it
	}
}

// message is what generated protobuf types have.
type message interface {
	Marshal() ([]byte, error)
	Unmarshal([]byte) error
}

// must reads an entry that is there.
func (s *state) must(what, store string, key []byte, into message) error {
	found, err := s.may(what, store, key, into)
	if err == nil && !found {
		err = fmt.Errorf("the state has no %s", what)
	}
	return err
}

// may reads an entry that can be absent.
func (s *state) may(what, store string, key []byte, into message) (found bool, err error) {
	value, err := s.get(store, key)
	if err != nil || value == nil {
		return false, err
	}
	return true, proof.Decode(what, value, into)
}

// done refuses what was not read: nothing would cover it.
func (s *state) done() error {
	if s.read != len(s.entries) || len(s.roots) != len(s.stores) {
		return fmt.Errorf("%d entries and %d stores too many", len(s.entries)-s.read, len(s.stores)-len(s.roots))
	}
	return nil
}

// attestation with its status.
func (s *state) attestation(id attestationtypes.ID) (attestationtypes.Attestation, error) {
	a := attestationtypes.Attestation{Id: id.Bytes(), Status: attestationtypes.STATUS_ACTIVE}
	container, index := id.Container()
	var batch attestationtypes.Batch
	if err := s.must(fmt.Sprintf("batch %s", container), attestationtypes.StoreKey, attestationtypes.BatchStateKey(container), &batch); err != nil {
		return a, err
	}
	if int64(index) >= int64(len(batch.Statements)) {
		return a, fmt.Errorf("batch %s has %d attestations", container, len(batch.Statements))
	}
	statement := batch.Statements[index]
	a.SchemaId, a.Issuer, a.AccreditationId, a.IssuedAt = batch.SchemaId, batch.Issuer, batch.AccreditationId, batch.IssuedAt
	a.Subject, a.Commitment, a.ExpiresAt, a.ValidFrom = statement.Subject, statement.Commitment, statement.ExpiresAt, statement.ValidFrom
	a.CircuitCommitment, a.AmountCommitments, a.Reference = statement.CircuitCommitment, statement.AmountCommitments, statement.Reference
	var status attestationtypes.StatusEntry
	found, err := s.may("status", attestationtypes.StoreKey, attestationtypes.StatusStateKey(id), &status)
	if found {
		a.Status, a.Reason, a.SupersededBy, a.StatusSince = status.Status, status.Reason, status.SupersededBy, &status.Since
	}
	return a, err
}

// profile that a jurisdiction selects.
func (s *state) profile(jurisdiction string) (profile credittypes.Profile, err error) {
	code, err := s.get(credittypes.StoreKey, credittypes.JurisdictionStateKey(jurisdiction))
	if err != nil {
		return profile, err
	}
	if code == nil {
		var params credittypes.Params
		if err := s.must("parameters of x/credit", credittypes.StoreKey, credittypes.ParamsStateKey(), &params); err != nil {
			return profile, err
		}
		code = []byte(params.DefaultProfile)
	}
	if len(code) == 0 {
		return profile, nil // the line's clock cannot be checked, and says so
	}
	err = s.must("profile "+string(code), credittypes.StoreKey, credittypes.ProfileStateKey(string(code)), &profile)
	profile.Code = string(code)
	return profile, err
}

// accountKey is where an account is.
func accountKey(address []byte) []byte {
	return append(bytes.Clone(authtypes.AddressStoreKeyPrefix.Bytes()), address...)
}

package proof

import (
	"bytes"
	"errors"
	"fmt"

	ics23 "github.com/cosmos/ics23/go"
)

// maxEntries is more than any bundle has: six, and a path of at most maxAccreditations.
const maxEntries = 32

// reader gives the state's entries at one height. A nil value says that there is none under the key.
type reader interface {
	read(store string, key []byte) ([]byte, error)
}

// provenState reads the entries of a bundle in order, each proven under one app hash.
type provenState struct {
	appHash []byte
	entries []Entry
	stores  []Store
	roots   map[string][]byte
}

// read takes the next entry, which must be the one that is asked for.
func (s *provenState) read(store string, key []byte) ([]byte, error) {
	if len(s.entries) == 0 {
		return nil, fmt.Errorf("entry %x of store %s is missing", key, store)
	}
	entry := s.entries[0]
	s.entries = s.entries[1:]
	if entry.Store != store {
		return nil, fmt.Errorf("the proof is of an entry in store %.40q, and not of %x in %s", entry.Store, key, store)
	}
	root, err := s.root(store)
	if err != nil {
		return nil, err
	}
	value, err := VerifyEntry(entry.Proof, root, key)
	if err != nil {
		return nil, fmt.Errorf("entry %x of store %s: %w", key, store, err)
	}
	return value, nil
}

// root of a store, proven once.
func (s *provenState) root(store string) ([]byte, error) {
	if root, known := s.roots[store]; known {
		return root, nil
	}
	if len(s.stores) == 0 || s.stores[0].Name != store {
		return nil, fmt.Errorf("the root of store %s is missing", store)
	}
	root, err := VerifyStore(s.stores[0], s.appHash)
	if err != nil {
		return nil, fmt.Errorf("root of store %s: %w", store, err)
	}
	s.roots[store], s.stores = root, s.stores[1:]
	return root, nil
}

// done refuses what was not read: it would not be covered by anything.
func (s *provenState) done() error {
	if len(s.entries) > 0 || len(s.stores) > 0 {
		return fmt.Errorf("%d entries and %d stores too many", len(s.entries), len(s.stores))
	}
	return nil
}

// VerifyStore proves the root of a store under the app hash, which is a Merkle tree over the stores' names and roots.
func VerifyStore(store Store, appHash []byte) (root []byte, err error) {
	proof, err := DecodeProof(store.Proof)
	if err != nil {
		return nil, err
	}
	exist := proof.GetExist()
	if exist == nil {
		return nil, errors.New("the proof is of absence")
	}
	if err := exist.Verify(ics23.TendermintSpec, appHash, []byte(store.Name), exist.Value); err != nil {
		return nil, fmt.Errorf("not under the app hash %x of the header: %w", appHash, err)
	}
	return exist.Value, nil
}

// VerifyEntry proves that the key has the value that is returned, nil for none, under the root of its store.
func VerifyEntry(encoded, root, key []byte) (value []byte, err error) {
	// ics23 indexes paths without looking at their length. Such paths do not get past the hashes before, as far as
	// anybody knows; a crash on a stranger's input is not worth the bet.
	defer func() {
		if failure := recover(); failure != nil {
			err = fmt.Errorf("malformed proof: %v", failure)
		}
	}()
	proof, err := DecodeProof(encoded)
	if err != nil {
		return nil, err
	}
	if exist := proof.GetExist(); exist != nil {
		if len(exist.Value) == 0 {
			return nil, errors.New("an entry without a value")
		}
		return exist.Value, exist.Verify(ics23.IavlSpec, root, key, exist.Value)
	}
	absent := proof.GetNonexist()
	// The key in it is covered by nothing else.
	if !bytes.Equal(absent.Key, key) {
		return nil, fmt.Errorf("the proof is of the absence of %x", absent.Key)
	}
	return nil, absent.Verify(ics23.IavlSpec, root, key)
}

// VerifyNext proves which entry is the first at a key or behind it, under the root of its store; a nil key says that there
// is none. Who asks on from there has every entry: a walk by it leaves out nothing.
func VerifyNext(encoded, root, from []byte) (key, value []byte, err error) {
	value, err = VerifyEntry(encoded, root, from)
	if err != nil || value != nil {
		return from, value, err
	}
	proof, err := DecodeProof(encoded)
	if err != nil {
		return nil, nil, err
	}
	next := proof.GetNonexist().Right // proven with the absence: both neighbours are
	if next == nil {
		return nil, nil, nil
	}
	if len(next.Value) == 0 {
		return nil, nil, errors.New("an entry without a value")
	}
	return next.Key, next.Value, nil
}

// DecodeProof reads a proof of one entry; those of several, and compressed ones, are not written.
func DecodeProof(encoded []byte) (*ics23.CommitmentProof, error) {
	proof := new(ics23.CommitmentProof)
	if err := Decode("proof", encoded, proof); err != nil {
		return nil, err
	}
	if proof.GetExist() == nil && proof.GetNonexist() == nil {
		return nil, errors.New("neither a proof of existence nor of absence")
	}
	return proof, nil
}

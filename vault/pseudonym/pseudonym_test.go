package pseudonym_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"testing"

	"github.com/gtank/ristretto255"
	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/oprf"
	"github.com/creditd/creditd/vault/agent"
	"github.com/creditd/creditd/vault/pseudonym"
	committeetypes "github.com/creditd/creditd/x/committee/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	pseudonymtypes "github.com/creditd/creditd/x/pseudonym/types"
)

var (
	errSilent = errors.New("the vault does not answer")
	asker     = sdk.AccAddress(bytes.Repeat([]byte{1}, 20))
)

// digester is the key of a vault.
type digester byte

func (d digester) Digest(parts ...[]byte) [32]byte {
	h := hmac.New(sha256.New, []byte{byte(d)})
	for _, part := range parts {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part))))
		h.Write(part)
	}
	return [32]byte(h.Sum(nil))
}

type safe map[string][]byte

func (s safe) Put(_ context.Context, scope, name string, value []byte) error {
	if len(value) > agent.MaxSecret {
		return errors.New("too large")
	}
	s[scope+":"+name] = bytes.Clone(value)
	return nil
}

func (s safe) Get(_ context.Context, scope, name string) ([]byte, error) {
	value, there := s[scope+":"+name]
	if !there {
		return nil, agent.ErrNoSecret
	}
	return bytes.Clone(value), nil
}

func (safe) Destroy(context.Context, string) error { return nil }

// world is a chain with a committee of three, any two of whom evaluate, and their vaults.
type world struct {
	epoch     pseudonymtypes.KeyEpoch
	committee committeetypes.Committee
	keys      map[string]*oprf.Key
	silent    map[string]bool
	lying     map[string]bool
	maxCount  uint32
	requests  map[[32]byte]uint32 // that the chain has, with their counts
	counted   uint32
}

func scalar(t *testing.T) *ristretto255.Scalar {
	t.Helper()
	secret := oprf.GenerateKey().Secret()
	s, err := ristretto255.NewScalar().SetCanonicalBytes(secret[:])
	require.NoError(t, err)
	return s
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{keys: map[string]*oprf.Key{}, silent: map[string]bool{}, lying: map[string]bool{}, maxCount: 100, requests: map[[32]byte]uint32{}}
	share, step := scalar(t), scalar(t)
	public := ristretto255.NewIdentityElement().ScalarBaseMult(share).Bytes()
	w.epoch = pseudonymtypes.KeyEpoch{Epoch: 1, PublicKey: public}
	w.committee = committeetypes.Committee{Id: 7, Epoch: 1, Purpose: committeetypes.PURPOSE_PSEUDONYM, Status: committeetypes.STATUS_ACTIVE, Threshold: 2, PublicKey: public}
	for index := uint32(1); index <= 3; index++ {
		share = ristretto255.NewScalar().Add(share, step)
		key, err := oprf.NewKey([32]byte(share.Bytes()))
		require.NoError(t, err)
		operator, half := fmt.Sprint("bank ", index), key.Public()
		w.keys[operator] = key
		w.committee.Members = append(w.committee.Members, committeetypes.Member{Operator: operator, Index: index, State: committeetypes.MEMBER_STATE_HOLDER, PublicShare: half[:]})
	}
	return w
}

func (w *world) KeyEpoch(context.Context) (pseudonymtypes.KeyEpoch, error) { return w.epoch, nil }

func (w *world) Committee(context.Context) (committeetypes.Committee, error) { return w.committee, nil }

func (w *world) Params(context.Context) (pseudonymtypes.Params, error) {
	return pseudonymtypes.Params{MaxCount: w.maxCount}, nil
}

func (w *world) Send(_ context.Context, msgs ...sdk.Msg) error {
	msg := msgs[0].(*pseudonymtypes.MsgRequestEvaluations)
	id := [32]byte(pseudonymtypes.EvaluationID(asker, msg.Epoch, msg.Hash))
	if _, there := w.requests[id]; there {
		return pseudonymtypes.ErrDuplicate
	}
	w.requests[id] = msg.Count
	w.counted += msg.Count
	return nil
}

func (w *world) Evaluate(_ context.Context, holder string, request [32]byte, _ uint64, elements []oprf.Element) ([]oprf.Element, []oprf.Proof, error) {
	if w.silent[holder] || w.requests[request] != uint32(len(elements)) {
		return nil, nil, errSilent
	}
	if w.lying[holder] {
		return oprf.GenerateKey().Evaluate(elements)
	}
	return w.keys[holder].Evaluate(elements)
}

func (w *world) deriver(secrets safe, key digester) *pseudonym.Deriver {
	return &pseudonym.Deriver{Operator: asker, Chain: w, Vaults: w, Cache: &pseudonym.Cache{Secrets: secrets, Keys: key, ChainID: "test-1"}}
}

func firms(n int) []pseudonym.Subject {
	all := make([]pseudonym.Subject, n)
	for i := range all {
		all[i] = pseudonym.Subject{Kind: credittypes.SUBJECT_KIND_LEGAL_ENTITY, Identity: fmt.Sprintf("FIRM%06d", i)}
	}
	return all
}

// The same number has the same pseudonym in every vault, and is asked for once in each.
func TestDerive(t *testing.T) {
	w, secrets := newWorld(t), safe{}
	w.maxCount = 4
	var steps []int
	d := w.deriver(secrets, 1)
	d.Progress = func(done, all int) { steps = append(steps, done) }
	list := append(firms(10), firms(3)...) // some twice
	first, epoch, err := d.Derive(t.Context(), list)
	require.NoError(t, err)
	require.EqualValues(t, 1, epoch)
	require.Len(t, first, 10)
	require.EqualValues(t, 10, w.counted)
	require.Equal(t, []int{4, 8, 10}, steps)

	again, _, err := w.deriver(secrets, 1).Derive(t.Context(), firms(10))
	require.NoError(t, err)
	require.Equal(t, first, again, "from the store")
	require.EqualValues(t, 10, w.counted)
	elsewhere, _, err := w.deriver(safe{}, 2).Derive(t.Context(), firms(10))
	require.NoError(t, err)
	require.Equal(t, first, elsewhere)
	require.EqualValues(t, 20, w.counted)
	for name, value := range secrets {
		require.NotContains(t, name+string(value), "FIRM")
	}
	derived := pseudonym.Derived(first)
	_, err = derived.Pseudonym(credittypes.SUBJECT_KIND_LEGAL_ENTITY, "FIRM999999")
	require.ErrorContains(t, err, "run the command again")
}

// Who got too few answers asks for the same again and pays nothing more.
func TestARetryCostsNothing(t *testing.T) {
	w, secrets := newWorld(t), safe{}
	w.maxCount = 4
	w.silent["bank 1"], w.silent["bank 2"] = true, true
	_, _, err := w.deriver(secrets, 1).Derive(t.Context(), firms(6))
	require.ErrorIs(t, err, pseudonym.ErrQuorum)
	require.EqualValues(t, 4, w.counted)
	_, _, err = w.deriver(secrets, 1).Derive(t.Context(), firms(6))
	require.ErrorIs(t, err, pseudonym.ErrQuorum)
	require.EqualValues(t, 4, w.counted)
	w.silent["bank 1"] = false
	found, _, err := w.deriver(secrets, 1).Derive(t.Context(), firms(6))
	require.NoError(t, err)
	require.Len(t, found, 6)
	require.EqualValues(t, 6, w.counted)

	require.Len(t, w.requests, 2)
	_, _, err = w.deriver(safe{}, 2).Derive(t.Context(), firms(6))
	require.NoError(t, err)
	require.Len(t, w.requests, 4, "another vault blinds the same numbers otherwise")
}

// A vault that lies is named and passed over; a committee that does not hold the key is not asked.
func TestALiarIsPassedOver(t *testing.T) {
	w := newWorld(t)
	w.lying["bank 1"] = true
	var named []string
	d := w.deriver(safe{}, 1)
	d.Warn = func(holder string, err error) { named = append(named, holder) }
	_, _, err := d.Derive(t.Context(), firms(2))
	require.NoError(t, err)
	require.Equal(t, []string{"bank 1"}, named)
	w.committee.PublicKey = w.committee.Members[0].PublicShare
	_, _, err = w.deriver(safe{}, 1).Derive(t.Context(), firms(2))
	require.ErrorContains(t, err, "no committee holds the key")
}

// What does not fit into one secret is in several, and all are read.
func TestCacheOverManySecrets(t *testing.T) {
	secrets := safe{}
	cache := &pseudonym.Cache{Secrets: secrets, Keys: digester(1), ChainID: "test-1"}
	require.NoError(t, cache.Load(t.Context(), 3))
	inputs, pseudonyms := make([][]byte, 300), make([][32]byte, 300)
	for i := range inputs {
		inputs[i], pseudonyms[i] = fmt.Appendf(nil, "input %d", i), sha256.Sum256([]byte{byte(i), byte(i >> 8)})
	}
	require.NoError(t, cache.Add(t.Context(), inputs[:150], pseudonyms[:150]))
	require.NoError(t, cache.Add(t.Context(), inputs[150:], pseudonyms[150:]))
	require.Greater(t, len(secrets), 3)
	again := &pseudonym.Cache{Secrets: secrets, Keys: digester(1), ChainID: "test-1"}
	require.NoError(t, again.Load(t.Context(), 3))
	for i := range inputs {
		got, there := again.Get(inputs[i])
		require.True(t, there)
		require.Equal(t, pseudonyms[i], got)
	}
	require.NoError(t, again.Load(t.Context(), 4))
	require.False(t, again.Has(inputs[0]), "another epoch has others")
}

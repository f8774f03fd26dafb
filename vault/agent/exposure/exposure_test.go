package exposure

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gtank/ristretto255"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/exposure"
	"github.com/creditd/creditd/vault/agent"
	"github.com/creditd/creditd/vault/records"
	"github.com/creditd/creditd/vault/store"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
	"github.com/creditd/creditd/x/attestation/testutil"
	committeetypes "github.com/creditd/creditd/x/committee/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	"github.com/creditd/creditd/x/exposure/types"
)

var (
	alice, merged = [32]byte(testutil.Bytes("alice")), [32]byte(testutil.Bytes("merged"))
	bank, asker   = testutil.Address("bank"), testutil.Address("asker")
	now           = time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)
)

// open wraps nothing.
type open struct{}

func (open) Wrap(key []byte, _ [32]byte, _ []byte) ([]byte, error) { return bytes.Clone(key), nil }

func (open) Unwrap(key []byte, _ [32]byte, _ []byte) ([]byte, error) { return bytes.Clone(key), nil }

// shelf is the vault's store.
type shelf []store.Record

func (s shelf) OfSubject(_ context.Context, subject [32]byte, _ int) ([]store.Record, error) {
	return slices.DeleteFunc(slices.Clone(s), func(r store.Record) bool { return r.Subject != subject }), nil
}

func (s shelf) Records(_ context.Context, after *[32]byte, limit int) ([]store.Record, error) {
	if after != nil {
		i := slices.IndexFunc(s, func(r store.Record) bool { return r.Attestation == *after })
		s = s[i+1:]
	}
	return s[:min(limit, len(s))], nil
}

// safe has secrets by scope and name.
type safe map[string][]byte

func (s safe) Put(_ context.Context, scope, name string, value []byte) error {
	s[scope+":"+name] = value
	return nil
}

func (s safe) Get(_ context.Context, scope, name string) ([]byte, error) {
	value, known := s[scope+":"+name]
	if !known {
		return nil, agent.ErrNoSecret
	}
	return bytes.Clone(value), nil
}

func (safe) Destroy(context.Context, string) error { return nil }

// chain answers with one duty and keeps what is sent.
type chain struct {
	due    types.Duty
	proven *types.Duty // what the chain has where the node lies; nil for due
	sent   []sdk.Msg
	refuse error
}

// truth is what is proven.
func (c *chain) truth() types.Duty {
	if c.proven != nil {
		return *c.proven
	}
	return c.due
}

func (*chain) WaitFor(context.Context, int64) error { return nil }

func (c *chain) Committee(_ context.Context, id uint64) (committeetypes.Committee, error) {
	round := c.truth().Round
	if id != round.CommitteeId {
		return committeetypes.Committee{}, client.ErrNotFound
	}
	return committeetypes.Committee{Id: id, Purpose: committeetypes.PURPOSE_EXPOSURE, Epoch: round.Epoch, PublicKey: round.CommitteeKey}, nil
}

func (c *chain) Round(_ context.Context, id [32]byte) (types.Round, error) {
	if !bytes.Equal(id[:], c.truth().Round.Id) {
		return types.Round{}, client.ErrNotFound
	}
	return c.truth().Round, nil
}

func (c *chain) Part(_ context.Context, _ [32]byte, index uint32) (types.Part, error) {
	if index != c.truth().Part.Index {
		return types.Part{}, client.ErrNotFound
	}
	return c.truth().Part, nil
}

func (*chain) ID() string                       { return "test-1" }
func (*chain) Operator() string                 { return bank.String() }
func (*chain) Height() int64                    { return 5 }
func (*chain) Time() time.Time                  { return now }
func (c *chain) Conn() grpc.ClientConnInterface { return c }
func (c *chain) Send(_ context.Context, msgs ...sdk.Msg) error {
	c.sent = append(c.sent, msgs...)
	return c.refuse
}

func (c *chain) Invoke(_ context.Context, method string, _, reply any, _ ...grpc.CallOption) error {
	if strings.HasSuffix(method, "/Duties") {
		reply.(*types.QueryDutiesResponse).Duties = []types.Duty{c.due}
		return nil
	}
	reply.(*credittypes.QuerySubjectResponse).Subject = credittypes.Subject{Pseudonym: alice[:], Aliases: [][]byte{merged[:]}}
	return nil
}

func (*chain) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	panic("not used")
}

// desk is a vault with records of alice, and a round that asks for its part.
type desk struct {
	t      *testing.T
	duty   *Duty
	shelf  shelf
	secret *ristretto255.Scalar
	chain  *chain
}

func scalar(t *testing.T) *ristretto255.Scalar {
	t.Helper()
	key, err := exposure.NewKey(rand.Reader)
	require.NoError(t, err)
	bz := key.Bytes()
	s, err := ristretto255.NewScalar().SetCanonicalBytes(bz[:])
	require.NoError(t, err)
	return s
}

func newDesk(t *testing.T, kind types.Kind) *desk {
	t.Helper()
	d := &desk{t: t, secret: scalar(t)}
	key, err := exposure.NewKey(rand.Reader)
	require.NoError(t, err)
	public, sum := key.Public(), exposure.Empty()
	d.chain = &chain{due: types.Duty{
		Round: types.Round{
			Id: testutil.Bytes("round"), Kind: kind, Asker: asker.String(), AskerKey: public[:], InquiryId: testutil.Bytes("inquiry"),
			Subject: alice[:], CommitteeId: 7, Epoch: 3, Cohort: testutil.Bytes("cohort"), Status: types.STATUS_SUBMITTING, Sum: sum[:],
			CommitteeKey: ristretto255.NewIdentityElement().ScalarBaseMult(scalar(t)).Bytes(),
			SubmitUntil:  now.Add(time.Minute), ExpiresAt: now.Add(time.Hour), ForgetAt: now.Add(2 * time.Hour),
		},
		Part: types.Part{
			Index: 2, Member: bank.String(), PublicShare: ristretto255.NewIdentityElement().ScalarBaseMult(d.secret).Bytes(),
		},
	}}
	if kind == types.KIND_SECTOR {
		d.chain.due.Round.Subject, d.chain.due.Round.InquiryId, d.chain.due.Round.Sector = nil, nil, 4411
	}
	d.record(alice, 1, 1, commitment.Record{"balance": "3000000", "opened": "2020-01-01", "sector": "441110"})
	d.record(merged, 2, 1, commitment.Record{"balance": "2500000", "opened": "2020-01-01", "sector": "441120"})
	secrets := safe{"committee/test-1/7:share": append(binary.BigEndian.AppendUint32(nil, 2), d.secret.Bytes()...)}
	d.duty = New(secrets, d.chain, d.shelf, open{}, slog.New(slog.DiscardHandler))
	return d
}

// record puts a version of a tradeline into the vault and lets the round count it.
func (d *desk) record(subject [32]byte, tradeline byte, version uint32, values commitment.Record) {
	d.t.Helper()
	definition, found := schemas.ByName(schemas.TradelineFirm)
	require.True(d.t, found)
	plain := records.Plain{Values: values, Seed: commitment.Seed{tradeline, byte(version)}}
	statement, err := records.Statement(definition.Layout(), subject, plain)
	require.NoError(d.t, err)
	r := store.Record{
		Attestation: [32]byte{tradeline, byte(version)}, Tradeline: [32]byte{tradeline}, Schema: definition.ID(), Subject: subject,
		Version: version, State: store.Committed,
	}
	require.NoError(d.t, records.Seal(open{}, plain, &r))
	d.shelf = append(d.shelf, r)
	part := &d.chain.due.Part
	if d.chain.due.Round.Kind != types.KIND_EXPOSURE {
		return
	}
	part.AttestationIds = append(part.AttestationIds, r.Attestation[:])
	sum := statement.AmountCommitments[0]
	if part.Attested != nil {
		added, err := commit.Add(part.Attested, sum)
		require.NoError(d.t, err)
		sum = added[:]
	}
	part.Attested = sum
}

// submitted is the ciphertext of the one message that was sent, which the chain would take.
func (d *desk) submitted() []byte {
	d.t.Helper()
	require.Len(d.t, d.chain.sent, 1)
	msg := d.chain.sent[0].(*types.MsgSubmit)
	round := d.chain.due.Round
	ciphertext, err := exposure.Verify(round.Statement("test-1", asker), bank, d.chain.due.Part.AttestedOf(round.Kind), msg.Submission)
	require.NoError(d.t, err)
	return ciphertext[:]
}

func TestBalanceOfAllPseudonyms(t *testing.T) {
	d := newDesk(t, types.KIND_EXPOSURE)
	require.NoError(t, d.duty.Block(t.Context(), d.chain))
	d.submitted() // the proof is bound to the sum of the commitments: it verifies for 5,500,000 alone
	opening, err := d.duty.number(t.Context(), d.chain, d.chain.due)
	require.NoError(t, err)
	require.EqualValues(t, 5_500_000, opening.Value)
}

func TestNothingIsSentWithoutTheRecords(t *testing.T) {
	d := newDesk(t, types.KIND_EXPOSURE)
	d.chain.due.Part.AttestationIds = append(d.chain.due.Part.AttestationIds, testutil.Bytes("of a lost record"))
	require.ErrorIs(t, d.duty.Block(t.Context(), d.chain), errMissing)
	require.Empty(t, d.chain.sent)

	d = newDesk(t, types.KIND_EXPOSURE)
	d.record(alice, 3, 1, commitment.Record{"balance": "-9000000"})
	d.duty.records = d.shelf
	require.ErrorIs(t, d.duty.Block(t.Context(), d.chain), ErrNegative)

	d = newDesk(t, types.KIND_EXPOSURE)
	d.chain.due.Part.Attested = make([]byte, 32)
	require.ErrorIs(t, d.duty.Block(t.Context(), d.chain), exposure.ErrRecords, "the chain counted something else")
	require.Empty(t, d.chain.sent)
}

func TestCount(t *testing.T) {
	d := newDesk(t, types.KIND_COUNT)
	opening, err := d.duty.number(t.Context(), d.chain, d.chain.due)
	require.NoError(t, err)
	require.Zero(t, opening.Value, "its accounts are old")
	d.record(merged, 3, 1, commitment.Record{"balance": "1", "opened": "2027-01-15"})
	d.duty.records = d.shelf
	opening, err = d.duty.number(t.Context(), d.chain, d.chain.due)
	require.NoError(t, err)
	require.EqualValues(t, 1, opening.Value)
	require.NoError(t, d.duty.Block(t.Context(), d.chain))
	d.submitted()
}

func TestSectorCountsTheLastVersions(t *testing.T) {
	d := newDesk(t, types.KIND_SECTOR)
	d.record(alice, 1, 2, commitment.Record{"balance": "4600000", "sector": "441110"})
	d.record(alice, 4, 1, commitment.Record{"balance": "7000000", "sector": "500000"})
	d.record(alice, 5, 1, commitment.Record{"balance": "-8000000", "sector": "441110"})
	d.duty.records = d.shelf
	opening, err := d.duty.number(t.Context(), d.chain, d.chain.due)
	require.NoError(t, err)
	require.EqualValues(t, 7, opening.Value, "4.6 and 2.5 million, in millions, rounded down")
	require.NoError(t, d.duty.Block(t.Context(), d.chain))
	d.submitted()
}

func TestShare(t *testing.T) {
	d := newDesk(t, types.KIND_EXPOSURE)
	require.NoError(t, d.duty.Block(t.Context(), d.chain))
	ciphertext := d.submitted()
	d.chain.sent, d.chain.due.Round.Sum, d.chain.due.Round.Status = nil, ciphertext, types.STATUS_OPENING
	require.NoError(t, d.duty.Block(t.Context(), d.chain))
	require.Len(t, d.chain.sent, 1)
	msg := d.chain.sent[0].(*types.MsgGiveShare)
	round := d.chain.due.Round
	require.NoError(t, exposure.VerifyShare(round.Statement("test-1", asker), bank, round.Sum, d.chain.due.Part.PublicShare, msg.Share))

	d.chain.sent, d.chain.due.Part.Index = nil, 3
	require.ErrorContains(t, d.duty.Block(t.Context(), d.chain), "not the one that the chain knows")
	d.chain.due.Round.CommitteeId = 8
	require.ErrorIs(t, d.duty.Block(t.Context(), d.chain), agent.ErrNoSecret)
	require.Empty(t, d.chain.sent, "no share is better than a wrong one, which would be on record")
}

func TestOverAndDone(t *testing.T) {
	d := newDesk(t, types.KIND_COUNT)
	d.chain.refuse = types.ErrDoneBefore
	require.NoError(t, d.duty.Block(t.Context(), d.chain), "sent before a kill: the chain has it")
	d.chain.refuse = types.ErrInvalidSubmission
	require.ErrorIs(t, d.duty.Block(t.Context(), d.chain), types.ErrInvalidSubmission)
	d.chain.sent, d.chain.due.Round.SubmitUntil = nil, now
	require.NoError(t, d.duty.Block(t.Context(), d.chain))
	require.Empty(t, d.chain.sent, "its time is over")
}

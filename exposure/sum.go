// Package exposure is the asker's side of sums over institutions (x/exposure): it makes the key of a round, checks what a node
// says about a round, and reads the total, which nobody else can.
package exposure

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/exposure"
	"github.com/creditd/creditd/x/exposure/types"
)

// ErrNotOpened: there is no total to read, yet or at all.
var ErrNotOpened = errors.New("the round has no total")

// ErrLie: what the node says about a round does not fit together.
var ErrLie = errors.New("the node's answer about the round does not hold: ask another node")

// Question is what a round asks.
type Question struct {
	Kind    types.Kind
	Inquiry []byte // 32 bytes, of a question about a subject
	Sector  uint32 // NAICS code, of one about a sector
}

// Asked is a question with the key that reads its answer.
type Asked struct {
	Message *types.MsgOpenRound
	Round   types.ID
	Key     exposure.Key
}

// Ask makes the message that opens a round, and the key. The key must be stored before the message is sent: without it nobody
// reads the total, and the round cannot be opened again for its interval.
func Ask(chainID string, asker sdk.AccAddress, q Question) (Asked, error) {
	key, err := exposure.NewKey(rand.Reader)
	if err != nil {
		return Asked{}, err
	}
	about := q.Inquiry
	if q.Kind == types.KIND_SECTOR {
		about = types.SectorID(q.Sector).Bytes()
	}
	possession, err := exposure.Possession{ChainID: chainID, Asker: asker, Kind: exposure.Kind(q.Kind), About: about}.Prove(rand.Reader, key)
	if err != nil {
		return Asked{}, err
	}
	public := key.Public()
	return Asked{
		Message: &types.MsgOpenRound{
			Asker: asker.String(), Kind: q.Kind, InquiryId: q.Inquiry, Sector: q.Sector, AskerKey: public[:], Possession: possession,
		},
		Round: types.RoundID(asker, q.Kind, about, public[:]),
		Key:   key,
	}, nil
}

// Total is the answer.
type Total struct {
	Value   uint64
	Members uint32   // of the cohort
	Silent  []string // members whose numbers are not in it
}

// Read checks the node's answer about an opened round and decrypts the total. It takes a second or two; progress hears how far
// it is, from 0 to 1.
func Read(ctx context.Context, chainID string, key exposure.Key, answer *types.QueryRoundResponse, progress func(float64)) (Total, error) {
	round := answer.Round
	if round.Status != types.STATUS_OPENED {
		return Total{}, fmt.Errorf("%w: it is %s", ErrNotOpened, Describe(round))
	}
	if public := key.Public(); !bytes.Equal(public[:], round.AskerKey) {
		return Total{}, errors.New("this key is not the one that the round was opened with")
	}
	if err := Check(chainID, answer); err != nil {
		return Total{}, err
	}
	point, err := exposure.Decrypt(key, round.Result)
	if err != nil {
		return Total{}, err
	}
	total := Total{Members: round.Members, Silent: Silent(answer)}
	total.Value, err = exposure.Find(ctx, point, exposure.Kind(round.Kind).Max(int(round.Submitted)), progress)
	return total, err
}

// Check repeats what the chain did: the submissions add up to the sum, every share verifies for it, and the shares combine to
// the result. Of a node it trusts who the members are, their public shares, and that their submissions were verified.
func Check(chainID string, answer *types.QueryRoundResponse) error {
	round := answer.Round
	asker, err := sdk.AccAddressFromBech32(round.Asker)
	if err != nil {
		return err
	}
	fields := [][]byte{round.Id, round.Cohort, round.CommitteeKey, round.AskerKey}
	if round.Kind.OfSubject() {
		fields = append(fields, round.Subject)
	}
	for _, bz := range fields {
		if len(bz) != 32 {
			return fmt.Errorf("%w: a field of the round has %d bytes, not 32", ErrLie, len(bz))
		}
	}
	statement := round.Statement(chainID, asker)
	sum := exposure.Empty()
	var given []exposure.Given
	for _, part := range answer.Parts {
		if len(part.Ciphertext) > 0 {
			if sum, err = exposure.Add(sum[:], part.Ciphertext); err != nil {
				return fmt.Errorf("%w: the submission of %s: %w", ErrLie, part.Member, err)
			}
		}
		if len(part.Share) == 0 {
			continue
		}
		member, err := sdk.AccAddressFromBech32(part.Member)
		if err != nil {
			return err
		}
		if err := exposure.VerifyShare(statement, member, round.Sum, part.PublicShare, part.Share); err != nil {
			return fmt.Errorf("%w: the share of %s: %w", ErrLie, part.Member, err)
		}
		given = append(given, exposure.Given{Index: part.Index, Share: part.Share})
	}
	if !bytes.Equal(sum[:], round.Sum) {
		return fmt.Errorf("%w: the submissions do not add up to the sum", ErrLie)
	}
	result, err := exposure.Combine(round.Sum, given)
	if err != nil || !bytes.Equal(result[:], round.Result) {
		return fmt.Errorf("%w: the shares do not combine to the result", ErrLie)
	}
	return nil
}

// Silent are the members whose numbers are not in the sum.
func Silent(answer *types.QueryRoundResponse) []string {
	var silent []string
	for _, part := range answer.Parts {
		if len(part.Ciphertext) == 0 {
			silent = append(silent, part.Member)
		}
	}
	return silent
}

// Unit of the totals of a kind, in words.
func Unit(kind types.Kind) string {
	switch kind {
	case types.KIND_COUNT:
		return "institutions"
	case types.KIND_SECTOR:
		return "millions of minor units"
	}
	return "minor units"
}

// Describe says in words how far a round is.
func Describe(round types.Round) string {
	switch round.Status {
	case types.STATUS_SUBMITTING:
		return fmt.Sprintf("waiting for submissions: %d of %d are there", round.Submitted, round.Members)
	case types.STATUS_OPENING:
		return fmt.Sprintf("waiting for shares: %d of %d are there", round.Given, round.Threshold)
	case types.STATUS_FAILED:
		return fmt.Sprintf("over without a total: %s", round.Failure)
	}
	return "answered: the asker can read the total"
}

package keeper_test

import (
	"bytes"
	"crypto/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/threshold"
	"github.com/creditd/creditd/x/committee/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// identity and a non-canonical encoding (RFC 9496 A.3: a negative field element), each of 32 bytes.
var (
	identity     = make([]byte, 32)
	nonCanonical = append([]byte{0x01}, bytes.Repeat([]byte{0xff}, 31)...)
)

func TestEnlistRefusals(t *testing.T) {
	f := newFixture(t)
	enlist := func(operator string, purpose types.Purpose) error {
		_, err := f.msg.Enlist(f.ctx, &types.MsgEnlist{Operator: operator, Purpose: purpose})
		return err
	}
	withdraw := func(operator string, purpose types.Purpose) error {
		_, err := f.msg.Withdraw(f.ctx, &types.MsgWithdraw{Operator: operator, Purpose: purpose})
		return err
	}
	require.ErrorIs(t, withdraw(operator(0), types.PURPOSE_EXPOSURE), types.ErrNotEnlisted)
	require.NoError(t, enlist(operator(0), types.PURPOSE_EXPOSURE))
	require.ErrorIs(t, enlist(operator(0), types.PURPOSE_EXPOSURE), types.ErrEnlisted)
	require.NoError(t, enlist(operator(0), types.PURPOSE_PSEUDONYM), "each purpose is its own")
	require.ErrorIs(t, enlist(operator(1), 0), types.ErrInvalidField)
	require.ErrorIs(t, withdraw(operator(1), 7), types.ErrInvalidField)
	require.ErrorIs(t, enlist("nobody", types.PURPOSE_EXPOSURE), types.ErrInvalidAddress)
	f.barred[operator(1)] = true
	require.ErrorIs(t, enlist(operator(1), types.PURPOSE_EXPOSURE), institutiontypes.ErrNotLicensed)
	f.vaultless[operator(2)] = true
	require.ErrorIs(t, enlist(operator(2), types.PURPOSE_EXPOSURE), types.ErrNoVault)
	require.NoError(t, withdraw(operator(0), types.PURPOSE_EXPOSURE))
	for n := range types.MaxEnlisted {
		require.NoError(t, enlist(operator(n+10), types.PURPOSE_EXPOSURE))
	}
	require.ErrorIs(t, enlist(operator(0), types.PURPOSE_EXPOSURE), types.ErrFull)
	f.block()
}

func TestFormRefusals(t *testing.T) {
	f := newFixture(t)
	form := func(change func(*types.MsgFormCommittee)) error {
		msg := &types.MsgFormCommittee{Authority: authority, Purpose: types.PURPOSE_PSEUDONYM, Members: operators(5)}
		change(msg)
		_, err := f.msg.FormCommittee(f.ctx, msg)
		return err
	}
	f.barred[operator(7)], f.vaultless[operator(8)] = true, true
	for name, tc := range map[string]struct {
		change func(*types.MsgFormCommittee)
		err    error
	}{
		"not by vote":       {func(m *types.MsgFormCommittee) { m.Authority = operator(0) }, types.ErrUnauthorized},
		"no purpose":        {func(m *types.MsgFormCommittee) { m.Purpose = 0 }, types.ErrInvalidField},
		"too few":           {func(m *types.MsgFormCommittee) { m.Members = operators(2) }, types.ErrInvalidCohort},
		"too many":          {func(m *types.MsgFormCommittee) { m.Members = operators(33) }, types.ErrInvalidCohort},
		"nobody enlisted":   {func(m *types.MsgFormCommittee) { m.Members = nil }, types.ErrInvalidCohort},
		"one twice":         {func(m *types.MsgFormCommittee) { m.Members[1] = m.Members[0] }, types.ErrInvalidCohort},
		"no address":        {func(m *types.MsgFormCommittee) { m.Members[1] = "x" }, types.ErrInvalidAddress},
		"one not licensed":  {func(m *types.MsgFormCommittee) { m.Members[1] = operator(7) }, institutiontypes.ErrNotLicensed},
		"one without vault": {func(m *types.MsgFormCommittee) { m.Members[1] = operator(8) }, types.ErrNoVault},
		"half":              {func(m *types.MsgFormCommittee) { m.Threshold = 2 }, types.ErrInvalidCohort},
		"more than all":     {func(m *types.MsgFormCommittee) { m.Threshold = 6 }, types.ErrInvalidCohort},
		"no key to keep":    {func(m *types.MsgFormCommittee) { m.KeepKey = true }, types.ErrNoCommittee},
		"keep of exposure":  {func(m *types.MsgFormCommittee) { m.KeepKey, m.Purpose = true, types.PURPOSE_EXPOSURE }, types.ErrInvalidField},
	} {
		require.ErrorIs(t, form(tc.change), tc.err, name)
	}
	require.NoError(t, form(func(*types.MsgFormCommittee) {}))
	require.ErrorIs(t, form(func(*types.MsgFormCommittee) {}), types.ErrForming)

	_, err := f.msg.EndCommittee(f.ctx, &types.MsgEndCommittee{Authority: operator(0), Id: 1})
	require.ErrorIs(t, err, types.ErrUnauthorized)
	_, err = f.msg.EndCommittee(f.ctx, &types.MsgEndCommittee{Authority: authority, Id: 9})
	require.ErrorIs(t, err, types.ErrUnknownCommittee)
	_, err = f.msg.EndCommittee(f.ctx, &types.MsgEndCommittee{Authority: authority, Id: 1})
	require.NoError(t, err)
	require.Equal(t, types.FAILURE_WITHDRAWN, f.get(1).Failure)
	_, err = f.msg.EndCommittee(f.ctx, &types.MsgEndCommittee{Authority: authority, Id: 1})
	require.ErrorIs(t, err, types.ErrWrongPhase)
	_, err = f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: operator(0), Params: types.DefaultParams()})
	require.ErrorIs(t, err, types.ErrUnauthorized)
	_, err = f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: authority})
	require.ErrorIs(t, err, types.ErrInvalidParams)
	_, err = f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: authority, Params: types.DefaultParams()})
	require.NoError(t, err)
	f.block()
}

func TestJoinRefusals(t *testing.T) {
	f := newFixture(t)
	id := f.form(types.PURPOSE_EXPOSURE, operators(5), false)
	f.block()
	c := f.get(id)
	join := func(change func(*types.MsgJoin)) error {
		msg := joining(c, operator(0))
		change(msg)
		_, err := f.msg.Join(f.ctx, msg)
		return err
	}
	other := *c
	other.Id++
	for name, tc := range map[string]struct {
		change func(*types.MsgJoin)
		err    error
	}{
		"unknown committee":   {func(m *types.MsgJoin) { m.Id = 7 }, types.ErrUnknownCommittee},
		"not a member":        {func(m *types.MsgJoin) { *m = *joining(c, operator(6)) }, types.ErrNotMember},
		"no address":          {func(m *types.MsgJoin) { m.Operator = "x" }, types.ErrInvalidAddress},
		"identity":            {func(m *types.MsgJoin) { m.TransportKey = identity }, types.ErrInvalidKey},
		"non-canonical":       {func(m *types.MsgJoin) { m.TransportKey = nonCanonical }, types.ErrInvalidKey},
		"short key":           {func(m *types.MsgJoin) { m.TransportKey = m.TransportKey[:31] }, types.ErrInvalidKey},
		"giant key":           {func(m *types.MsgJoin) { m.TransportKey = make([]byte, 1<<20) }, types.ErrInvalidKey},
		"short proof":         {func(m *types.MsgJoin) { m.Proof = m.Proof[:63] }, types.ErrInvalidKey},
		"padded proof":        {func(m *types.MsgJoin) { m.Proof = append(m.Proof, 0) }, types.ErrInvalidKey},
		"non-canonical proof": {func(m *types.MsgJoin) { copy(m.Proof[32:], nonCanonical) }, types.ErrInvalidKey},
		"another's key": {func(m *types.MsgJoin) {
			o := joining(c, operator(1))
			m.TransportKey, m.Proof = o.TransportKey, o.Proof
		}, types.ErrInvalidKey},
		"of another committee": {func(m *types.MsgJoin) {
			o := joining(&other, operator(0))
			m.TransportKey, m.Proof = o.TransportKey, o.Proof
		}, types.ErrInvalidKey},
		"proof of another key": {func(m *types.MsgJoin) { m.TransportKey = joining(c, operator(1)).TransportKey }, types.ErrInvalidKey},
	} {
		require.ErrorIs(t, join(tc.change), tc.err, name)
	}
	f.barred[operator(0)] = true
	require.ErrorIs(t, join(func(*types.MsgJoin) {}), institutiontypes.ErrNotLicensed)
	delete(f.barred, operator(0))
	require.NoError(t, join(func(*types.MsgJoin) {}))
	require.ErrorIs(t, join(func(*types.MsgJoin) {}), types.ErrDoneBefore)
	_, err := f.msg.Deal(f.ctx, &types.MsgDeal{Operator: operator(0), Id: id})
	require.ErrorIs(t, err, types.ErrWrongPhase)
	_, err = f.msg.Confirm(f.ctx, &types.MsgConfirm{Operator: operator(0), Id: id})
	require.ErrorIs(t, err, types.ErrWrongPhase)
	_, err = f.msg.AttestDestruction(f.ctx, &types.MsgAttestDestruction{Operator: operator(0), Id: id})
	require.ErrorIs(t, err, types.ErrWrongPhase)
	f.block()
}

func TestDealRefusals(t *testing.T) {
	f := newFixture(t)
	id := f.form(types.PURPOSE_EXPOSURE, operators(5), false)
	f.block()
	f.join(id, operators(5)...)
	f.block()
	c := f.get(id)
	deal := func(change func(*types.MsgDeal)) error {
		msg := f.dealing(c, operator(0))
		change(msg)
		_, err := f.msg.Deal(f.ctx, msg)
		return err
	}
	sharing := f.sharing(c)
	lower, other := *sharing, *c
	lower.Threshold--
	other.Attempt++
	fewer := *sharing
	fewer.Recipients = sharing.Recipients[:4]
	made := func(s *threshold.Sharing, dealer uint32) func(*types.MsgDeal) {
		return func(m *types.MsgDeal) {
			content, err := threshold.Deal(rand.Reader, s, dealer, [32]byte{1}, nil)
			require.NoError(t, err)
			m.Dealing = content
		}
	}
	for name, tc := range map[string]struct {
		change func(*types.MsgDeal)
		err    error
	}{
		"not a dealer":           {func(m *types.MsgDeal) { m.Operator = operator(6) }, types.ErrNotMember},
		"unknown committee":      {func(m *types.MsgDeal) { m.Id = 7 }, types.ErrUnknownCommittee},
		"empty":                  {func(m *types.MsgDeal) { m.Dealing = nil }, types.ErrInvalidDealing},
		"giant":                  {func(m *types.MsgDeal) { m.Dealing = make([]byte, 1<<20) }, types.ErrInvalidDealing},
		"truncated":              {func(m *types.MsgDeal) { m.Dealing = m.Dealing[:len(m.Dealing)-1] }, types.ErrInvalidDealing},
		"padded":                 {func(m *types.MsgDeal) { m.Dealing = append(m.Dealing, 0) }, types.ErrInvalidDealing},
		"identity committed to":  {func(m *types.MsgDeal) { copy(m.Dealing[3:], identity) }, types.ErrInvalidDealing},
		"non-canonical":          {func(m *types.MsgDeal) { copy(m.Dealing[3:], nonCanonical) }, types.ErrInvalidDealing},
		"a copy of another's":    {func(m *types.MsgDeal) { m.Dealing = f.dealing(c, operator(1)).Dealing }, types.ErrInvalidDealing},
		"of another attempt":     {func(m *types.MsgDeal) { m.Dealing = f.dealing(&other, operator(0)).Dealing }, types.ErrInvalidDealing},
		"of a lower threshold":   {made(&lower, 1), types.ErrInvalidDealing},
		"for fewer":              {made(&fewer, 1), types.ErrInvalidDealing},
		"with another's index":   {made(sharing, 2), types.ErrInvalidDealing},
		"its ephemeral replaced": {func(m *types.MsgDeal) { copy(m.Dealing[3+32*3:], f.dealing(c, operator(1)).Dealing[3+32*3:3+32*4]) }, types.ErrInvalidDealing},
	} {
		require.ErrorIs(t, deal(tc.change), tc.err, name)
	}
	f.barred[operator(0)] = true
	require.ErrorIs(t, deal(func(*types.MsgDeal) {}), institutiontypes.ErrNotLicensed)
	delete(f.barred, operator(0))
	require.NoError(t, deal(func(*types.MsgDeal) {}))
	require.ErrorIs(t, deal(func(*types.MsgDeal) {}), types.ErrDoneBefore)
	_, err := f.msg.Join(f.ctx, joining(c, operator(0)))
	require.ErrorIs(t, err, types.ErrWrongPhase)
	f.block()
}

func TestConfirmRefusals(t *testing.T) {
	f := newFixture(t)
	id := f.form(types.PURPOSE_EXPOSURE, operators(5), false)
	f.block()
	f.join(id, operators(4)...)
	f.endPhase(id)
	c := f.get(id)
	f.deal(id, operators(3)...)
	f.endPhase(id)
	confirm := func(complaints ...types.Complaint) error {
		_, err := f.msg.Confirm(f.ctx, &types.MsgConfirm{Operator: operator(0), Id: id, Complaints: complaints})
		return err
	}
	good := func(dealer uint32) types.Complaint { return f.complaint(c, operator(0), dealer) }
	with := func(change func(*types.Complaint)) types.Complaint {
		complaint := good(1)
		change(&complaint)
		return complaint
	}
	for name, complaints := range map[string][]types.Complaint{
		"about nobody":               {with(func(c *types.Complaint) { c.Dealer = 9 })},
		"about one who did not deal": {with(func(c *types.Complaint) { c.Dealer = 4 })},
		"about another":              {with(func(c *types.Complaint) { c.Dealer = 2 })},
		"descending":                 {good(2), good(1)},
		"twice":                      {good(1), good(1)},
		"more than dealers":          make([]types.Complaint, 5),
		"short secret":               {with(func(c *types.Complaint) { c.Secret = c.Secret[1:] })},
		"identity":                   {with(func(c *types.Complaint) { c.Secret = identity })},
		"non-canonical":              {with(func(c *types.Complaint) { c.Secret = nonCanonical })},
		"another secret":             {with(func(c *types.Complaint) { c.Secret = good(2).Secret })},
		"wrong proof":                {with(func(c *types.Complaint) { c.Proof[5] ^= 1 })},
		"short proof":                {with(func(c *types.Complaint) { c.Proof = c.Proof[:63] })},
		"non-canonical proof":        {with(func(c *types.Complaint) { copy(c.Proof, nonCanonical) })},
		"another's":                  {f.complaint(c, operator(1), 1)},
	} {
		require.ErrorIs(t, confirm(complaints...), types.ErrInvalidComplaint, name)
	}
	require.Equal(t, types.MEMBER_STATE_JOINED, f.get(id).Members[0].State, "what is refused changes nothing")
	for _, outsider := range []string{operator(7), operator(4)} { // the fifth member did not join
		_, err := f.msg.Confirm(f.ctx, &types.MsgConfirm{Operator: outsider, Id: id})
		require.ErrorIs(t, err, types.ErrNotMember)
	}
	f.barred[operator(0)] = true
	require.ErrorIs(t, confirm(), institutiontypes.ErrNotLicensed)
	delete(f.barred, operator(0))
	require.NoError(t, confirm())
	require.ErrorIs(t, confirm(), types.ErrDoneBefore)
	f.block()
}

package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/testutil"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// Institutions that merge two pseudonyms lift no freeze and end no alert by it.
func TestMergeKeepsProtection(t *testing.T) {
	since, later := testutil.Now, testutil.Now.Add(365*day)
	lift := testutil.Now.Add(time.Hour)
	frozen := &types.Freeze{Since: since}
	lifted := &types.Freeze{Since: since, LiftedUntil: &lift}
	short := &types.FraudAlert{Since: since, Until: later.Add(-day)}
	long := &types.FraudAlert{Since: since, Until: later, Extended: true, Evidence: testutil.Bytes("report")}
	for _, tc := range []struct {
		name             string
		from, into, want types.Subject
	}{
		{name: "none"},
		{name: "of the one that goes", from: types.Subject{Freeze: frozen, FraudAlert: short}, want: types.Subject{Freeze: frozen, FraudAlert: short}},
		{name: "of the one that stays", into: types.Subject{Freeze: lifted, FraudAlert: long}, want: types.Subject{Freeze: lifted, FraudAlert: long}},
		{
			name: "a lift of the one that stays ends", from: types.Subject{Freeze: frozen, FraudAlert: long},
			into: types.Subject{Freeze: lifted, FraudAlert: short}, want: types.Subject{Freeze: frozen, FraudAlert: long},
		},
		{
			name: "a lift of the one that goes ends", from: types.Subject{Freeze: lifted, FraudAlert: short},
			into: types.Subject{Freeze: frozen, FraudAlert: long}, want: types.Subject{Freeze: frozen, FraudAlert: long},
		},
		{
			name: "two lifts end", from: types.Subject{Freeze: lifted}, into: types.Subject{Freeze: lifted}, want: types.Subject{Freeze: frozen},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			gs := twins(t).export()
			for i := range gs.Subjects {
				given := tc.into
				if string(gs.Subjects[i].Pseudonym) == string(subject) {
					given = tc.from
				}
				gs.Subjects[i].Freeze, gs.Subjects[i].FraudAlert = given.Freeze, given.FraudAlert
			}
			f := blank(t)
			f.institutions.License(inspector, institutiontypes.ROLE_SUPERVISOR)
			require.NoError(t, f.attestations.InitGenesis(f.ctx, attestationtypes.DefaultGenesis()))
			require.NoError(t, f.k.InitGenesis(f.ctx, gs))
			f.merge(subject, twin)
			require.Equal(t, tc.want.Freeze, f.subject(twin).Freeze)
			require.Equal(t, tc.want.FraudAlert, f.subject(twin).FraudAlert)
			require.Nil(t, f.subject(subject).Freeze)
			require.Nil(t, f.subject(subject).FraudAlert)
		})
	}
}

package keeper_test

import (
	_ "embed"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/reflect/protoreflect"

	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// roleTable says who may send what: a line has the message (and, after a slash, which of its uses), the role of the signer,
// the state of its licence, and ok or the error that refuses it.
//
//go:embed testdata/roles.tsv
var roleTable string

// licensedRoles are rows of who is the rightful party in all but its licence: NONE has a licence without any role.
var licensedRoles = map[string][]institutiontypes.Role{
	"FURNISHER":  {institutiontypes.ROLE_FURNISHER},
	"DATA_USER":  {institutiontypes.ROLE_DATA_USER},
	"BUREAU":     {institutiontypes.ROLE_BUREAU},
	"VALIDATOR":  {institutiontypes.ROLE_VALIDATOR},
	"SUPERVISOR": {institutiontypes.ROLE_SUPERVISOR},
	"NONE":       nil,
}

// licenceStates change an active licence.
var licenceStates = map[string]func(*institutiontypes.Institution){
	"ACTIVE":    func(*institutiontypes.Institution) {},
	"SUSPENDED": func(i *institutiontypes.Institution) { i.Status = institutiontypes.LICENCE_STATUS_SUSPENDED },
	"REVOKED":   func(i *institutiontypes.Institution) { i.Status = institutiontypes.LICENCE_STATUS_REVOKED },
	"EXPIRED":   func(i *institutiontypes.Institution) { i.Status = institutiontypes.LICENCE_STATUS_EXPIRED },
	"FUTURE":    func(i *institutiontypes.Institution) { i.ValidFrom = i.ValidUntil.Add(-time.Nanosecond) },
}

// unlicensed are rows of accounts that are no institutions.
var unlicensed = map[string]sdk.AccAddress{"controller": alice, "stranger": mallory, "authority": authority}

// roleErrors are those of the table by name.
var roleErrors = map[string]*errorsmod.Error{
	"ErrNotLicensed":    institutiontypes.ErrNotLicensed,
	"ErrWrongRole":      institutiontypes.ErrWrongRole,
	"ErrUnauthorized":   types.ErrUnauthorized,
	"ErrNotEnroller":    types.ErrNotEnroller,
	"ErrNotOffered":     types.ErrNotOffered,
	"ErrNotController":  types.ErrNotController,
	"ErrNotParticipant": types.ErrNotParticipant,
	"ErrNotParty":       types.ErrNotParty,
	"ErrNotFurnisher":   types.ErrNotFurnisher,
}

// rolesAndStates are the rows that every use of a message has, in the order of the table.
func rolesAndStates() []string {
	var rows []string
	for role := range licensedRoles {
		for state := range licenceStates {
			rows = append(rows, role+"\t"+state)
		}
	}
	for name := range unlicensed {
		rows = append(rows, name+"\t-")
	}
	slices.Sort(rows)
	return rows
}

// TestRoleTable sends every message as everybody. A message that is added to the service has no rows, and fails.
func TestRoleTable(t *testing.T) {
	rows := map[string]map[string]string{} // expectation by use, and by role and state
	for _, line := range strings.Split(strings.TrimSpace(roleTable), "\n") {
		cells := strings.Split(line, "\t")
		require.Len(t, cells, 4, line)
		if rows[cells[0]] == nil {
			rows[cells[0]] = map[string]string{}
		}
		require.NotContains(t, rows[cells[0]], cells[1]+"\t"+cells[2], line)
		rows[cells[0]][cells[1]+"\t"+cells[2]] = cells[3]
	}
	uses := map[string]bool{} // messages that have rows
	for use := range rows {
		message, _, _ := strings.Cut(use, "/")
		uses[message] = true
		require.Contains(t, stages, use)
	}
	for _, message := range serviceMessages(t) {
		require.True(t, uses[message], "%s has no rows in testdata/roles.tsv", message)
	}
	require.Len(t, stages, len(rows))
	for use, begin := range stages {
		t.Run(use, func(t *testing.T) { testRoles(t, begin, rows[use]) })
	}
}

// serviceMessages are the names of all messages of the service.
func serviceMessages(t *testing.T) []string {
	t.Helper()
	descriptor, err := proto.HybridResolver.FindDescriptorByName("creditd.credit.v1.Msg")
	require.NoError(t, err)
	methods := descriptor.(protoreflect.ServiceDescriptor).Methods()
	var names []string
	for i := range methods.Len() {
		names = append(names, string(methods.Get(i).Input().Name()))
	}
	require.NotEmpty(t, names)
	return names
}

func testRoles(t *testing.T, begin func(*stage) (sdk.AccAddress, func(string) error), want map[string]string) {
	f := setup(t)
	party, send := begin(&stage{f})
	require.Len(t, want, len(rolesAndStates()))
	ctx, licence := f.ctx, f.institutions.Licences[party.String()]
	licences := f.institutions.Licences
	for _, row := range rolesAndStates() {
		role, state, _ := strings.Cut(row, "\t")
		signer := unlicensed[role]
		if signer == nil {
			signer = party
			f.institutions.Amend(party, func(i *institutiontypes.Institution) {
				i.Operator, i.Roles = party.String(), licensedRoles[role]
				licenceStates[state](i)
			})
		}
		f.ctx, _ = ctx.CacheContext()
		err := send(signer.String())
		require.Contains(t, want, row)
		if expected := want[row]; expected == "ok" {
			require.NoError(t, err, row)
		} else {
			require.Contains(t, roleErrors, expected)
			require.ErrorIs(t, err, roleErrors[expected], row)
		}
		f.ctx, licences[party.String()] = ctx, licence
	}
}

// some is 32 bytes that follow from a name.
func some(name string) []byte { return testutil.Bytes("%s", name) }

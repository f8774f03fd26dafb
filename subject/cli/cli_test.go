package cli

import (
	"bytes"
	"context"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	"github.com/cosmos/cosmos-sdk/crypto/hd"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

type desk struct {
	clientCtx client.Context
	signer    sdk.AccAddress
	verify    func(payload, signature []byte) bool
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	registry := codectypes.NewInterfaceRegistry()
	cryptocodec.RegisterInterfaces(registry)
	types.RegisterInterfaces(registry)
	cdc := codec.NewProtoCodec(registry)
	ring := keyring.NewInMemory(cdc)
	record, _, err := ring.NewMnemonic("alice", keyring.English, sdk.FullFundraiserPath, keyring.DefaultBIP39Passphrase, hd.Secp256k1)
	require.NoError(t, err)
	address, err := record.GetAddress()
	require.NoError(t, err)
	key, err := record.GetPubKey()
	require.NoError(t, err)
	return &desk{
		clientCtx: client.Context{}.WithCodec(cdc).WithInterfaceRegistry(registry).WithKeyring(ring).WithHomeDir(t.TempDir()),
		signer:    address, verify: key.VerifySignature,
	}
}

func (d *desk) run(cmd *cobra.Command, input string, args ...string) (string, error) {
	var out bytes.Buffer
	cmd.SetIn(strings.NewReader(input))
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	cmd.SetArgs(args)
	clientCtx := d.clientCtx
	err := cmd.ExecuteContext(context.WithValue(context.Background(), client.ClientContextKey, &clientCtx))
	return out.String(), err
}

func dispute(fields string) string {
	id := base64.StdEncoding.EncodeToString(make([]byte, 32))
	return `{"@type":"/creditd.credit.v1.MsgOpenDispute","subject":"` + id + `","tradeline_id":"` + id + `","reason":"DISPUTE_REASON_AMOUNT"` + fields + `}`
}

func TestSign(t *testing.T) {
	d := newDesk(t)
	out, err := d.run(NewSignCmd(), dispute(""), "-", "--from", "alice", "--chain-id", "creditd-1", "--deadline", "2h")
	require.NoError(t, err, out)
	var msg sdk.Msg
	require.NoError(t, d.clientCtx.Codec.UnmarshalInterfaceJSON([]byte(out), &msg))
	order := msg.(*types.MsgSubmitSigned)
	require.NoError(t, order.CheckSizes())
	require.Empty(t, order.Submitter)
	require.WithinDuration(t, time.Now().Add(2*time.Hour), order.Deadline, time.Minute)
	require.True(t, d.verify(order.SignBytes("creditd-1"), order.Signature))
	require.False(t, d.verify(order.SignBytes("creditd-2"), order.Signature))
	inner, signer, err := types.DecodeOrder(order.Order.TypeUrl, order.Order.Value)
	require.NoError(t, err)
	require.Equal(t, d.signer.String(), signer, "filled in")
	require.Len(t, inner.(*types.MsgOpenDispute).Nonce, types.NonceSize, "filled in")
}

func TestSignRefuses(t *testing.T) {
	d := newDesk(t)
	flags := []string{"--from", "alice", "--chain-id", "creditd-1"}
	for name, test := range map[string]struct {
		input string
		flags []string
		want  string
	}{
		"no JSON":          {"hello", flags, "no message in JSON"},
		"no type":          {`{"subject":""}`, flags, "@type"},
		"unknown type":     {`{"@type":"/x.y"}`, flags, "no message in JSON"},
		"unknown field":    {dispute(`,"x":1`), flags, "no message in JSON"},
		"another signer":   {dispute(`,"controller":"cosmos1other"`), flags, "is for cosmos1other to sign"},
		"not an order":     {`{"@type":"/creditd.credit.v1.MsgFurnish"}`, flags, "controller"},
		"a past deadline":  {dispute(""), append(flags, "--deadline", "2020-01-01T00:00:00Z"), "has passed"},
		"a wrong deadline": {dispute(""), append(flags, "--deadline", "tomorrow"), "--deadline"},
		"no chain":         {dispute(""), flags[:2], "no chain named"},
		"no key":           {dispute(""), flags[2:], "--from"},
		"long":             {strings.Repeat(" ", maxFileBytes+1), flags, "longer than any message"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := d.run(NewSignCmd(), test.input, append([]string{"-"}, test.flags...)...)
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestFilesThatAreNoMessages(t *testing.T) {
	d := newDesk(t)
	flags := []string{"-", "--from", "alice", "--chain-id", "creditd-1"}
	_, err := d.run(NewSubmitSignedCmd(), dispute(""), flags...)
	require.ErrorContains(t, err, "no signed order")
	_, err = d.run(NewSubmitSignedCmd(), `{"@type":"/creditd.credit.v1.MsgSubmitSigned"}`, flags...)
	require.ErrorIs(t, err, types.ErrInvalidOrder)
	_, err = d.run(NewProposeContractCmd(), `{"name":"x"}`, flags...)
	require.ErrorContains(t, err, "lacks a name, a version from 1 or a condition")
	_, err = d.run(NewProposeContractCmd(), `{"title":"x"}`, flags...)
	require.ErrorContains(t, err, "no data contract")
	_, err = d.run(NewReceiptCmd(), "", "xyz", "00")
	require.ErrorContains(t, err, "SUBJECT")
}

func TestParseDeadline(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 5, time.UTC)
	at, err := parseDeadline("36h", now)
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC), at)
	at, err = parseDeadline("2027-01-31T00:00:00Z", now)
	require.NoError(t, err)
	require.Equal(t, 2027, at.Year())
}

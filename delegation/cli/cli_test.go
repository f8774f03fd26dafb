package cli

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
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
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/attestation/types"
)

type desk struct {
	clientCtx client.Context
	issuer    sdk.AccAddress
	verify    func(payload, signature []byte) bool
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	registry := codectypes.NewInterfaceRegistry()
	cryptocodec.RegisterInterfaces(registry)
	types.RegisterInterfaces(registry)
	banktypes.RegisterInterfaces(registry)
	cdc := codec.NewProtoCodec(registry)
	ring := keyring.NewInMemory(cdc)
	record, _, err := ring.NewMnemonic("bank", keyring.English, sdk.FullFundraiserPath, keyring.DefaultBIP39Passphrase, hd.Secp256k1)
	require.NoError(t, err)
	address, err := record.GetAddress()
	require.NoError(t, err)
	key, err := record.GetPubKey()
	require.NoError(t, err)
	return &desk{
		clientCtx: client.Context{}.WithCodec(cdc).WithInterfaceRegistry(registry).WithKeyring(ring).WithHomeDir(t.TempDir()),
		issuer:    address, verify: key.VerifySignature,
	}
}

func (d *desk) run(cmd *cobra.Command, input string, args ...string) (string, error) {
	var out bytes.Buffer
	cmd.SetIn(strings.NewReader(input))
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	cmd.SetArgs(append([]string{"-"}, args...))
	clientCtx := d.clientCtx
	err := cmd.ExecuteContext(context.WithValue(context.Background(), client.ClientContextKey, &clientCtx))
	return out.String(), err
}

func encode(bz []byte) string { return base64.StdEncoding.EncodeToString(bz) }

func attest(fields string) string {
	return fmt.Sprintf(`{"@type":"/creditd.attestation.v1.MsgAttestDelegated","schema_id":%q,"statements":[{"subject":%q,"commitment":%q}],
		"deadline":%q%s}`, encode(testutil.Bytes("schema")), encode(testutil.Bytes("alice")), encode(testutil.Bytes("c")),
		time.Now().Add(time.Hour).UTC().Format(time.RFC3339), fields)
}

func revoke(fields string) string {
	return fmt.Sprintf(`{"@type":"/creditd.attestation.v1.MsgRevokeDelegated","id":%q,"reason":"REVOCATION_REASON_ERROR","deadline":%q%s}`,
		encode(testutil.Bytes("id")), time.Now().Add(time.Hour).UTC().Format(time.RFC3339), fields)
}

func TestSign(t *testing.T) {
	d := newDesk(t)
	out, err := d.run(NewSignCmd(), attest(""), "--from", "bank", "--chain-id", "creditd-1")
	require.NoError(t, err, out)
	var msg sdk.Msg
	require.NoError(t, d.clientCtx.Codec.UnmarshalInterfaceJSON([]byte(out), &msg))
	attested := msg.(*types.MsgAttestDelegated)
	require.Equal(t, d.issuer.String(), attested.Issuer)
	require.Len(t, attested.Nonce, types.NonceSize)
	require.True(t, d.verify(types.AttestSignBytes("creditd-1", d.issuer, attested), attested.Signature))
	require.False(t, d.verify(types.AttestSignBytes("creditd-2", d.issuer, attested), attested.Signature))

	nonce := testutil.Bytes("nonce")[:types.NonceSize]
	out, err = d.run(NewSignCmd(), revoke(fmt.Sprintf(`,"nonce":%q`, encode(nonce))), "--from", "bank", "--chain-id", "creditd-1")
	require.NoError(t, err, out)
	require.NoError(t, d.clientCtx.Codec.UnmarshalInterfaceJSON([]byte(out), &msg))
	revoked := msg.(*types.MsgRevokeDelegated)
	require.Equal(t, nonce, revoked.Nonce)
	require.True(t, d.verify(types.RevokeSignBytes("creditd-1", d.issuer, revoked), revoked.Signature))
}

func TestSignRefuses(t *testing.T) {
	d := newDesk(t)
	flags := []string{"--from", "bank", "--chain-id", "creditd-1"}
	for name, test := range map[string]struct {
		input string
		flags []string
		want  string
	}{
		"no JSON":        {"hello", flags, "no message in JSON"},
		"another type":   {`{"@type":"/cosmos.bank.v1beta1.MsgSend"}`, flags, "is not delegated"},
		"unknown field":  {attest(`,"x":1`), flags, "no message in JSON"},
		"another issuer": {attest(`,"issuer":"cosmos1other"`), flags, "is for cosmos1other to sign"},
		"short nonce":    {attest(`,"nonce":"AAAA"`), flags, "nonce of 3 bytes"},
		"no deadline":    {`{"@type":"/creditd.attestation.v1.MsgRevokeDelegated"}`, flags, "deadline"},
		"no id":          {strings.Replace(revoke(""), encode(testutil.Bytes("id")), "", 1), flags, "an id has 32"},
		"no chain":       {attest(""), flags[:2], "--chain-id"},
		"no key":         {attest(""), flags[2:], "--from"},
		"long":           {strings.Repeat(" ", maxFileBytes+1), flags, "split the batch"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := d.run(NewSignCmd(), test.input, test.flags...)
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestSubmitRefuses(t *testing.T) {
	d := newDesk(t)
	_, err := d.run(NewSubmitCmd(), `{"@type":"/cosmos.bank.v1beta1.MsgSend"}`, "--from", "bank", "--chain-id", "creditd-1")
	require.ErrorContains(t, err, "is not delegated")
}

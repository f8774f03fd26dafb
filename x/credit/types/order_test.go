package types_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	gogoproto "github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	msgv1 "cosmossdk.io/api/cosmos/msg/v1"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

type hexBytes []byte

func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

// orderVectors are of a program that shares no code with creditd.
type orderVectors struct {
	ChainID    string   `json:"chain_id"`
	PrivateKey hexBytes `json:"private_key"`
	PubKey     hexBytes `json:"pub_key"`
	Address    hexBytes `json:"address"`
	Signer     string   `json:"signer"`
	Orders     []struct {
		TypeURL     string    `json:"type_url"`
		Value       hexBytes  `json:"value"`
		Deadline    time.Time `json:"deadline"`
		Nanoseconds int64     `json:"deadline_nanoseconds,string"`
		Nonce       hexBytes  `json:"nonce"`
		Payload     hexBytes  `json:"payload"`
		Signature   hexBytes  `json:"signature"`
	} `json:"orders"`
}

func TestOrderVectors(t *testing.T) {
	bz, err := os.ReadFile("testdata/orders.json")
	require.NoError(t, err)
	var vectors orderVectors
	require.NoError(t, json.Unmarshal(bz, &vectors))
	key := &secp256k1.PrivKey{Key: vectors.PrivateKey}
	require.Equal(t, []byte(vectors.PubKey), key.PubKey().Bytes())
	require.Equal(t, []byte(vectors.Address), key.PubKey().Address().Bytes())
	require.Len(t, vectors.Orders, 5)
	for _, v := range vectors.Orders {
		require.Equal(t, v.Nanoseconds, v.Deadline.UnixNano())
		payload := types.OrderSignBytes(vectors.ChainID, v.TypeURL, v.Value, v.Deadline, v.Nonce, vectors.PubKey)
		require.Equal(t, []byte(v.Payload), payload)
		require.True(t, key.PubKey().VerifySignature(payload, v.Signature))
		order, signer, err := types.DecodeOrder(v.TypeURL, v.Value)
		require.NoError(t, err)
		require.Equal(t, vectors.Signer, signer)
		require.Equal(t, v.TypeURL, sdk.MsgTypeURL(order))

		made, err := types.NewOrder(vectors.ChainID, order, v.Deadline, v.Nonce, vectors.PubKey, key.Sign)
		require.NoError(t, err)
		require.Equal(t, []byte(v.Value), made.Order.Value, "the message is encoded as protobuf says")
		require.Equal(t, []byte(v.Signature), made.Signature, "RFC 6979 leaves one signature")
	}
}

func TestNewOrderRefuses(t *testing.T) {
	key := secp256k1.GenPrivKeyFromSecret([]byte("subject"))
	deadline := time.Date(2027, 1, 8, 12, 0, 0, 0, time.UTC)
	freeze := &types.MsgFreeze{Controller: "cosmos1", Subject: make([]byte, 32)}
	nonce, pubKey := make([]byte, 16), key.PubKey().Bytes()
	fail := func([]byte) ([]byte, error) { return nil, os.ErrPermission }
	for _, tc := range []struct {
		name string
		make func() (*types.MsgSubmitSigned, error)
		want error
	}{
		{"no chain", func() (*types.MsgSubmitSigned, error) {
			return types.NewOrder("", freeze, deadline, nonce, pubKey, key.Sign)
		}, types.ErrInvalidOrder},
		{"no deadline", func() (*types.MsgSubmitSigned, error) {
			return types.NewOrder("c", freeze, time.Time{}, nonce, pubKey, key.Sign)
		}, types.ErrOrderDeadline},
		{"no order", func() (*types.MsgSubmitSigned, error) {
			return types.NewOrder("c", nil, deadline, nonce, pubKey, key.Sign)
		}, types.ErrInvalidOrder},
		{"an institution's message", func() (*types.MsgSubmitSigned, error) {
			return types.NewOrder("c", &types.MsgFurnish{}, deadline, nonce, pubKey, key.Sign)
		}, types.ErrInvalidOrder},
		{"short nonce", func() (*types.MsgSubmitSigned, error) {
			return types.NewOrder("c", freeze, deadline, nonce[1:], pubKey, key.Sign)
		}, types.ErrInvalidNonce},
		{"short key", func() (*types.MsgSubmitSigned, error) {
			return types.NewOrder("c", freeze, deadline, nonce, pubKey[1:], key.Sign)
		}, types.ErrInvalidOrder},
		{"a key that does not sign", func() (*types.MsgSubmitSigned, error) {
			return types.NewOrder("c", freeze, deadline, nonce, pubKey, fail)
		}, types.ErrOrderSignature},
	} {
		_, err := tc.make()
		require.ErrorIs(t, err, tc.want, tc.name)
	}
}

// Whatever a controller signs may be an order, and nothing that an institution or the vote signs. A new message of a
// controller fails here until it is one.
func TestOrdersAreWhatControllersSign(t *testing.T) {
	registry := codectypes.NewInterfaceRegistry()
	sdk.RegisterInterfaces(registry)
	types.RegisterInterfaces(registry)
	orders := 0
	for _, url := range registry.ListImplementations(sdk.MsgInterfaceProtoName) {
		if !strings.HasPrefix(url, "/creditd.credit.v1.") {
			continue
		}
		desc, err := gogoproto.HybridResolver.FindDescriptorByName(protoreflect.FullName(url[1:]))
		require.NoError(t, err)
		signers, _ := proto.GetExtension(desc.Options(), msgv1.E_Signer).([]string)
		require.Len(t, signers, 1, url)
		_, _, err = types.DecodeOrder(url, nil)
		if signers[0] == "controller" || signers[0] == "signer" {
			require.NoError(t, err, url)
			orders++
		} else {
			require.ErrorIs(t, err, types.ErrInvalidOrder, url)
		}
	}
	require.Equal(t, 15, orders)
	for _, url := range []string{"", "MsgFreeze", "creditd.credit.v1.MsgFreeze", "x/creditd.credit.v1.MsgFreeze", "/creditd.credit.v1.MsgFreezes", "/cosmos.bank.v1beta1.MsgSend"} {
		_, _, err := types.DecodeOrder(url, nil)
		require.ErrorIs(t, err, types.ErrInvalidOrder, url)
	}
}

// No two orders have the same sign bytes, whatever stands beside whatever.
func TestOrderSignBytesBind(t *testing.T) {
	at := time.Unix(1, 0)
	base := types.OrderSignBytes("chain", "/type", []byte("value"), at, []byte("nonce"), []byte("key"))
	require.Equal(t, "creditd/order/v1", string(base[:len(base)-32]))
	for _, other := range [][]byte{
		types.OrderSignBytes("chain/", "type", []byte("value"), at, []byte("nonce"), []byte("key")),
		types.OrderSignBytes("chain", "/typevalue", nil, at, []byte("nonce"), []byte("key")),
		types.OrderSignBytes("chain", "/type", []byte("valuf"), at, []byte("nonce"), []byte("key")),
		types.OrderSignBytes("chain", "/type", []byte("value"), at.Add(1), []byte("nonce"), []byte("key")),
		types.OrderSignBytes("chain", "/type", []byte("value"), at, []byte("noncek"), []byte("ey")),
		types.OrderSignBytes("chain", "/type", []byte("value"), at, []byte("nonce"), []byte("kez")),
	} {
		require.NotEqual(t, base, other)
	}
}

// Any bytes are refused or read, and what was read is the message that its signer named.
func FuzzDecodeOrder(f *testing.F) {
	names := []string{
		"MsgClaimControl", "MsgRotateControl", "MsgGrantConsent", "MsgWithdrawConsent", "MsgOpenOwnInquiry", "MsgFreeze", "MsgLiftFreeze",
		"MsgPlaceFraudAlert", "MsgLiftFraudAlert", "MsgOpenDispute", "MsgEscalateDispute", "MsgAddStatement", "MsgRequestErasure",
		"MsgCancelChange", "MsgExtendDispute", "MsgSubmitSigned",
	}
	lift := time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC)
	for i, msg := range []interface{ Marshal() ([]byte, error) }{
		&types.MsgFreeze{Controller: "cosmos1", Subject: make([]byte, 32)},
		&types.MsgLiftFreeze{Controller: "cosmos1", Until: &lift},
		&types.MsgGrantConsent{Controller: "cosmos1", SchemaIds: [][]byte{make([]byte, 32)}, Uses: 3, Frequency: time.Hour},
		&types.MsgExtendDispute{Signer: "cosmos1", Id: make([]byte, 32)},
	} {
		bz, err := msg.Marshal()
		require.NoError(f, err)
		f.Add(byte(i), bz)
		f.Add(byte(len(names)-1), bz)
	}
	f.Fuzz(func(t *testing.T, pick byte, value []byte) {
		name := names[int(pick)%len(names)]
		order, signer, err := types.DecodeOrder("/creditd.credit.v1."+name, value)
		if err != nil {
			require.ErrorIs(t, err, types.ErrInvalidOrder)
			return
		}
		require.NotEqual(t, "MsgSubmitSigned", name, "an order holds no order")
		require.Equal(t, "/creditd.credit.v1."+name, sdk.MsgTypeURL(order))
		bz, err := gogoproto.Marshal(order)
		if err != nil {
			return // a time that protobuf cannot write
		}
		_, again, err := types.DecodeOrder("/creditd.credit.v1."+name, bz)
		require.NoError(t, err)
		require.Equal(t, signer, again)
	})
}

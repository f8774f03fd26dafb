package types

import (
	"encoding/binary"
	"strings"
	"time"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/commitment"
)

// Signed orders: a subject signs a message off the chain, anybody submits it and pays (docs/orders.md).

const (
	orderDomain  = "creditd/order/v1"
	orderPackage = "/creditd.credit.v1."

	// MaxOrderTypeURL and MaxOrderBytes bound an order before anything is done with it. The longest is a consent with a full
	// scope, of about 1 KiB.
	MaxOrderTypeURL = 64
	MaxOrderBytes   = 4096
	// OrderSignatureSize is r || s of ECDSA over secp256k1.
	OrderSignatureSize = 64
)

// OrderSignBytes is what an order's signature is over. It begins with the domain in the clear, so that it is never also what a
// transaction is signed over: that is a protobuf message, whose first byte is 0a, or JSON.
//
//	"creditd/order/v1" || ID("creditd/order/v1", chain id, type URL, value, time(deadline), nonce, pub_key)
//
// value is the message as it is encoded in the Any; time is Unix nanoseconds in 8 bytes, signed and big-endian. The deadline
// has to be Orderable.
func OrderSignBytes(chainID, typeURL string, value []byte, deadline time.Time, nonce, pubKey []byte) []byte {
	id := commitment.ID(orderDomain, []byte(chainID), []byte(typeURL), value,
		binary.BigEndian.AppendUint64(nil, uint64(deadline.UnixNano())), nonce, pubKey)
	return append([]byte(orderDomain), id[:]...)
}

// NewOrder makes the message that submits an order; its submitter is left empty for whoever submits it. The order must name
// the account of pubKey as its signer. nonce has 16 random bytes; sign is ECDSA over secp256k1 with the key of that account
// and the SHA-256 of what it is given.
func NewOrder(
	chainID string, order sdk.Msg, deadline time.Time, nonce, pubKey []byte, sign func(payload []byte) ([]byte, error),
) (*MsgSubmitSigned, error) {
	if chainID == "" {
		return nil, ErrInvalidOrder.Wrap("no chain named: a signature is good on one chain only")
	}
	if !Orderable(deadline) {
		return nil, ErrOrderDeadline.Wrap("it has passed or is missing: name one in the near future")
	}
	packed, err := codectypes.NewAnyWithValue(order)
	if err != nil {
		return nil, ErrInvalidOrder.Wrap(err.Error())
	}
	if _, _, err := DecodeOrder(packed.TypeUrl, packed.Value); err != nil {
		return nil, err
	}
	msg := &MsgSubmitSigned{Order: packed, Deadline: deadline.UTC(), Nonce: nonce, PubKey: pubKey}
	if msg.Signature, err = sign(msg.SignBytes(chainID)); err != nil {
		return nil, ErrOrderSignature.Wrapf("the key does not sign: %s", err)
	}
	return msg, msg.CheckSizes()
}

// SignBytes are those of the order in it.
func (m *MsgSubmitSigned) SignBytes(chainID string) []byte {
	return OrderSignBytes(chainID, m.Order.TypeUrl, m.Order.Value, m.Deadline, m.Nonce, m.PubKey)
}

// CheckSizes bounds whatever is hashed or decoded later.
func (m *MsgSubmitSigned) CheckSizes() error {
	switch {
	case m.Order == nil || len(m.Order.Value) == 0:
		return ErrInvalidOrder.Wrap("there is no order in it: pack the message that the subject signed")
	case len(m.Order.TypeUrl) > MaxOrderTypeURL || len(m.Order.Value) > MaxOrderBytes:
		return ErrInvalidOrder.Wrapf("type of %d and value of %d bytes: an order has at most %d and %d",
			len(m.Order.TypeUrl), len(m.Order.Value), MaxOrderTypeURL, MaxOrderBytes)
	case len(m.Nonce) != NonceSize:
		return ErrInvalidNonce.Wrapf("%d bytes: draw %d random ones", len(m.Nonce), NonceSize)
	case len(m.PubKey) != secp256k1.PubKeySize:
		return ErrInvalidOrder.Wrapf("pub_key of %d bytes: give the compressed key of secp256k1, %d bytes", len(m.PubKey), secp256k1.PubKeySize)
	case len(m.Signature) != OrderSignatureSize:
		return ErrOrderSignature.Wrapf("%d bytes: give r and s, %d bytes", len(m.Signature), OrderSignatureSize)
	}
	return nil
}

// DecodeOrder reads an order from its bytes, and says which account has to have signed it. The types are a closed list: what
// a subject may do. The bytes are decoded here and nowhere else, so that what is carried out is what was signed.
func DecodeOrder(typeURL string, value []byte) (order sdk.Msg, signer string, err error) {
	name, ours := strings.CutPrefix(typeURL, orderPackage)
	if !ours {
		return nil, "", notAnOrder(typeURL)
	}
	switch name {
	case "MsgClaimControl":
		return decodeOrder(value, &MsgClaimControl{})
	case "MsgRotateControl":
		return decodeOrder(value, &MsgRotateControl{})
	case "MsgGrantConsent":
		return decodeOrder(value, &MsgGrantConsent{})
	case "MsgWithdrawConsent":
		return decodeOrder(value, &MsgWithdrawConsent{})
	case "MsgOpenOwnInquiry":
		return decodeOrder(value, &MsgOpenOwnInquiry{})
	case "MsgFreeze":
		return decodeOrder(value, &MsgFreeze{})
	case "MsgLiftFreeze":
		return decodeOrder(value, &MsgLiftFreeze{})
	case "MsgPlaceFraudAlert":
		return decodeOrder(value, &MsgPlaceFraudAlert{})
	case "MsgLiftFraudAlert":
		return decodeOrder(value, &MsgLiftFraudAlert{})
	case "MsgOpenDispute":
		return decodeOrder(value, &MsgOpenDispute{})
	case "MsgEscalateDispute":
		return decodeOrder(value, &MsgEscalateDispute{})
	case "MsgAddStatement":
		return decodeOrder(value, &MsgAddStatement{})
	case "MsgRequestErasure":
		return decodeOrder(value, &MsgRequestErasure{})
	case "MsgCancelChange":
		msg := &MsgCancelChange{}
		err := unmarshalOrder(value, msg)
		return msg, msg.Signer, err
	case "MsgExtendDispute":
		msg := &MsgExtendDispute{}
		err := unmarshalOrder(value, msg)
		return msg, msg.Signer, err
	}
	return nil, "", notAnOrder(typeURL)
}

func notAnOrder(typeURL string) error {
	return ErrInvalidOrder.Wrapf("%.64q is no order: docs/orders.md lists the messages that a subject signs off the chain", typeURL)
}

// controllerMsg is a message that its controller signs.
type controllerMsg interface {
	sdk.Msg
	Unmarshal([]byte) error
	GetController() string
}

func decodeOrder(value []byte, msg controllerMsg) (sdk.Msg, string, error) {
	err := unmarshalOrder(value, msg)
	return msg, msg.GetController(), err
}

func unmarshalOrder(value []byte, msg interface{ Unmarshal([]byte) error }) error {
	if err := msg.Unmarshal(value); err != nil {
		return ErrInvalidOrder.Wrapf("the value is not a %T: %s", msg, err)
	}
	return nil
}

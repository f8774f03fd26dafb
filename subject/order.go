// Package subject is what a subject does off the chain: it signs orders that others submit and pay for (docs/orders.md), and
// exports its consents.
package subject

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

const typePrefix = "/creditd.credit.v1."

// signerField of the orders whose signer is not called controller.
var signerField = map[string]string{"MsgCancelChange": "signer", "MsgExtendDispute": "signer"}

// withNonce are the orders that have a nonce of their own, from which the id of what they make follows.
var withNonce = map[string]bool{"MsgGrantConsent": true, "MsgOpenOwnInquiry": true, "MsgOpenDispute": true}

// Complete fills in what a message in JSON leaves out: who signs it, and its nonce.
func Complete(message []byte, signer string) ([]byte, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(message, &fields); err != nil {
		return nil, fmt.Errorf("it is no message in JSON: %w", err)
	}
	var url string
	if err := json.Unmarshal(fields["@type"], &url); err != nil {
		return nil, fmt.Errorf("it has no \"@type\": write for instance %sMsgOpenDispute", typePrefix)
	}
	name := strings.TrimPrefix(url, typePrefix)
	field := signerField[name]
	if field == "" {
		field = "controller"
	}
	if err := fill(fields, field, signer); err != nil {
		return nil, err
	}
	if withNonce[name] {
		if err := fill(fields, "nonce", base64.StdEncoding.EncodeToString(newNonce())); err != nil {
			return nil, err
		}
	}
	return json.Marshal(fields)
}

func fill(fields map[string]json.RawMessage, name, value string) error {
	if _, there := fields[name]; there {
		return nil
	}
	encoded, err := json.Marshal(value)
	fields[name] = encoded
	return err
}

// Sign makes an order of a message, ready for anybody to submit. signer and pubKey are those of the account that the message
// names; sign is as in types.NewOrder.
func Sign(
	order sdk.Msg, chainID, signer string, deadline time.Time, pubKey []byte, sign func(payload []byte) ([]byte, error),
) (*types.MsgSubmitSigned, error) {
	if named := signerOf(order); named != "" && named != signer {
		return nil, fmt.Errorf("the message is for %s to sign, the key is of %s: pass the subject's key with --from", named, signer)
	}
	if !deadline.After(time.Now()) {
		return nil, fmt.Errorf("the deadline %s has passed: name one in the near future", deadline.Format(time.RFC3339))
	}
	return types.NewOrder(chainID, order, deadline, newNonce(), pubKey, sign)
}

func signerOf(order sdk.Msg) string {
	switch m := order.(type) {
	case interface{ GetController() string }:
		return m.GetController()
	case interface{ GetSigner() string }:
		return m.GetSigner()
	}
	return ""
}

func newNonce() []byte {
	nonce := make([]byte, types.NonceSize)
	_, _ = rand.Read(nonce) // never fails, see its doc
	return nonce
}

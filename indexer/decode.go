package indexer

import (
	"encoding/json"
	"regexp"
	"strconv"

	abci "github.com/cometbft/cometbft/abci/types"
	cmttypes "github.com/cometbft/cometbft/types"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// transaction is a row of its table.
type transaction struct {
	hash     []byte
	result   *abci.ExecTxResult
	fee      *string
	messages *string
	signers  map[string]bool // every account in it, true for those that signed
}

// decodeTx reads a transaction. What a proposer puts into a block need not be one: then nothing is known of it but its result.
func (x *Indexer) decodeTx(bz cmttypes.Tx, result *abci.ExecTxResult) transaction {
	t := transaction{hash: bz.Hash(), result: result, signers: map[string]bool{}}
	tx, err := x.config.Decode(bz)
	if err != nil {
		return t
	}
	list := make([]json.RawMessage, 0, len(tx.GetMsgs()))
	for _, msg := range tx.GetMsgs() {
		bz, err := x.config.Codec.MarshalInterfaceJSON(msg)
		if err != nil {
			return t
		}
		list = append(list, bz)
	}
	encoded, err := json.Marshal(list)
	if err != nil {
		return t
	}
	text := string(encoded)
	t.messages = &text
	for _, address := range addresses.FindAllString(text, -1) {
		if address = address[1 : len(address)-1]; t.isAccount(address) {
			t.signers[address] = false
		}
	}
	if signed, ok := tx.(interface{ GetSigners() ([][]byte, error) }); ok {
		if signers, err := signed.GetSigners(); err == nil {
			for _, signer := range signers {
				t.signers[account(signer)] = true
			}
		}
	}
	if payer, ok := tx.(sdk.FeeTx); ok {
		fee, _ := json.Marshal(map[string]any{ // text and numbers
			"amount": payer.GetFee(), "gas_limit": strconv.FormatUint(payer.GetGas(), 10), "payer": account(payer.FeePayer()), "granter": account(payer.FeeGranter()),
		})
		text := string(fee)
		t.fee = &text
		t.signers[account(payer.FeePayer())] = true
	}
	return t
}

// addresses are strings in JSON that look like one of an account.
var addresses = regexp.MustCompile(`"[a-z]{1,83}1[02-9ac-hj-np-z]{38,80}"`)

func (transaction) isAccount(text string) bool {
	_, err := sdk.AccAddressFromBech32(text)
	return err == nil
}

package devnet

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
)

// Tx is a transaction as it ended.
type Tx struct {
	Hash      string
	Height    int64  // 0 if the node refused it before any block
	Code      uint32 // 0 when it took effect
	Codespace string
	Log       string
	Events    []Event
}

// Event of a transaction or a block.
type Event struct {
	Type       string `json:"type"`
	Attributes []struct {
		Key   string `json:"key"`
		Value string `json:"value"`
	} `json:"attributes"`
}

// Attribute returns the first value of that key, "" if there is none.
func Attribute(events []Event, key string) string {
	for _, e := range events {
		for _, a := range e.Attributes {
			if a.Key == key {
				return a.Value
			}
		}
	}
	return ""
}

// runner runs a creditd command.
type runner func(ctx context.Context, args ...string) ([]byte, error)

// txGas is enough for every single command of a demo; nobody pays for it.
const txGas = "500000"

// Send signs a transaction command with a key of a home, sends it through that home's node, or another's where the
// node is given, and waits for its block. A refusal is in the result, not an error.
func (n *Net) Send(ctx context.Context, home, key, node string, command ...string) (Tx, error) {
	var flags []string
	if node != "" {
		flags = []string{"--node", node}
	}
	return n.send(ctx, n.Run, node, home, key, append(command, flags...)...)
}

func (n *Net) send(ctx context.Context, run runner, node, home, key string, command ...string) (Tx, error) {
	args := append([]string{"tx"}, command...)
	out, err := run(ctx, append(args, "--from", key, "--home", home, "--gas", txGas, "--yes", "--output", "json")...)
	if err != nil {
		return Tx{}, err
	}
	var answer struct {
		Hash      string `json:"txhash"`
		Code      uint32 `json:"code"`
		Codespace string `json:"codespace"`
		Log       string `json:"raw_log"`
	}
	if err := decode(out, &answer); err != nil {
		return Tx{}, err
	}
	if answer.Code != 0 {
		return Tx{Hash: answer.Hash, Code: answer.Code, Codespace: answer.Codespace, Log: answer.Log}, nil
	}
	if node == "" {
		node = n.Institutions[0].Node.RPC
	}
	return Committed(ctx, node, answer.Hash)
}

// Committed waits until a transaction is in a block.
func Committed(ctx context.Context, node, hash string) (tx Tx, err error) {
	err = poll(ctx, func() (bool, error) {
		var answer struct {
			Height string `json:"height"`
			Result struct {
				Code      uint32          `json:"code"`
				Codespace string          `json:"codespace"`
				Log       string          `json:"log"`
				Events    json.RawMessage `json:"events"`
			} `json:"tx_result"`
		}
		if RPC(ctx, node, "/tx?hash=0x"+hash, &answer) != nil {
			return false, nil // not yet in a block, or the node is away for a moment
		}
		tx = Tx{Hash: hash, Code: answer.Result.Code, Codespace: answer.Result.Codespace, Log: answer.Result.Log}
		if tx.Height, err = strconv.ParseInt(answer.Height, 10, 64); err != nil {
			return false, err
		}
		return true, json.Unmarshal(answer.Result.Events, &tx.Events)
	}, "transaction %s is in no block", hash)
	return tx, err
}

// mustSend is send for a transaction that has to take effect.
func (n *Net) mustSend(ctx context.Context, run runner, home, key string, command ...string) (Tx, error) {
	tx, err := n.send(ctx, run, "", home, key, command...)
	if err == nil && tx.Code != 0 {
		err = fmt.Errorf("refused: %s (%s %d)", tx.Log, tx.Codespace, tx.Code)
	}
	return tx, err
}

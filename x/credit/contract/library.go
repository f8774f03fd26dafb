package contract

import (
	"bytes"
	"embed"
	"fmt"
	"path"

	"github.com/cosmos/gogoproto/jsonpb"

	"github.com/creditd/creditd/x/credit/types"
)

// The library is five contracts that come with creditd. None runs unless an institution proposes it and the members approve.
// A file is a ContractCode as JSON of protobuf messages: the code in what `creditd tx credit propose-contract` reads.
//
//go:embed library/*.json
var library embed.FS

// Published is a contract of the library.
type Published struct {
	Name    string
	Version uint32
	File    string // in library/
}

// Library lists it. The stale-record sweep has two versions, since a contract has one trigger: version 1 watches what is
// reported, version 2 what is updated, and both are active at the same time.
func Library() []Published {
	return []Published{
		{"notice-before-negative-reporting", 1, "notice-before-negative-reporting.json"},
		{"repair-after-payment", 1, "repair-after-payment.json"},
		{"multi-inquiry-alert", 1, "multi-inquiry-alert.json"},
		{"stale-record-sweep", 1, "stale-record-sweep-furnish.json"},
		{"stale-record-sweep", 2, "stale-record-sweep-update.json"},
		{"licence-scope-guard", 1, "licence-scope-guard.json"},
	}
}

// Source of a contract of the library: its file, as it can be proposed.
func (p Published) Source() ([]byte, error) { return library.ReadFile(path.Join("library", p.File)) }

// Code of a contract of the library.
func (p Published) Code() (types.ContractCode, error) {
	source, err := p.Source()
	if err != nil {
		return types.ContractCode{}, err
	}
	return ParseCode(source)
}

// ParseCode reads a ContractCode from JSON; an unknown field is an error. It is for clients: no message is parsed so.
func ParseCode(source []byte) (types.ContractCode, error) {
	var code types.ContractCode
	if err := jsonpb.Unmarshal(bytes.NewReader(source), &code); err != nil {
		return types.ContractCode{}, fmt.Errorf("%w: not the JSON of a ContractCode: %w", types.ErrInvalidContract, err)
	}
	return code, nil
}

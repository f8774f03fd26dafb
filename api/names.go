package api

import (
	_ "embed" // the table of errors
	"encoding/json"
	"fmt"
	"sync"
)

// RegisteredError is a line of the table of errors.
type RegisteredError struct {
	Codespace   string `json:"codespace"`
	Code        uint32 `json:"code"`
	Name        string `json:"name"`
	Description string `json:"description"`
}

type key struct {
	codespace string
	code      uint32
}

// errorsJSON is made by scripts/api-gen.sh from the calls of errors.Register in all packages that the node links.
//
//go:embed spec/errors.json
var errorsJSON []byte

// Errors that the packages of this node register, by codespace and code.
func Errors() ([]RegisteredError, error) {
	var list []RegisteredError
	if err := json.Unmarshal(errorsJSON, &list); err != nil {
		return nil, fmt.Errorf("api/spec/errors.json: %w", err)
	}
	return list, nil
}

var registered = sync.OnceValue(func() map[key]RegisteredError {
	list, err := Errors()
	if err != nil {
		panic(err) // what was compiled in is broken; a test reads it
	}
	byCode := make(map[key]RegisteredError, len(list))
	for _, e := range list {
		byCode[key{e.Codespace, e.Code}] = e
	}
	return byCode
})

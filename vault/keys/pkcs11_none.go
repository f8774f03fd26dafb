//go:build !cgo

package keys

import (
	"context"
	"encoding/json"
	"errors"
)

var errNoPKCS11 = errors.New("this binary has no PKCS#11, since it was built without cgo (CGO_ENABLED=0): use one that was built with it")

func openPKCS11(context.Context, json.RawMessage, []byte) (Custodian, error) {
	return nil, errNoPKCS11
}

// NewPKCS11 fails: this binary has no PKCS#11.
func NewPKCS11(context.Context, TokenKey, []byte) (Custodian, error) { return nil, errNoPKCS11 }

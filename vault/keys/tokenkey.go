package keys

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// TokenKey names an AES-256 key of a hardware token (PKCS#11).
type TokenKey struct {
	Module string `json:"module"` // absolute path of the vendor's library
	Token  string `json:"token"`  // label of the token
	Key    string `json:"key"`    // label of the key
}

const maxLabelBytes = 64

func parseTokenKey(params json.RawMessage) (TokenKey, error) {
	var k TokenKey
	if err := json.Unmarshal(params, &k); err != nil {
		return k, errBag
	}
	return k, k.check()
}

// check refuses a library that others could put code into: it runs in this process and is given the PIN.
func (k TokenKey) check() error {
	if k.Token == "" || k.Key == "" || len(k.Token) > maxLabelBytes || len(k.Key) > maxLabelBytes {
		return fmt.Errorf("a token and its key have labels of 1 to %d bytes: pass --pkcs11-token and --pkcs11-key", maxLabelBytes)
	}
	if !filepath.IsAbs(k.Module) {
		return errors.New("the PKCS#11 library is named by its absolute path: pass --pkcs11-module")
	}
	info, err := os.Stat(k.Module)
	if err != nil {
		return fmt.Errorf("PKCS#11 library: %w: pass --pkcs11-module", err)
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("the PKCS#11 library %s is not a file that only its owner can change: run 'chmod go-w' on it", k.Module)
	}
	return nil
}

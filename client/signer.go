package client

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/cosmos/cosmos-sdk/codec"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
)

// Signer acts for one account. A hardware module would be another implementation.
type Signer interface {
	Address() sdk.AccAddress
	PubKey() cryptotypes.PubKey
	// Sign signs SHA-256 of the bytes, as SIGN_MODE_DIRECT and PubKey.VerifySignature have it.
	Sign(bytes []byte) ([]byte, error)
}

// keySigner holds a private key in memory: a keyring decrypts it anew for each signature, which is too slow
// for an import of thousands of transactions.
type keySigner struct {
	key     cryptotypes.PrivKey
	public  cryptotypes.PubKey // derived once: deriving it takes as long as signing
	address sdk.AccAddress
}

func newKeySigner(key cryptotypes.PrivKey) keySigner {
	public := key.PubKey()
	return keySigner{key, public, sdk.AccAddress(public.Address())}
}

func (s keySigner) Address() sdk.AccAddress           { return s.address }
func (s keySigner) PubKey() cryptotypes.PubKey        { return s.public }
func (s keySigner) Sign(bytes []byte) ([]byte, error) { return s.key.Sign(bytes) }

// Format keeps the key out of every log line.
func (s keySigner) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, s.Address().String()) }

// NewSigner signs with a key that the caller holds.
func NewSigner(key *secp256k1.PrivKey) Signer { return newKeySigner(key) }

// KeyringConfig names a key in an SDK keyring.
type KeyringConfig struct {
	Home    string    // folder of the keyring
	Backend string    // os, file, test, ...
	From    string    // name or address of the key
	Input   io.Reader // where a passphrase is read from, for the backends that ask
}

// KeyringSigner takes a secp256k1 key out of an SDK keyring.
func KeyringSigner(cdc codec.Codec, config KeyringConfig) (Signer, error) {
	if config.From == "" {
		return nil, errors.New("no key named: pass --from with the name of a key that 'creditd keys list' shows")
	}
	ring, err := keyring.New(sdk.KeyringServiceName(), config.Backend, config.Home, config.Input, cdc)
	if err != nil {
		return nil, fmt.Errorf("keyring %q in %s: %w: check --keyring-backend and --home", config.Backend, config.Home, err)
	}
	record, err := ring.Key(config.From)
	if address, bad := sdk.AccAddressFromBech32(config.From); err != nil && bad == nil {
		record, err = ring.KeyByAddress(address)
	}
	if err != nil {
		return nil, fmt.Errorf("key %q is not in the %q keyring of %s: see 'creditd keys list --keyring-backend %s --home %s': %w",
			config.From, config.Backend, config.Home, config.Backend, config.Home, err)
	}
	local := record.GetLocal()
	if local == nil {
		return nil, fmt.Errorf("key %q is a %s key: sign with a key that is kept in this keyring", config.From, record.GetType())
	}
	key, ok := local.PrivKey.GetCachedValue().(*secp256k1.PrivKey)
	if !ok {
		return nil, fmt.Errorf("key %q is not a secp256k1 key: make one with 'creditd keys add'", config.From)
	}
	return newKeySigner(key), nil
}

// KeyFileSigner reads a secp256k1 key from a file that only its owner may read: 64 hexadecimal digits.
func KeyFileSigner(path string) (Signer, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("key file %s can be read by others: run 'chmod 600 %s'", path, path)
	}
	text, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	bytes, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(bytes) != secp256k1.PrivKeySize {
		return nil, fmt.Errorf("key file %s does not hold a key: write its 32 bytes as 64 hexadecimal digits", path)
	}
	return newKeySigner(&secp256k1.PrivKey{Key: bytes}), nil
}

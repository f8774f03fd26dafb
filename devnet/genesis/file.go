package genesis

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/cosmos/cosmos-sdk/codec"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"
)

// fileFormat names the layout of an institution's file; it is part of what the operator signs.
const fileFormat = "creditd-genesis-institution/1"

// maxFile bounds what is read: an ML-DSA-65 and a vault key take some 8 KiB.
const maxFile = 64 << 10

// Entry is what one institution states about itself for the genesis, signed by its operator's key.
type Entry struct {
	Format         string          `json:"format"`
	ChainID        string          `json:"chain_id"`
	Operator       string          `json:"operator"`
	Name           string          `json:"name"`
	LicenceNumber  string          `json:"licence_number"`
	Jurisdiction   string          `json:"jurisdiction"`
	Roles          string          `json:"roles"`
	ValidUntil     time.Time       `json:"valid_until"`
	Power          int64           `json:"power,omitempty"`
	ConsensusKey   json.RawMessage `json:"consensus_pubkey,omitempty"`
	VaultEndpoint  string          `json:"vault_endpoint,omitempty"`
	VaultKey       string          `json:"vault_key,omitempty"`
	Peer           string          `json:"peer,omitempty"` // node id@host:port, for the others' persistent_peers
	OperatorPubKey json.RawMessage `json:"operator_pubkey"`
	Signature      []byte          `json:"signature,omitempty"`
}

// signBytes are the entry without its signature. Field order and encoding are those of encoding/json.
func (e Entry) signBytes() ([]byte, error) {
	e.Signature = nil
	return json.Marshal(e)
}

// Sign makes the file of an institution.
func Sign(cdc codec.Codec, keys keyring.Keyring, keyName, chainID, peer string, i Institution) (Entry, error) {
	record, err := keys.Key(keyName)
	if err != nil {
		return Entry{}, fmt.Errorf("key %q of the operator: %w; list the keys with 'creditd keys list'", keyName, err)
	}
	pubKey, err := record.GetPubKey()
	if err != nil {
		return Entry{}, err
	}
	e := Entry{
		Format: fileFormat, ChainID: chainID, Operator: i.Operator.String(), Name: i.Name,
		LicenceNumber: i.LicenceNumber, Jurisdiction: i.Jurisdiction, Roles: RoleNames(i.Roles),
		ValidUntil: i.ValidUntil.UTC(), Power: i.Power, VaultEndpoint: i.VaultEndpoint,
		VaultKey: hex.EncodeToString(i.VaultKey), Peer: peer,
	}
	if e.OperatorPubKey, err = cdc.MarshalInterfaceJSON(pubKey); err != nil {
		return Entry{}, err
	}
	if i.ConsensusPubKey != nil {
		if e.ConsensusKey, err = cdc.MarshalInterfaceJSON(i.ConsensusPubKey); err != nil {
			return Entry{}, err
		}
	}
	message, err := e.signBytes()
	if err != nil {
		return Entry{}, err
	}
	e.Signature, _, err = keys.Sign(keyName, message, signing.SignMode_SIGN_MODE_DIRECT)
	return e, err
}

// Institution checks the signature and returns what was signed.
func (e Entry) Institution(cdc codec.Codec) (Institution, error) {
	if e.Format != fileFormat {
		return Institution{}, &FieldError{"format", fmt.Sprintf("is %q", e.Format), "make the file with 'creditd genesis institution-file'"}
	}
	operator, err := sdk.AccAddressFromBech32(e.Operator)
	if err != nil {
		return Institution{}, &FieldError{"operator", err.Error(), "give an account address of this chain"}
	}
	pubKey, err := e.verify(cdc, operator)
	if err != nil {
		return Institution{}, err
	}
	roles, err := ParseRoles(e.Roles)
	if err != nil {
		return Institution{}, err
	}
	i := Institution{
		Operator: operator, OperatorPubKey: pubKey, Name: e.Name, LicenceNumber: e.LicenceNumber, Jurisdiction: e.Jurisdiction, Roles: roles,
		ValidUntil: e.ValidUntil, Power: e.Power, VaultEndpoint: e.VaultEndpoint,
	}
	if i.VaultKey, err = hex.DecodeString(e.VaultKey); err != nil {
		return Institution{}, &FieldError{"vault_key", err.Error(), "give the key in hexadecimal"}
	}
	if len(e.ConsensusKey) > 0 {
		if i.ConsensusPubKey, err = ParseConsensusKey(cdc, e.ConsensusKey); err != nil {
			return Institution{}, err
		}
	}
	return i, nil
}

// verify returns the operator's public key if it signed the entry.
func (e Entry) verify(cdc codec.Codec, operator sdk.AccAddress) (cryptotypes.PubKey, error) {
	var pubKey cryptotypes.PubKey
	if err := cdc.UnmarshalInterfaceJSON(e.OperatorPubKey, &pubKey); err != nil {
		return nil, &FieldError{"operator_pubkey", err.Error(), "make the file with 'creditd genesis institution-file'"}
	}
	message, err := e.signBytes()
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(pubKey.Address(), operator) || !pubKey.VerifySignature(message, e.Signature) {
		return nil, &FieldError{
			"signature", "is not by the operator " + e.Operator + " over this content",
			"ask the institution for its file again, and do not edit it",
		}
	}
	return pubKey, nil
}

// ParseConsensusKey reads the JSON that 'creditd comet show-validator' prints.
func ParseConsensusKey(cdc codec.Codec, raw []byte) (cryptotypes.PubKey, error) {
	var key cryptotypes.PubKey
	if err := cdc.UnmarshalInterfaceJSON(raw, &key); err != nil {
		return nil, &FieldError{"consensus-pubkey", err.Error(), "give the output of 'creditd comet show-validator'"}
	}
	return key, nil
}

// Write saves the entry under the operator's address.
func (e Entry) Write(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	raw, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, e.Operator+".json")
	return path, os.WriteFile(path, append(raw, '\n'), 0o644)
}

// ReadEntries reads every *.json file of a folder, in the order of their names.
func ReadEntries(dir string) ([]Entry, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("%s: holds no *.json; each institution makes its file with 'creditd genesis institution-file'", dir)
	}
	entries := make([]Entry, 0, len(paths))
	for _, path := range paths {
		entry, err := readEntry(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w; make the file with 'creditd genesis institution-file'", path, err)
		}
		entries = append(entries, entry)
	}
	return entries, nil
}

func readEntry(path string) (Entry, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Entry{}, err
	}
	if info.Size() > maxFile {
		return Entry{}, fmt.Errorf("has %d bytes, more than %d", info.Size(), maxFile)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return Entry{}, err
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	var entry Entry
	if err := decoder.Decode(&entry); err != nil {
		return Entry{}, err
	}
	return entry, nil
}

// Collect admits the institutions of the entries; all errors are found in one go.
func (b *Builder) Collect(cdc codec.Codec, entries []Entry) error {
	var found []error
	for _, entry := range entries {
		if err := b.collect(cdc, entry); err != nil {
			found = append(found, fmt.Errorf("%s.json (%s): %w", entry.Operator, entry.Name, err))
		}
	}
	return errors.Join(found...)
}

func (b *Builder) collect(cdc codec.Codec, entry Entry) error {
	if entry.ChainID != b.doc.ChainID {
		return &FieldError{
			"chain_id", fmt.Sprintf("is %q, not %q", entry.ChainID, b.doc.ChainID),
			"ask the institution to sign for this chain",
		}
	}
	institution, err := entry.Institution(cdc)
	if err != nil {
		return err
	}
	return b.Add(institution)
}

// Peers are the addresses of the founders' nodes, for persistent_peers in config.toml.
func Peers(entries []Entry) []string {
	var peers []string
	for _, entry := range entries {
		if entry.Peer != "" {
			peers = append(peers, entry.Peer)
		}
	}
	return peers
}

package wallet

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"filippo.io/age"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/wallet/text"
	"github.com/creditd/creditd/x/attestation/commitment"
)

const (
	stateFormat = "creditd/wallet/v1"
	stateFile   = "wallet.json"
	secretFile  = "secret.age"
	// maxState is far more than the names of anybody's credit files take.
	maxState = 1 << 20
	// MaxFiles of credit that one wallet knows.
	MaxFiles = 64
	maxName  = 64
)

// State is what the wallet knows without the passphrase, in wallet.json.
type State struct {
	Format    string `json:"format"`
	ChainID   string `json:"chain_id"`
	Node      string `json:"node"`      // CometBFT RPC
	GRPC      string `json:"grpc"`      // of the same node
	Address   string `json:"address"`   // of the account
	Recipient string `json:"recipient"` // public key that the wallet's files are encrypted to
	// Files of credit that the account controls or may claim.
	Files []CreditFile `json:"files"`
	// HolderKeys is how many were handed out: the next one is new.
	HolderKeys int `json:"holder_keys"`
}

// CreditFile is a pseudonym with the name that its owner calls it by.
type CreditFile struct {
	Name    string          `json:"name"`
	Subject commitment.Hash `json:"subject"`
}

// Wallet is one folder.
type Wallet struct {
	State

	home string
}

// Options of a new wallet.
type Options struct {
	ChainID, Node, GRPC string
	// WorkFactor of scrypt, as a power of two; 0 for age's own choice, about a second. Tests take less.
	WorkFactor int
}

// Create makes a wallet from words. Its folder is there complete or not at all, whenever the process is killed.
func Create(home string, o Options, words string, passphrase []byte) (*Wallet, error) {
	if _, err := os.Stat(filepath.Join(home, stateFile)); err == nil {
		return nil, fmt.Errorf(text.ErrWalletExists, home)
	}
	secret, err := newSecret(words)
	if err != nil {
		return nil, err
	}
	if o.WorkFactor == 0 {
		o.WorkFactor = workFactor
	}
	sealed, err := secret.lock(passphrase, o.WorkFactor)
	if err != nil {
		return nil, err
	}
	state := State{
		Format: stateFormat, ChainID: o.ChainID, Node: o.Node, GRPC: o.GRPC, Address: secret.Signer().Address().String(),
		Recipient: secret.identity.Recipient().String(), Files: []CreditFile{},
	}
	if err := state.validate(); err != nil {
		return nil, err
	}
	parent := filepath.Dir(filepath.Clean(home))
	if err := os.MkdirAll(parent, ownerFolder); err != nil {
		return nil, err
	}
	// What a killed process leaves under this name is of use to nobody: it is encrypted, and nothing was signed with it.
	folder, err := os.MkdirTemp(parent, ".creditd-wallet-new-*") // 0700
	if err != nil {
		return nil, err
	}
	w := &Wallet{State: state, home: folder}
	err = writeFile(filepath.Join(folder, secretFile), sealed)
	if err == nil {
		err = w.save()
	}
	if err == nil {
		err = os.Rename(folder, home)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf(text.ErrCreate, home, err), os.RemoveAll(folder))
	}
	w.home = home
	return w, syncFolder(parent)
}

// Open reads what needs no passphrase.
func Open(home string) (*Wallet, error) {
	raw, err := readBounded(filepath.Join(home, stateFile), maxState)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf(text.ErrNoWallet, home)
	}
	if err != nil {
		return nil, err
	}
	w := &Wallet{home: home}
	if err := json.Unmarshal(raw, &w.State); err != nil {
		return nil, fmt.Errorf(text.ErrBrokenState, filepath.Join(home, stateFile), err)
	}
	if err := w.validate(); err != nil {
		return nil, fmt.Errorf(text.ErrBrokenState, filepath.Join(home, stateFile), err)
	}
	return w, nil
}

func (s *State) validate() error {
	switch {
	case s.Format != stateFormat:
		return fmt.Errorf(text.ErrFormat, s.Format, stateFormat)
	case s.ChainID == "":
		return errors.New(text.ErrNoChainID)
	case len(s.Files) > MaxFiles || s.HolderKeys < 0:
		return errors.New(text.ErrTooManyFiles)
	}
	if _, err := sdk.AccAddressFromBech32(s.Address); err != nil {
		return err
	}
	_, err := age.ParseX25519Recipient(s.Recipient)
	return err
}

func (w *Wallet) save() error {
	raw, err := json.MarshalIndent(w.State, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(w.home, stateFile), append(raw, '\n'))
}

// Home is the wallet's folder.
func (w *Wallet) Home() string { return w.home }

// Unlock gives the secret part.
func (w *Wallet) Unlock(passphrase []byte) (*Secret, error) {
	sealed, err := readBounded(filepath.Join(w.home, secretFile), maxSecretBytes)
	if err != nil {
		return nil, err
	}
	secret, err := unlock(sealed, passphrase)
	if err != nil {
		return nil, err
	}
	if secret.Signer().Address().String() != w.Address {
		return nil, errors.New(text.ErrOtherSecret)
	}
	return secret, nil
}

// Remember notes a credit file under a name; an empty one takes that of Propose.
func (w *Wallet) Remember(subject [32]byte, name string) (file CreditFile, err error) {
	err = w.change(func() error {
		if file, err = w.Propose(subject, name); err != nil {
			return err
		}
		at := slices.IndexFunc(w.Files, func(f CreditFile) bool { return f.Subject == file.Subject })
		if at < 0 {
			w.Files = append(w.Files, file)
		} else {
			w.Files[at] = file
		}
		return nil
	})
	return file, err
}

// Propose says under which name a credit file would be noted: the one given, or the one that it has, or the next number.
func (w *Wallet) Propose(subject [32]byte, name string) (CreditFile, error) {
	file := CreditFile{Name: name, Subject: subject}
	for _, known := range w.Files {
		if known.Subject == file.Subject && (name == "" || name == known.Name) {
			return known, nil
		}
	}
	known := slices.ContainsFunc(w.Files, func(f CreditFile) bool { return f.Subject == file.Subject })
	if len(w.Files) == MaxFiles && !known {
		return CreditFile{}, errors.New(text.ErrTooManyFiles)
	}
	for n := len(w.Files) + 1; file.Name == ""; n++ {
		if next := fmt.Sprintf(text.FileName, n); w.checkName(next) == nil {
			file.Name = next
		}
	}
	return file, w.checkName(file.Name)
}

func (w *Wallet) checkName(name string) error {
	if strings.TrimSpace(name) != name || name == "" || len(name) > maxName || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }) {
		return fmt.Errorf(text.ErrName, maxName)
	}
	if slices.ContainsFunc(w.Files, func(f CreditFile) bool { return strings.EqualFold(f.Name, name) }) {
		return fmt.Errorf(text.ErrNameTaken, name)
	}
	return nil
}

// File finds a credit file by its name or the beginning of its pseudonym; "" is the only one.
func (w *Wallet) File(which string) (CreditFile, error) {
	var found []CreditFile
	for _, file := range w.Files {
		exact := strings.EqualFold(file.Name, which)
		if exact {
			return file, nil
		}
		if which == "" || (len(which) >= minPrefix && strings.HasPrefix(hex.EncodeToString(file.Subject[:]), strings.ToLower(which))) {
			found = append(found, file)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(w.Files) == 0:
		return CreditFile{}, errors.New(text.ErrNoFiles)
	case which == "":
		return CreditFile{}, fmt.Errorf(text.ErrWhichFile, w.fileNames())
	}
	return CreditFile{}, fmt.Errorf(text.ErrNoFile, which, w.fileNames())
}

func (w *Wallet) fileNames() string {
	names := make([]string, len(w.Files))
	for i, file := range w.Files {
		names[i] = fmt.Sprintf("%q", file.Name)
	}
	return strings.Join(names, ", ")
}

func readBounded(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > limit {
		return nil, fmt.Errorf(text.ErrFileSize, path, limit)
	}
	return os.ReadFile(path) //nolint:gosec // a file of the wallet, or one that its owner names
}

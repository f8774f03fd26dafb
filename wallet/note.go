package wallet

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"github.com/creditd/creditd/wallet/text"
	"github.com/creditd/creditd/x/attestation/commitment"
)

const (
	noteFormat = "creditd/note/v1"
	noteDomain = "creditd/note/v1"
	notesDir   = "notes"
	sealed     = ".age"

	// MaxNote is the longest file that a note is made of.
	MaxNote = 8 << 20
)

// Note is what the subject says or shows in a dispute. The chain has its commitment alone,
//
//	ID("creditd/note/v1", salt, content)   salt has 32 random bytes
//
// and whoever is given the note checks that it is the one that was meant.
type Note struct {
	Format     string          `json:"format"`
	Commitment commitment.Hash `json:"commitment"`
	Salt       []byte          `json:"salt"`
	Content    []byte          `json:"content"`
	Time       time.Time       `json:"time"` // by the wallet's clock; not in the commitment
}

// NewNote of what is in a file.
func NewNote(path string, now time.Time) (*Note, error) {
	content, err := readBounded(path, MaxNote)
	if err != nil {
		return nil, err
	}
	if len(content) == 0 {
		return nil, fmt.Errorf(text.ErrEmptyNote, path)
	}
	n := &Note{Format: noteFormat, Salt: make([]byte, 32), Content: content, Time: now.UTC().Truncate(time.Second)}
	_, _ = rand.Read(n.Salt) // never fails, see its doc
	n.Commitment = commitment.ID(noteDomain, n.Salt, n.Content)
	return n, nil
}

func (n *Note) commitment() []byte { return n.Commitment[:] }

// Encode is what is handed to the furnisher or the mediator.
func (n *Note) Encode() ([]byte, error) {
	raw, err := json.MarshalIndent(n, "", "  ")
	return append(raw, '\n'), err
}

// KeepNote keeps a copy, encrypted, under the name of its commitment.
func (w *Wallet) KeepNote(n *Note) error {
	raw, err := n.Encode()
	if err != nil {
		return err
	}
	return w.keep(notesDir, hex.EncodeToString(n.Commitment[:]), raw)
}

// keep encrypts to the wallet's own key, for which it needs no passphrase.
func (w *Wallet) keep(folder, name string, plain []byte) error {
	to, err := age.ParseX25519Recipient(w.Recipient)
	if err != nil {
		return err
	}
	bz, err := encrypt(to, plain)
	if err != nil {
		return err
	}
	dir := filepath.Join(w.home, folder)
	if err := os.MkdirAll(dir, ownerFolder); err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, name+sealed), bz)
}

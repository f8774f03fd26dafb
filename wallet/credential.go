package wallet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/creditd/creditd/credential"
	"github.com/creditd/creditd/wallet/text"
	"github.com/creditd/creditd/x/attestation/commitment"
)

const (
	credentialsDir = "credentials"
	// maxCredentialFile is a credential with what was read of it, and the little that encryption adds.
	maxCredentialFile = 4 * credential.MaxBytes
	// holderGap is how many holder keys beyond those handed out are tried: a wallet made again from its words does not know
	// how many there were.
	holderGap = 64
	// clockSkew between this machine and the issuer's.
	clockSkew = 2 * time.Minute
	idBytes   = 16
)

// Credential as it was received and checked.
type Credential struct {
	ID       string    `json:"id"` // 32 hexadecimal digits of the hash of the token
	Token    string    `json:"token"`
	Holder   int       `json:"holder_key"`
	Received time.Time `json:"received"`
	// What the check on receipt found.
	Schema      string          `json:"schema_name"`
	Issuer      string          `json:"issuer"`
	Attestation commitment.Hash `json:"attestation"`
	Subject     commitment.Hash `json:"subject"`
	Values      []Value         `json:"values"`
}

// Value of a field that can be shown.
type Value struct {
	Name  string `json:"name"`
	Value string `json:"value"` // canonical text
}

// Names of the fields that its holder can show.
func (c *Credential) Names() ([]string, error) { return credential.Disclosable(c.Token) }

// NextHolderKey hands out a key that was not used, for an issuer to bind a credential to.
func (w *Wallet) NextHolderKey(s *Secret) (public credential.PublicKey, err error) {
	err = w.change(func() error {
		key, err := s.HolderKey(w.HolderKeys)
		if err != nil {
			return err
		}
		public = key.Public()
		w.HolderKeys++
		return nil
	})
	return public, err
}

// Receive checks a credential against the chain and keeps it: the issuer's signature and standing, the commitment, the
// status, and that it is bound to a key of this wallet.
func (w *Wallet) Receive(ctx context.Context, s *Secret, chain credential.ChainView, token string, now time.Time) (*Credential, error) {
	typ, err := credential.TypeOf(token)
	if err != nil {
		return nil, fmt.Errorf(text.ErrNoCredential, err)
	}
	report, err := credential.VerifyAttestation(ctx, token, chain, credential.Policy{Type: typ, Now: now, Skew: clockSkew})
	if err != nil {
		return nil, fmt.Errorf(text.ErrBadCredential, err)
	}
	if !report.Good() {
		return nil, fmt.Errorf(text.ErrNotGood, text.CredentialState(report))
	}
	holder, err := w.holderOf(s, token, now)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(token))
	c := &Credential{
		ID: hex.EncodeToString(sum[:idBytes]), Token: token, Holder: holder, Received: now.UTC().Truncate(time.Second),
		Schema: report.Integrity.SchemaName, Issuer: report.Issuer.Address, Attestation: report.Integrity.Attestation,
		Subject: report.Integrity.Subject, Values: []Value{},
	}
	for _, field := range report.Integrity.Fields {
		c.Values = append(c.Values, Value{field.Name, field.Value})
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	if err := w.keep(credentialsDir, c.ID, raw); err != nil {
		return nil, err
	}
	if holder >= w.HolderKeys {
		err = w.change(func() error {
			w.HolderKeys = max(w.HolderKeys, holder+1)
			return nil
		})
	}
	return c, err
}

// holderOf finds the key that a credential is bound to, by presenting it to nobody.
func (w *Wallet) holderOf(s *Secret, token string, now time.Time) (int, error) {
	for i := range w.HolderKeys + holderGap {
		key, err := s.HolderKey(i)
		if err != nil {
			return 0, err
		}
		_, err = credential.Present(token, credential.Presentation{
			Keep: func(credential.Disclosure) bool { return false }, Holder: &key, Audience: "nobody", Nonce: "none", Now: now,
		})
		if err == nil {
			return i, nil
		}
		if !errors.Is(err, credential.ErrKeyBinding) {
			return 0, fmt.Errorf(text.ErrNoCredential, err)
		}
	}
	return 0, errors.New(text.ErrOtherHolder)
}

// credentialFiles are the names of the files, which say nothing.
func (w *Wallet) credentialFiles() ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(w.home, credentialsDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		if name, ok := strings.CutSuffix(entry.Name(), sealed); ok && !strings.HasPrefix(name, ".") {
			names = append(names, name)
		}
	}
	return names, nil
}

// Credentials that the wallet keeps, the newest first.
func (w *Wallet) Credentials(s *Secret) ([]Credential, error) {
	names, err := w.credentialFiles()
	if err != nil {
		return nil, err
	}
	all := make([]Credential, 0, len(names))
	for _, name := range names {
		c, err := w.credential(s, name)
		if err != nil {
			return nil, err
		}
		all = append(all, *c)
	}
	slices.SortStableFunc(all, func(a, b Credential) int { return b.Received.Compare(a.Received) })
	return all, nil
}

func (w *Wallet) credential(s *Secret, name string) (*Credential, error) {
	path := filepath.Join(w.home, credentialsDir, name+sealed)
	raw, err := readBounded(path, maxCredentialFile)
	if err != nil {
		return nil, err
	}
	plain, err := decrypt(s.identity, raw, maxCredentialFile)
	if err != nil {
		return nil, fmt.Errorf(text.ErrBrokenCredential, path)
	}
	var c Credential
	if err := json.Unmarshal(plain, &c); err != nil || c.ID != name {
		return nil, fmt.Errorf(text.ErrBrokenCredential, path)
	}
	return &c, nil
}

// PickCredential finds one by the beginning of its id.
func (w *Wallet) PickCredential(s *Secret, which string) (*Credential, error) {
	all, err := w.Credentials(s)
	if err != nil {
		return nil, err
	}
	return pick(text.ACredential, which, all, func(c *Credential) []byte { id, _ := hex.DecodeString(c.ID); return id })
}

// Forget deletes a credential.
func (w *Wallet) Forget(c *Credential) error {
	dir := filepath.Join(w.home, credentialsDir)
	if err := os.Remove(filepath.Join(dir, c.ID+sealed)); err != nil {
		return err
	}
	return syncFolder(dir)
}

// Now checks a credential against the chain again.
func (c *Credential) Now(ctx context.Context, chain credential.ChainView, now time.Time) (*credential.Report, error) {
	typ, err := credential.TypeOf(c.Token)
	if err != nil {
		return nil, err
	}
	return credential.VerifyAttestation(ctx, c.Token, chain, credential.Policy{Type: typ, Now: now, Skew: clockSkew})
}

// Present shows some fields to one verifier, for one request. Nobody is asked.
func (c *Credential) Present(s *Secret, fields []string, audience, nonce string, now time.Time) (string, error) {
	names, err := c.Names()
	if err != nil {
		return "", err
	}
	if len(fields) == 0 {
		return "", fmt.Errorf(text.ErrNoFields, strings.Join(names, ", "))
	}
	for _, field := range fields {
		if !slices.Contains(names, field) {
			return "", fmt.Errorf(text.ErrNoField, field, strings.Join(names, ", "))
		}
	}
	if audience == "" || nonce == "" {
		return "", errors.New(text.ErrNoAudience)
	}
	key, err := s.HolderKey(c.Holder)
	if err != nil {
		return "", err
	}
	return credential.Present(c.Token, credential.Presentation{
		Keep: credential.Fields(fields...), Holder: &key, Audience: audience, Nonce: nonce, Now: now,
	})
}

// ReadToken reads a credential, without the line ending that an editor puts behind it.
func ReadToken(path string) (string, error) {
	raw, err := readBounded(path, credential.MaxBytes+2)
	return strings.TrimRight(string(raw), "\r\n"), err
}

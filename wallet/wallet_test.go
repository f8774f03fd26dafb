package wallet

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/creditd/creditd/wallet/text"
)

func TestCreateAndRestore(t *testing.T) {
	w, secret := newWallet(t)
	again, err := Open(w.Home())
	require.NoError(t, err)
	require.Equal(t, w.State, again.State)
	require.Equal(t, os.FileMode(0o700), modeOf(t, w.Home()))
	for _, name := range []string{stateFile, secretFile} {
		require.Equal(t, os.FileMode(0o600), modeOf(t, filepath.Join(w.Home(), name)))
	}

	restored, err := Create(filepath.Join(t.TempDir(), "again"), Options{ChainID: testChainID, WorkFactor: testFactor},
		"  "+strings.ToUpper(testWords)+"\n", []byte("another passphrase"))
	require.NoError(t, err)
	require.Equal(t, w.Address, restored.Address)
	same, err := restored.Unlock([]byte("another passphrase"))
	require.NoError(t, err)
	for i := range 3 {
		first, err := secret.HolderKey(i)
		require.NoError(t, err)
		second, err := same.HolderKey(i)
		require.NoError(t, err)
		require.Equal(t, first.Public(), second.Public(), "holder keys follow from the words")
	}
	one, err := secret.HolderKey(0)
	require.NoError(t, err)
	two, err := secret.HolderKey(1)
	require.NoError(t, err)
	require.NotEqual(t, one.Public(), two.Public())
}

// The account is that of BIP-39 and BIP-32 at m/44'/118'/0'/0/0, as other wallets have it for these words.
func TestAccountOfKnownWords(t *testing.T) {
	secret, err := newSecret(testWords)
	require.NoError(t, err)
	require.Equal(t, "cosmos1r5v5srda7xfth3hn2s26txvrcrntldjumt8mhl", secret.Signer().Address().String())
}

func TestNewWords(t *testing.T) {
	words, err := NewWords()
	require.NoError(t, err)
	require.Len(t, strings.Fields(words), 24)
	other, err := NewWords()
	require.NoError(t, err)
	require.NotEqual(t, words, other)
	_, err = newSecret(words)
	require.NoError(t, err)
}

func TestCreateRefuses(t *testing.T) {
	w, _ := newWallet(t)
	o := Options{ChainID: testChainID, WorkFactor: testFactor}
	_, err := Create(w.Home(), o, testWords, []byte(testPassword))
	require.ErrorContains(t, err, "there is a wallet in")
	_, err = Create(t.TempDir()+"/x", o, strings.Replace(testWords, "art", "arts", 1), []byte(testPassword))
	require.ErrorIs(t, err, ErrWords)
	require.NotContains(t, err.Error(), "abandon", "no error quotes the words")
	_, err = Create(t.TempDir()+"/x", o, testWords, []byte("short"))
	require.ErrorContains(t, err, "too short")
	_, err = Create(t.TempDir()+"/x", Options{WorkFactor: testFactor}, testWords, []byte(testPassword))
	require.ErrorContains(t, err, "no chain named")
	full := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(full, "letter"), nil, 0o600))
	_, err = Create(full, o, testWords, []byte(testPassword))
	require.ErrorContains(t, err, "empty or not there")
	left, err := filepath.Glob(filepath.Join(filepath.Dir(full), ".creditd-wallet-new-*"))
	require.NoError(t, err)
	require.Empty(t, left, "nothing is left of what failed")
	entries, err := os.ReadDir(full)
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing was written over")
}

func TestUnlockRefuses(t *testing.T) {
	w, secret := newWallet(t)
	_, err := w.Unlock([]byte("wrong passphrase"))
	require.ErrorIs(t, err, ErrPassphrase)
	for _, shown := range []string{fmt.Sprint(secret), fmt.Sprintf("%+v %#v %x", *secret, secret, secret)} {
		require.Contains(t, shown, "redacted")
		require.NotContains(t, shown, "AGE-SECRET")
	}
	other, err := Create(filepath.Join(t.TempDir(), "other"), Options{ChainID: testChainID, WorkFactor: testFactor}, mustWords(t), []byte(testPassword))
	require.NoError(t, err)
	foreign, err := os.ReadFile(filepath.Join(other.Home(), secretFile))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(w.Home(), secretFile), foreign, 0o600))
	_, err = w.Unlock([]byte(testPassword))
	require.ErrorContains(t, err, "of another wallet")
}

func mustWords(t *testing.T) string {
	t.Helper()
	words, err := NewWords()
	require.NoError(t, err)
	return words
}

func TestOpenRefuses(t *testing.T) {
	_, err := Open(t.TempDir())
	require.ErrorContains(t, err, "creditd wallet init")
	w, _ := newWallet(t)
	path := filepath.Join(w.Home(), stateFile)
	good, err := os.ReadFile(path)
	require.NoError(t, err)
	for name, bad := range map[string]string{
		"half":           string(good[:len(good)/2]),
		"another format": strings.Replace(string(good), stateFormat, "creditd/wallet/v9", 1),
		"no address":     strings.Replace(string(good), w.Address, "cosmos1x", 1),
		"no recipient":   strings.Replace(string(good), w.Recipient, "age1x", 1),
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(path, []byte(bad), 0o600))
			_, err := Open(w.Home())
			require.ErrorContains(t, err, "restore")
		})
	}
	require.NoError(t, os.WriteFile(path, make([]byte, maxState+1), 0o600))
	_, err = Open(w.Home())
	require.ErrorContains(t, err, "at most")
}

func TestCreditFiles(t *testing.T) {
	w, _ := newWallet(t)
	same, err := w.Remember(mySubject, "")
	require.NoError(t, err)
	require.Equal(t, "mine", same.Name)
	renamed, err := w.Remember(mySubject, "my firm")
	require.NoError(t, err)
	require.Equal(t, "my firm", renamed.Name)
	second, err := w.Remember([32]byte{2}, "")
	require.NoError(t, err)
	require.Equal(t, fmt.Sprintf(text.FileName, 2), second.Name)
	_, err = w.Remember([32]byte{3}, "MY firm")
	require.ErrorContains(t, err, "another name")
	for _, bad := range []string{" x", "a\nb", strings.Repeat("x", 65)} {
		_, err = w.Remember([32]byte{3}, bad)
		require.ErrorContains(t, err, "a name has")
	}
	_, err = w.File("")
	require.ErrorContains(t, err, "--file")
	found, err := w.File("my FIRM")
	require.NoError(t, err)
	require.EqualValues(t, mySubject, found.Subject)
	found, err = w.File("020000")
	require.NoError(t, err)
	require.Equal(t, second, found)
	_, err = w.File("nobody's")
	require.ErrorContains(t, err, "no credit file is called")

	again, err := Open(w.Home())
	require.NoError(t, err)
	require.Equal(t, w.Files, again.Files)
	for n := len(w.Files); n < MaxFiles; n++ {
		_, err = w.Remember([32]byte{9, byte(n)}, "")
		require.NoError(t, err)
	}
	_, err = w.Remember([32]byte{10}, "")
	require.ErrorContains(t, err, "another wallet")
}

// Whoever is killed while a file is written leaves the old one: what is half is in a file of another name, which nothing reads.
func TestHalfWrittenFilesAreIgnored(t *testing.T) {
	w, secret := newWallet(t)
	chain := &fakeChain{}
	holder, err := w.NextHolderKey(secret)
	require.NoError(t, err)
	c, err := w.Receive(t.Context(), secret, chain.Credentials(), chain.issue(t, holder), testNow)
	require.NoError(t, err)
	for _, dir := range []string{w.Home(), filepath.Join(w.Home(), credentialsDir)} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, ".new-1.age"), []byte("half"), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, ".new-2"), []byte(`{"for`), 0o600))
	}
	again, err := Open(w.Home())
	require.NoError(t, err)
	all, err := again.Credentials(secret)
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Equal(t, c.ID, all[0].ID)
	status, err := NewViewer(chain, again, testNow).Status(t.Context(), 0)
	require.NoError(t, err)
	require.Equal(t, 1, status.Credentials)
}

// No file of the wallet tells what is in a credential or a note, or is for anybody but its owner.
func TestFilesAreEncrypted(t *testing.T) {
	w, secret := newWallet(t)
	chain := &fakeChain{}
	holder, err := w.NextHolderKey(secret)
	require.NoError(t, err)
	token := chain.issue(t, holder)
	_, err = w.Receive(t.Context(), secret, chain.Credentials(), token, testNow)
	require.NoError(t, err)
	letter := filepath.Join(t.TempDir(), "letter")
	require.NoError(t, os.WriteFile(letter, []byte("I paid in March"), 0o600))
	note, err := NewNote(letter, testNow)
	require.NoError(t, err)
	require.NoError(t, w.KeepNote(note))
	files := 0
	require.NoError(t, filepath.WalkDir(w.Home(), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files++
		require.Equal(t, os.FileMode(0o600), modeOf(t, path), path)
		raw, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, secret := range []string{"120000", "paid in March", token[:64], "abandon"} {
			require.NotContains(t, string(raw), secret, path)
		}
		return nil
	}))
	require.Equal(t, 5, files, "with the lock, which is empty")
}

// Commands at once, each with its own copy of what was on the disk: no key is handed out twice and no file is forgotten.
func TestChangesAtOnce(t *testing.T) {
	w, secret := newWallet(t)
	const commands = 8
	keys := make([]string, commands)
	var group errgroup.Group
	for i := range commands {
		mine, err := Open(w.Home()) // before any of them writes
		require.NoError(t, err)
		group.Go(func() error {
			if _, err := mine.Remember([32]byte{byte(i + 1)}, ""); err != nil {
				return err
			}
			key, err := mine.NextHolderKey(secret)
			keys[i] = fmt.Sprintf("%+v", key)
			return err
		})
	}
	require.NoError(t, group.Wait())
	after, err := Open(w.Home())
	require.NoError(t, err)
	require.Equal(t, commands, after.HolderKeys)
	require.Len(t, after.Files, commands)
	names := map[string]bool{}
	for _, file := range after.Files {
		names[file.Name] = true
	}
	require.Len(t, names, commands)
	slices.Sort(keys)
	require.Len(t, slices.Compact(keys), commands)
}

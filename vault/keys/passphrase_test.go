package keys

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReadSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "passphrase")
	write := func(text string, mode os.FileMode) {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		require.NoError(t, os.Chmod(path, mode))
	}
	write("a passphrase of some length\r\n", 0o600)
	got, err := ReadSecret(path)
	require.NoError(t, err)
	require.Equal(t, "a passphrase of some length", string(got))
	write("a passphrase of some length", 0o640)
	_, err = ReadSecret(path)
	require.ErrorContains(t, err, "chmod 600")
	require.NoError(t, os.Chmod(path, 0o600))
	write(strings.Repeat("x", 5000), 0o600)
	_, err = ReadSecret(path)
	require.Error(t, err)
	_, err = ReadSecret(path + ".none")
	require.True(t, errors.Is(err, os.ErrNotExist))
	_, err = NewPassphrase([]byte("short"), cheap)
	require.ErrorContains(t, err, "openssl rand")
}

func TestReadSecretFD(t *testing.T) {
	pass := func(text string) int { // the reader closes what it is given, so no os.File may own it
		var ends [2]int
		require.NoError(t, syscall.Pipe(ends[:]))
		_, err := syscall.Write(ends[1], []byte(text))
		require.NoError(t, err)
		require.NoError(t, syscall.Close(ends[1]))
		return ends[0]
	}
	fd := pass("a passphrase of some length\n")
	got, err := ReadSecretFD(fd)
	require.NoError(t, err)
	require.Equal(t, "a passphrase of some length", string(got))
	_, err = ReadSecretFD(1 << 20)
	require.ErrorContains(t, err, "open it")
	fd = pass(strings.Repeat("x", 5000))
	_, err = ReadSecretFD(fd)
	require.ErrorContains(t, err, "more than")
	for _, fd := range []int{-1, 0, 1, 2} {
		_, err = ReadSecretFD(fd)
		require.ErrorContains(t, err, "--passphrase-fd 3")
	}
}

// cloud is a key service as package documentation describes it: it keeps the keys and gives none out.
type cloud struct {
	keys map[string][]byte
	asks int
}

type cloudKey struct {
	service *cloud
	name    string
}

func (c *cloud) driver(_ context.Context, params json.RawMessage, credentials []byte) (Custodian, error) {
	var name string
	if err := json.Unmarshal(params, &name); err != nil {
		return nil, err
	}
	if string(credentials) != "credentials" {
		return nil, fmt.Errorf("the key service refuses: %w", ErrWrongPassphrase)
	}
	return cloudKey{c, name}, nil
}

func (k cloudKey) Description() Description {
	name, _ := json.Marshal(k.name)
	return Description{Kind: "cloud", Params: name}
}

func (k cloudKey) Wrap(_ context.Context, key, place []byte) ([]byte, error) {
	k.service.asks++
	return seal(k.service.keys[k.name], key, place)
}

func (k cloudKey) Unwrap(_ context.Context, wrapped, place []byte) ([]byte, error) {
	k.service.asks++
	return open(k.service.keys[k.name], wrapped, place)
}

func (k cloudKey) Close() error { return nil }

// The seam for key services: a vault from a passphrase to one and through its use, with one request to the service for each.
func TestKeyService(t *testing.T) {
	service := &cloud{keys: map[string][]byte{"vault": random(Size)}}
	before := maps.Clone(drivers)
	t.Cleanup(func() { drivers = before })
	settings, bag := memory{}, filepath.Join(t.TempDir(), "keybag")
	ring := create(t, settings, bag)
	wrapped, err := ring.Wrap([]byte("key"), line, place)
	require.NoError(t, err)
	made := func() (Custodian, error) { return cloudKey{service, "vault"}, nil }
	_, err = ring.BeginRotation(t.Context(), made, WithSecret([]byte("credentials")))
	require.NoError(t, err)
	rewrapped, err := ring.Rewrap(wrapped, line, place)
	require.NoError(t, err)
	require.NoError(t, ring.FinishRotation(t.Context()))
	require.Equal(t, "cloud", ring.Custodian().Kind)

	_, err = Open(t.Context(), settings, bag, WithSecret([]byte("credentials")))
	require.ErrorContains(t, err, `"cloud"`, "a program without it says so")
	Register("cloud", service.driver)
	_, err = Open(t.Context(), settings, bag, WithSecret([]byte("others")))
	require.ErrorIs(t, err, ErrWrongPassphrase)
	service.asks = 0
	opened := reopen(t, settings, bag, []byte("credentials"))
	for range 100 {
		key, err := opened.Unwrap(rewrapped, line, place)
		require.NoError(t, err)
		require.Equal(t, []byte("key"), key)
	}
	require.Equal(t, 1, service.asks)
	service.keys["vault"] = random(Size)
	_, err = Open(t.Context(), settings, bag, WithSecret([]byte("credentials")))
	require.ErrorIs(t, err, ErrTampered, "a service that answers with something else")
}

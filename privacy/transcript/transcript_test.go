package transcript_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/transcript"
)

// TestVector fixes the bytes; clients/interop computes the same in TypeScript.
func TestVector(t *testing.T) {
	tr := transcript.New("creditd/test/v1")
	tr.Append("point", []byte{1, 2, 3})
	tr.AppendUint64("bits", 64)
	first := tr.Scalar("y")
	second := tr.Scalar("z")
	require.Equal(t, vectorY, hex.EncodeToString(first.Bytes()))
	require.Equal(t, vectorZ, hex.EncodeToString(second.Bytes()))
}

// TestEverythingCounts: a coin changes with the domain, any label, any byte, where one part ends, and the order.
func TestEverythingCounts(t *testing.T) {
	make := func(domain string, parts ...string) string {
		tr := transcript.New(domain)
		for i := 0; i+1 < len(parts); i += 2 {
			tr.Append(parts[i], []byte(parts[i+1]))
		}
		return string(tr.Scalar("c").Bytes())
	}
	seen := map[string]bool{}
	for _, coin := range []string{
		make("d", "a", "xy"), make("d", "ax", "y"), make("d", "a", "xy", "", ""), make("e", "a", "xy"), make("d", "a", "yx"),
		make("d", "a", "x", "y", ""), make("d"), make("da", "", "xy"), make("d", "a", "x", "b", "y"), make("d", "b", "y", "a", "x"),
	} {
		require.False(t, seen[coin])
		seen[coin] = true
	}
	tr := transcript.New("d")
	before := tr.Clone()
	one := tr.Scalar("c")
	require.Zero(t, one.Equal(tr.Scalar("c")), "the second coin is another")
	require.Equal(t, 1, one.Equal(before.Scalar("c")), "a clone goes on from the same place")
	require.Zero(t, one.Equal(transcript.New("d").Scalar("other")))
}

func TestNonce(t *testing.T) {
	tr := transcript.New("d")
	zeros := func() *bytes.Reader { return bytes.NewReader(make([]byte, 32)) }
	nonce := func(tr *transcript.Transcript, label string, secrets ...[]byte) string {
		s, err := tr.Nonce(label, zeros(), secrets...)
		require.NoError(t, err)
		return string(s.Bytes())
	}
	first := nonce(tr, "k", []byte{1})
	require.Equal(t, first, nonce(tr, "k", []byte{1}), "and the transcript stays as it is")
	require.NotEqual(t, first, nonce(tr, "l", []byte{1}))
	require.NotEqual(t, first, nonce(tr, "k", []byte{2}))
	require.NotEqual(t, first, nonce(tr, "k", []byte{1}, nil))
	other, err := tr.Nonce("k", bytes.NewReader(bytes.Repeat([]byte{1}, 32)), []byte{1})
	require.NoError(t, err)
	require.NotEqual(t, first, string(other.Bytes()))
	tr.Append("statement", nil)
	require.NotEqual(t, first, nonce(tr, "k", []byte{1}), "a broken source of randomness does not repeat a nonce for another statement")
	broken := errors.New("no randomness")
	_, err = tr.Nonce("k", iotest.ErrReader(broken))
	require.ErrorIs(t, err, broken)
}

const (
	vectorY = "a1a33773dbc2a724111a77964ac3596f067aa2fbcd0023f0be1949ee93a0ad08"
	vectorZ = "3438bd2c5b55bc44457f014f029c6175e34f6ea0e0c3eb6b4fe8076f78ead40e"
)

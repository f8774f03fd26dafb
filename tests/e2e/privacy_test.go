package e2e

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/devnet"
)

// scanner finds any of many patterns in one pass over the data.
type scanner map[uint64][]string // by their first eight bytes

// newScanner looks for identity and account numbers, in the clear and as plain SHA-256 in the usual encodings.
func newScanner(identifiers []string) scanner {
	s := scanner{}
	for _, id := range identifiers {
		sum := sha256.Sum256([]byte(id))
		digits := hex.EncodeToString(sum[:])
		for _, pattern := range []string{
			id, string(sum[:]), digits, strings.ToUpper(digits),
			base64.RawStdEncoding.EncodeToString(sum[:]), base64.RawURLEncoding.EncodeToString(sum[:]),
		} {
			key := binary.BigEndian.Uint64([]byte(pattern))
			s[key] = append(s[key], pattern)
		}
	}
	return s
}

// find returns how many patterns it met.
func (s scanner) find(data []byte) (hits int) {
	var window uint64
	for i, b := range data {
		window = window<<8 | uint64(b)
		if i < 7 {
			continue
		}
		for _, pattern := range s[window] {
			if strings.HasPrefix(string(data[i-7:min(len(data), i-7+len(pattern))]), pattern) {
				hits++
			}
		}
	}
	return hits
}

// identifiers of a book: borrowers' and loans' numbers, of dirty rows too.
func identifiers(t *testing.T, book string) []string {
	t.Helper()
	file, err := os.Open(book)
	require.NoError(t, err)
	defer file.Close()
	reader := csv.NewReader(file)
	reader.FieldsPerRecord, reader.LazyQuotes = -1, true
	rows, err := reader.ReadAll()
	require.NoError(t, err)
	seen, found := map[string]bool{}, []string{}
	for _, row := range rows[1:] {
		for _, id := range row[:2] {
			if id = strings.TrimSpace(id); len(id) >= 8 && !seen[id] {
				seen[id] = true
				found = append(found, id)
			}
		}
	}
	return found
}

// nothingPersonal searches all that the chain keeps for good, and all logs.
func (j *job) nothingPersonal(ctx context.Context, t *testing.T) {
	all := identifiers(t, j.book)
	require.GreaterOrEqual(t, len(all), bookRows, "each loan has a number")
	search := newScanner(all)

	// The search finds what is there.
	book, err := os.ReadFile(j.book)
	require.NoError(t, err)
	require.GreaterOrEqual(t, search.find(book), len(all))
	sum := sha256.Sum256([]byte(all[len(all)-1]))
	require.Equal(t, 1, search.find(append([]byte("x"), sum[:]...)))
	require.Equal(t, 1, search.find([]byte(`"`+hex.EncodeToString(sum[:])+`"`)))
	require.Equal(t, 1, search.find([]byte(base64.StdEncoding.EncodeToString(sum[:]))))

	rpc, transactions := j.net.Institutions[0].Node.RPC, 0
	for at := int64(1); at <= height(ctx, j.net, 0); at++ {
		number := strconv.FormatInt(at, 10)
		for _, path := range []string{"/block?height=", "/block_results?height="} {
			var raw json.RawMessage
			require.NoError(t, devnet.RPC(ctx, rpc, path+number, &raw))
			require.Zero(t, search.find(raw), path+number)
			for _, bytes := range decoded(t, raw) {
				require.Zero(t, search.find(bytes), path+number)
				transactions++
			}
		}
	}
	require.Greater(t, transactions, 20, "there was something to search")

	logs, err := filepath.Glob(filepath.Join(j.net.Home, "logs", "*.log"))
	require.NoError(t, err)
	require.Len(t, logs, 8, "four nodes and four vaults")
	for _, log := range logs {
		raw, err := os.ReadFile(log)
		require.NoError(t, err)
		require.NotEmpty(t, raw)
		require.Zero(t, search.find(raw), filepath.Base(log))
	}
}

// decoded returns every text of a JSON document that is base64, as the bytes that it stands for: transactions and
// the data of their results.
func decoded(t *testing.T, raw json.RawMessage) (found [][]byte) {
	t.Helper()
	var tree any
	require.NoError(t, json.Unmarshal(raw, &tree))
	var walk func(any)
	walk = func(value any) {
		switch v := value.(type) {
		case map[string]any:
			for _, child := range v {
				walk(child)
			}
		case []any:
			for _, child := range v {
				walk(child)
			}
		case string:
			if bytes, err := base64.StdEncoding.DecodeString(v); err == nil && len(bytes) > 32 {
				found = append(found, bytes)
			}
		}
	}
	walk(tree)
	return found
}

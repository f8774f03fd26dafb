// Package gas measures what the modules of privacy charge gas for, beside the check of a transaction's signature:
//
//	go test -tags 'libsecp256k1_sdk pebbledb' -bench . ./tests/gas
//
// Each line has the processor time of one operation, whatever else the machine does, and the gas that it costs three times that of a
// signature's check at (1,000 gas in x/auth): 3,000 * cpu / cpu of the signature. The constants are those figures, rounded up.
package gas_test

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"os"
	"syscall"
	"testing"

	"github.com/gtank/ristretto255"
	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/exposure"
	"github.com/creditd/creditd/privacy/plonk"
	"github.com/creditd/creditd/privacy/threshold"
	"github.com/creditd/creditd/privacy/tree"
	predicatetypes "github.com/creditd/creditd/x/predicate/types"
	pseudonymtypes "github.com/creditd/creditd/x/pseudonym/types"
)

// signature is the processor time of the check of one, in microseconds; the first benchmark measures it.
var signature float64

// measure the processor time of an operation.
func measure(b *testing.B, name string, work func() error) {
	b.Helper()
	b.Run(name, func(b *testing.B) {
		start := processor(b)
		for b.Loop() {
			if err := work(); err != nil {
				b.Fatal(err)
			}
		}
		each := (processor(b) - start) / float64(b.N)
		if name == "signature" {
			signature = each
		}
		b.ReportMetric(each, "cpu-us/op")
		if signature > 0 {
			b.ReportMetric(3000*each/signature, "gas")
		}
	})
}

// processor time of this process in microseconds.
func processor(b *testing.B) float64 {
	b.Helper()
	var usage syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1000
}

func BenchmarkGas(b *testing.B) {
	key, payload := secp256k1.GenPrivKeyFromSecret([]byte("key")), make([]byte, 300)
	signed, err := key.Sign(payload)
	require.NoError(b, err)
	public := key.PubKey()
	measure(b, "signature", func() error {
		if !public.VerifySignature(payload, signed) {
			return os.ErrInvalid
		}
		return nil
	})
	predicates(b)
	exposures(b, exposure.Exposure, "exposure")
	exposures(b, exposure.Count, "count")
	exposures(b, exposure.Sector, "sector")
	committees(b)
	point := ristretto255.NewIdentityElement().ScalarBaseMult(scalar(b)).Bytes()
	measure(b, "pseudonym/key", func() error { return pseudonymtypes.ValidateKey("key", point) })
}

func predicates(b *testing.B) {
	bz, err := os.ReadFile("../../privacy/plonk/testdata/vectors.json")
	require.NoError(b, err)
	var file struct {
		Key   string
		Cases []struct {
			Proof  string
			Public []string
		}
	}
	require.NoError(b, json.Unmarshal(bz, &file))
	encoded, err := hex.DecodeString(file.Key)
	require.NoError(b, err)
	proof, err := hex.DecodeString(file.Cases[0].Proof)
	require.NoError(b, err)
	var inputs []plonk.Element
	for _, text := range file.Cases[0].Public {
		raw, err := hex.DecodeString(text)
		require.NoError(b, err)
		var e plonk.Element
		require.NoError(b, e.SetBytesCanonical(raw))
		inputs = append(inputs, e)
	}
	measure(b, "predicate/proof with its key", func() error { // the keeper decodes the key for each proof
		vk, err := plonk.ParseVerifyingKey(encoded)
		if err != nil {
			return err
		}
		return plonk.Verify(vk, inputs, proof)
	})
	measure(b, "predicate/key", func() error {
		_, err := plonk.ParseVerifyingKey(encoded)
		return err
	})
	for _, records := range []int{1, 64} {
		s := predicatetypes.SumStatement{ChainID: "gas", Upper: 1 << 40}
		var total commit.Blinding
		for i := range records {
			blinding := commit.DeriveBlinding([32]byte{byte(i)}, 0)
			amount := commit.Amount(1, blinding)
			s.Attestations = append(s.Attestations, predicatetypes.ID{byte(i)})
			s.Commitments = append(s.Commitments, amount[:])
			total = total.Add(blinding)
		}
		sum, err := predicatetypes.ProveSum(s, int64(records), total)
		require.NoError(b, err)
		measure(b, map[int]string{1: "predicate/sum of 1", 64: "predicate/sum of 64"}[records], func() error { return s.Verify(sum) })
	}
	leaves, err := tree.New(tree.Memory{}, 20)
	require.NoError(b, err)
	n := uint64(0)
	measure(b, "predicate/path", func() error {
		n++
		_, err := leaves.Set(n%1024, tree.Node{31: byte(n)})
		return err
	})
}

func scalar(b *testing.B) *ristretto255.Scalar {
	b.Helper()
	secret, err := threshold.NewTransportKey()
	require.NoError(b, err)
	return secret
}

func exposures(b *testing.B, kind exposure.Kind, name string) {
	secret := scalar(b)
	asker, err := exposure.NewKey(rand.Reader)
	require.NoError(b, err)
	half := ristretto255.NewIdentityElement().ScalarBaseMult(secret).Bytes()
	round := exposure.Round{ChainID: "gas", Kind: kind, Asker: []byte("asker"), AskerKey: asker.Public(), Key: [32]byte(half)}
	var attested []byte
	opening := exposure.Opening{Value: 1}
	if kind == exposure.Exposure {
		opening.Blinding = commit.DeriveBlinding([32]byte{1}, 0)
		amount := commit.Amount(1, opening.Blinding)
		attested = amount[:]
	}
	submission, err := exposure.Submit(rand.Reader, round, []byte("member"), attested, opening)
	require.NoError(b, err)
	measure(b, "exposure/submission, "+name, func() error {
		_, err := exposure.Verify(round, []byte("member"), attested, submission)
		return err
	})
	if kind != exposure.Exposure {
		return
	}
	sum := submission[:exposure.CiphertextSize]
	share, err := exposure.GiveShare(rand.Reader, round, []byte("member"), sum, secret)
	require.NoError(b, err)
	measure(b, "exposure/share", func() error { return exposure.VerifyShare(round, []byte("member"), sum, half, share) })
	given := make([]exposure.Given, 8)
	for i := range given {
		given[i] = exposure.Given{Index: uint32(i + 1), Share: share}
	}
	measure(b, "exposure/combine 8", func() error {
		_, err := exposure.Combine(sum, given)
		return err
	})
	about := exposure.Possession{ChainID: "gas", Asker: []byte("asker"), Kind: kind, About: []byte("inquiry")}
	possession, err := about.Prove(rand.Reader, asker)
	require.NoError(b, err)
	own := asker.Public()
	measure(b, "exposure/possession", func() error { return about.Verify(own[:], possession) })
	amount := commit.Amount(1, opening.Blinding)
	measure(b, "exposure/record", func() error {
		_, err := commit.Add(amount[:], amount[:])
		return err
	})
}

func committees(b *testing.B) {
	secret := scalar(b)
	point := ristretto255.NewIdentityElement().ScalarBaseMult(scalar(b))
	encoded := point.Bytes()
	measure(b, "committee/multiplication", func() error {
		ristretto255.NewIdentityElement().ScalarMult(secret, point)
		return nil
	})
	measure(b, "committee/point", func() error {
		_, err := threshold.ParsePoint(encoded)
		return err
	})
	proof, err := threshold.ProveTransportKey(rand.Reader, []byte("me"), secret)
	require.NoError(b, err)
	own := ristretto255.NewIdentityElement().ScalarBaseMult(secret).Bytes()
	measure(b, "committee/join", func() error {
		key, err := threshold.ParsePoint(own)
		if err != nil {
			return err
		}
		return threshold.VerifyTransportKey([]byte("me"), key, proof)
	})
	for _, size := range []struct {
		name                  string
		threshold, recipients int
	}{{"committee/deal 5 of 8", 5, 8}, {"committee/deal 33 of 64", 33, 64}} {
		keys := make([]*ristretto255.Scalar, size.recipients)
		s := &threshold.Sharing{Context: []byte("gas"), Threshold: size.threshold}
		for i := range keys {
			keys[i] = scalar(b)
			s.Recipients = append(s.Recipients, threshold.Recipient{Index: uint32(i + 1), Key: ristretto255.NewIdentityElement().ScalarBaseMult(keys[i])})
		}
		content, err := threshold.Misdeal(s, 1, [threshold.Size]byte{1}, 1)
		require.NoError(b, err)
		dealing, err := threshold.VerifyDealing(s, 1, content)
		require.NoError(b, err)
		measure(b, size.name, func() error {
			_, err := threshold.VerifyDealing(s, 1, content)
			return err
		})
		common, complaint, err := threshold.Complain(rand.Reader, s, 1, dealing, 1, keys[0])
		require.NoError(b, err)
		measure(b, size.name+", complaint", func() error {
			again, err := threshold.VerifyDealing(s, 1, content)
			if err != nil {
				return err
			}
			_, err = threshold.Judge(s, 1, again, 1, common, complaint)
			return err
		})
		measure(b, size.name+", step", func() error {
			for range size.threshold {
				dealing.Polynomial.At(uint32(size.recipients))
			}
			return nil
		})
	}
}

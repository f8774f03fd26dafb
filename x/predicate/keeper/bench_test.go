package keeper_test

import (
	"testing"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"

	"github.com/creditd/creditd/x/attestation/schemas"
	"github.com/creditd/creditd/x/predicate/types"
)

// BenchmarkVerify compares the check of a sum in consensus with that of a transaction's signature, by which gas is set.
func BenchmarkVerify(b *testing.B) {
	b.Run("signature", func(b *testing.B) {
		key, payload := secp256k1.GenPrivKeyFromSecret([]byte("key")), make([]byte, 300)
		signature, err := key.Sign(payload)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if !key.PubKey().VerifySignature(payload, signature) {
				b.Fatal("refused")
			}
		}
	})
	b.Run("sum of 3 records", func(b *testing.B) {
		f := setup(b)
		f.furnish(bank, "one", 100, 1)
		f.furnish(second, "two", 250, 2)
		f.furnish(second, "three", -50, 3)
		inquiry := f.inquiry(lender, schemaOf(b, schemas.TradelineFirm).Id)
		f.ask(lender, inquiry, f.owesAtMost(500))
		msg := &types.MsgProve{Prover: alice.String(), InquiryId: inquiry, Proof: f.sumProof(f.sumStatement(lender, inquiry, 500), 300, 1, 2, 3)}
		for b.Loop() {
			cached, _ := f.ctx.CacheContext()
			if _, err := f.msg.Prove(cached, msg); err != nil {
				b.Fatal(err)
			}
		}
	})
}

package report

import (
	"bytes"
	"encoding/base64"
	"maps"
	"slices"
	"strings"

	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/vault/types"
)

// tampered files: each part of the good one changed.
func (v *vectors) tampered() {
	const of = "good"
	v.altered(of, "truncated", func(e []byte) []byte { return e[:len(e)/2] })
	v.altered(of, "without its end", func(e []byte) []byte { return e[:len(e)-2] })
	v.altered(of, "white space", func(e []byte) []byte { return append([]byte(" "), e...) })
	v.altered(of, "a commit twice", func(e []byte) []byte {
		return bytes.Replace(e, []byte(`","commit":"`), []byte(`","commit":"","commit":"`), 1)
	})
	const format = `"format":"creditd/report/v1",`
	v.altered(of, "without a format", func(e []byte) []byte { return bytes.Replace(e, []byte(format), nil, 1) })
	v.altered(of, "a key twice", func(e []byte) []byte { return bytes.Replace(e, []byte(format), []byte(format+format), 1) })
	v.altered(of, "capital digits", func(e []byte) []byte { return bytes.Replace(e, e[40:104], bytes.ToUpper(e[40:104]), 1) })
	v.forged(of, "another format", func(p *Proofs) { p.Format = proof.Format })
	v.forged(of, "another inquiry", func(p *Proofs) { p.Inquiry[0] ^= 1 })
	v.tamperedRecords(of)
	v.tamperedAnswers(of)
	v.tamperedState(of)
	v.forged(of, "no headers", func(p *Proofs) { p.Blocks = []proof.Block{} })
	v.forged(of, "no validators", func(p *Proofs) { p.Blocks[0].Validators = nil })
	v.forged(of, "a header alone", func(p *Proofs) { p.Blocks[0].Commit, p.Blocks[0].Validators = nil, nil })
	v.forged(of, "a byte of the header", func(p *Proofs) { p.Blocks[0].Header[len(p.Blocks[0].Header)/2] ^= 1 })
	v.forged(of, "a byte of a signature on the header", func(p *Proofs) { p.Blocks[0].Commit[len(p.Blocks[0].Commit)-1] ^= 1 })
}

func (v *vectors) tamperedRecords(of string) {
	v.forged(of, "a hidden line", func(p *Proofs) { p.Records = slices.Delete(p.Records, 1, 2) })
	v.forged(of, "all lines hidden", func(p *Proofs) { p.Records = [][]byte{} })
	v.forged(of, "records in another order", func(p *Proofs) { p.Records[0], p.Records[1] = p.Records[1], p.Records[0] })
	v.forged(of, "a record twice", func(p *Proofs) { p.Records = append(p.Records, p.Records[0]) })
	v.forged(of, "a record with a field too many", func(p *Proofs) { p.Records[0] = append(p.Records[0], 0x7a, 0) })
	v.forged(of, "an empty record", func(p *Proofs) { p.Records[0] = []byte{} })
	v.record(of, "another balance", func(r *types.Record) { set(r, "balance", "1") })
	v.record(of, "a balance that is none", func(r *types.Record) { set(r, "balance", "1,5") })
	v.record(of, "a date that is none", func(r *types.Record) { set(r, "opened", "2025-02-29") })
	v.record(of, "a date of the year 0", func(r *types.Record) { set(r, "reported_as_of", "0000-02-29") })
	v.record(of, "a code that is none", func(r *types.Record) { set(r, "status", "late") })
	v.record(of, "a code that is too long", func(r *types.Record) { set(r, "payment_history", strings.Repeat("0", 33)) })
	v.record(of, "a field left out", func(r *types.Record) { r.Values = r.Values[1:] })
	v.record(of, "a field too many", func(r *types.Record) { r.Values = append(r.Values, types.Value{Name: "zodiac", Text: "LEO"}) })
	v.record(of, "a field named after what objects inherit", func(r *types.Record) {
		r.Values = slices.Insert(r.Values, 0, types.Value{Name: "__proto__", Text: "x"})
	})
	v.record(of, "no fields", func(r *types.Record) { r.Values = nil })
	v.record(of, "a field twice", func(r *types.Record) { r.Values = append(r.Values, r.Values[len(r.Values)-1]) })
	v.record(of, "fields in another order", func(r *types.Record) { slices.Reverse(r.Values) })
	v.record(of, "another seed", func(r *types.Record) { r.Seed[0] ^= 1 })
	v.record(of, "a short seed", func(r *types.Record) { r.Seed = r.Seed[1:] })
	v.record(of, "no seed", func(r *types.Record) { r.Seed = nil })
	v.record(of, "another attestation", func(r *types.Record) { r.AttestationId[0] ^= 1 })
	v.record(of, "another tradeline", func(r *types.Record) { r.TradelineId[0] ^= 1 })
	v.record(of, "another schema", func(r *types.Record) { r.SchemaId[0] ^= 1 })
	v.record(of, "another salt of the delinquency", func(r *types.Record) { r.Delinquency.Salt[0] ^= 1 })
	v.record(of, "a short salt of the delinquency", func(r *types.Record) { r.Delinquency.Salt = r.Delinquency.Salt[1:] })
	v.record(of, "a delinquency that was not committed to", func(r *types.Record) { r.Delinquency.First = "2025-01-01" })
	v.record(of, "a second text for no delinquency", func(r *types.Record) { r.Delinquency.First = "0001-01-01" })
	v.record(of, "a delinquency that is no date", func(r *types.Record) { r.Delinquency.First = "soon" })
	v.record(of, "an opening of nothing", func(r *types.Record) { r.Earlier = []types.Opening{{Salt: make([]byte, 16)}} })
}

// set the text of a field.
func set(r *types.Record, name, text string) {
	for i := range r.Values {
		if r.Values[i].Name == name {
			r.Values[i].Text = text
		}
	}
}

func (v *vectors) tamperedAnswers(of string) {
	v.forged(of, "an answer left out", func(p *Proofs) { p.Answers = p.Answers[1:] })
	v.forged(of, "an answer and its records left out", func(p *Proofs) { p.Answers, p.Records = p.Answers[:1], p.Records[:2] })
	v.forged(of, "no answers and no records", func(p *Proofs) { p.Answers, p.Records = []ProvenAnswer{}, [][]byte{} })
	v.forged(of, "answers unsorted", func(p *Proofs) { slices.Reverse(p.Answers) })
	v.forged(of, "answers swapped", func(p *Proofs) { p.Answers[0].Parts, p.Answers[1].Parts = p.Answers[1].Parts, p.Answers[0].Parts })
	v.forged(of, "an answer of nobody", func(p *Proofs) { p.Answers[0].Furnisher = "" })
	v.forged(of, "an answer without parts", func(p *Proofs) { p.Answers[0].Parts = []ProvenPart{} })
	v.forged(of, "a part twice", func(p *Proofs) { p.Answers[0].Parts = append(p.Answers[0].Parts, p.Answers[0].Parts[0]) })
	v.forged(of, "another digest", func(p *Proofs) { p.Answers[0].Parts[0].Digest[0] ^= 1 })
	v.forged(of, "a byte of a signature", func(p *Proofs) { p.Answers[0].Parts[0].Signature[0] ^= 1 })
	v.forged(of, "a short signature", func(p *Proofs) { p.Answers[0].Parts[0].Signature = p.Answers[0].Parts[0].Signature[1:] })
	v.forged(of, "no signature", func(p *Proofs) { p.Answers[0].Parts[0].Signature = nil })
	v.forged(of, "the other form of a signature", func(p *Proofs) { highS(p.Answers[0].Parts[0].Signature) })
}

// highS makes of a signature the other one that is as valid, and that accounts may not give: n - s for s.
func highS(signature []byte) {
	n, _ := base64.StdEncoding.DecodeString("/////////////////////rqu3OavSKA7v9JejNA2QUE=") // order of secp256k1
	borrow := 0
	for i := 31; i >= 0; i-- {
		d := int(n[i]) - int(signature[32+i]) - borrow
		borrow = 0
		if d < 0 {
			d, borrow = d+256, 1
		}
		signature[32+i] = byte(d)
	}
}

func (v *vectors) tamperedState(of string) {
	changes := map[string]func(p *Proofs){
		"an entry left out":             func(p *Proofs) { p.Entries = slices.Delete(p.Entries, 3, 4) },
		"the last entry left out":       func(p *Proofs) { p.Entries = p.Entries[:len(p.Entries)-1] },
		"an entry too many":             func(p *Proofs) { p.Entries = append(p.Entries, p.Entries[0]) },
		"entries swapped":               func(p *Proofs) { p.Entries[0], p.Entries[1] = p.Entries[1], p.Entries[0] },
		"an entry of another store":     func(p *Proofs) { p.Entries[0].Store = "acc" },
		"a byte of an entry":            func(p *Proofs) { p.Entries[1].Proof[len(p.Entries[1].Proof)/2] ^= 1 },
		"a byte of the end of a walk":   func(p *Proofs) { last := p.Entries[len(p.Entries)-1].Proof; last[len(last)-1] ^= 1 },
		"a store too many":              func(p *Proofs) { p.Stores = append(p.Stores, p.Stores[0]) },
		"a store left out":              func(p *Proofs) { p.Stores = p.Stores[1:] },
		"stores in another order":       func(p *Proofs) { p.Stores[0], p.Stores[1] = p.Stores[1], p.Stores[0] },
		"a byte of the proof of a root": func(p *Proofs) { p.Stores[0].Proof[len(p.Stores[0].Proof)/2] ^= 1 },
		"an empty proof":                func(p *Proofs) { p.Entries[0].Proof = []byte{} },
	}
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		v.forged(of, name, changes[name])
	}
}

package bench

import (
	"context"
	"fmt"
	"time"

	rpchttp "github.com/cometbft/cometbft/rpc/client/http"

	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/x/attestation/commitment"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
)

const (
	// verifications of the bundle in a round.
	verifications = 500
	// trustedHeight is that of the header which the verifier of a bundle trusts: old, so that it has to follow the
	// chain from there.
	trustedHeight = 2
)

// verifier measures how fast a stranger verifies a proof bundle offline, as 'creditd attestation verify' does: its
// fields, its Merkle paths, the entries of the state, and the light client's way from an old header.
type verifier struct {
	run *run
	rpc *rpchttp.HTTP
}

func (*verifier) name() string { return Verify }
func (*verifier) unit() string { return "bundles" }
func (*verifier) about() string {
	return "one core verifies a bundle from its bytes: two fields disclosed, state entries proven, headers followed from block 2"
}

func (v *verifier) open(context.Context) (err error) {
	v.rpc, err = rpchttp.NewWithClient(v.run.network.nodes[0].RPC, "/websocket", loopbackHTTP(1))
	return err
}

func (*verifier) close() error { return nil }

func (v *verifier) round(ctx context.Context) (besideSample, error) {
	bundle, trusted, err := v.bundle(ctx)
	if err != nil {
		return besideSample{}, err
	}
	start := time.Now()
	for range verifications {
		verdict, err := proof.Verify(bundle, trusted, proof.Options{})
		if err != nil {
			return besideSample{}, err
		}
		if !verdict.Good {
			return besideSample{}, fmt.Errorf("the bundle is valid, but the verdict is not good: %+v", verdict)
		}
	}
	return besideSample{count: verifications, elapsed: time.Since(start)}, nil
}

// bundle of a new attestation, all of whose fields are shown.
func (v *verifier) bundle(ctx context.Context) ([]byte, proof.Trusted, error) {
	var trusted proof.Trusted
	r := v.run
	statement := r.maker.statement()
	root, disclosure, err := disclosed()
	if err != nil {
		return nil, trusted, err
	}
	statement.Commitment = root[:]
	from := r.maker.turn
	account := r.maker.accounts[from]
	tx, err := r.maker.sign(from, r.gas(Attest), time.Now().Add(r.RoundLimit), &attestationtypes.MsgAttest{
		Issuer: account.address, SchemaId: unlistedSchema.Id, Statement: statement,
	})
	if err != nil {
		return nil, trusted, err
	}
	if _, err := r.generator.run(ctx, burst{txs: []*transaction{tx}, outstanding: 1, limit: r.RoundLimit}); err != nil {
		return nil, trusted, err
	}
	made, err := proof.Prove(ctx, v.rpc, proof.Request{
		ID:     attestationtypes.AttestationID(unlistedSchema.Id, account.Address(), statement),
		Height: tx.height, TrustedHeight: trustedHeight, Disclosure: &disclosure,
	})
	if err != nil {
		return nil, trusted, err
	}
	if trusted, err = made.Start(); err != nil {
		return nil, trusted, err
	}
	encoded, err := made.Encode()
	return encoded, trusted, err
}

// disclosed is a commitment under the unlisted schema with all that opens it.
func disclosed() (root [32]byte, disclosure commitment.Disclosure, err error) {
	layout := commitment.Layout{SchemaID: [32]byte(unlistedSchema.Id)}
	names := make([]string, len(unlistedSchema.Fields))
	for i, field := range unlistedSchema.Fields {
		layout.Fields = append(layout.Fields, commitment.Field{Name: field.Name, Kind: commitment.Kind(field.Kind)})
		names[i] = field.Name
	}
	record, seed := commitment.Record{"period": "2030-01-31", "on_time": "true"}, commitment.NewSeed()
	if root, err = commitment.Commit(layout, record, seed); err != nil {
		return root, disclosure, err
	}
	disclosure, err = commitment.Disclose(layout, record, seed, names...)
	return root, disclosure, err
}

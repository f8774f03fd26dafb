package exposure

import (
	"errors"
	"fmt"
	"io"

	"github.com/gtank/ristretto255"

	"github.com/creditd/creditd/privacy/transcript"
)

// Key with which the one who asks reads the total. It serves one round.
type Key struct{ scalar ristretto255.Scalar }

// Format keeps a key out of every log line, whatever the verb.
func (Key) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "Key(redacted)") }

// NewKey makes one of 64 random bytes, of crypto/rand but in simulations.
func NewKey(random io.Reader) (Key, error) {
	var wide [64]byte
	if _, err := io.ReadFull(random, wide[:]); err != nil {
		return Key{}, err
	}
	var k Key
	_, _ = k.scalar.SetUniformBytes(wide[:]) // fails for a length other than 64 alone
	return k, nil
}

// ParseKey reads the 32 bytes of Bytes.
func ParseKey(bz []byte) (Key, error) {
	var k Key
	if _, err := k.scalar.SetCanonicalBytes(bz); err != nil || k.scalar.Equal(ristretto255.NewScalar()) == 1 {
		return Key{}, errors.New("a key is 32 bytes, little-endian, below the order of ristretto255 and not zero")
	}
	return k, nil
}

// Bytes of the key. They are a secret.
func (k Key) Bytes() [32]byte { return [32]byte(k.scalar.Bytes()) }

// Public half of the key.
func (k Key) Public() [32]byte { return [32]byte(mulBase(&k.scalar).Bytes()) }

// Possession is what a proof of possession is bound to.
type Possession struct {
	ChainID string
	Asker   []byte
	Kind    Kind
	About   []byte // the inquiry, or the sector
}

func (p Possession) transcript(public []byte) *transcript.Transcript {
	t := transcript.New("creditd/exposure/possession/v1")
	t.Append("chain", []byte(p.ChainID))
	t.Append("asker", p.Asker)
	t.AppendUint64("kind", uint64(p.Kind))
	t.Append("about", p.About)
	t.Append("public", public)
	return t
}

// Prove that the asker knows the key: a Schnorr proof, e || s. Without it somebody could name a multiple of another's key.
func (p Possession) Prove(random io.Reader, key Key) ([]byte, error) {
	t := p.transcript(mulBase(&key.scalar).Bytes())
	nonce, err := t.Nonce("k", random, key.scalar.Bytes())
	if err != nil {
		return nil, err
	}
	t.Append("T", mulBase(nonce).Bytes())
	e := t.Scalar("e")
	return join(PossessionSize, e.Bytes(), respond(nonce, e, &key.scalar).Bytes()), nil
}

// Verify the proof of possession of a public key.
func (p Possession) Verify(public, proof []byte) error {
	if len(public) != 32 || len(proof) != PossessionSize {
		return fmt.Errorf("%w: a key has 32 bytes and its proof of possession %d", ErrInvalid, PossessionSize)
	}
	point, err := parsePoint(public)
	if err != nil {
		return err
	}
	r := reader{rest: proof}
	e, s := r.scalar(), r.scalar()
	if r.err != nil {
		return r.err
	}
	t := p.transcript(public)
	t.Append("T", announced(e, point, term{s, ristretto255.NewGeneratorElement()}).Bytes())
	if t.Scalar("e").Equal(e) != 1 {
		return fmt.Errorf("%w: the proof of possession does not hold", ErrInvalid)
	}
	return nil
}

// Package transcript makes the challenges of non-interactive proofs (Fiat and Shamir, 1986) over ristretto255: a verifier's
// random coins become a hash of everything that was said before. The weak transform, which leaves the statement out of the
// hash, is what breaks such proofs in practice (Bernhard, Pereira and Warinschi, ePrint 2016/771; Dao et al., ePrint
// 2023/691), so a transcript begins with a domain and everything in it has a label and a length.
//
// README.md has the bytes and the argument. A transcript is not for use by several goroutines.
package transcript

import (
	"crypto/sha512"
	"encoding"
	"encoding/binary"
	"hash"
	"io"

	"github.com/gtank/ristretto255"
)

// First bytes of what is hashed: a segment of a transcript, a challenge from it, a prover's nonce. One is never taken for
// another.
const (
	tagSegment   = 0
	tagChallenge = 1
	tagNonce     = 2
)

// Transcript is a conversation so far.
type Transcript struct{ segment hash.Hash }

// New begins a transcript for the proofs of one kind. The domain is a constant of the program, with a version:
// "creditd/bulletproof/v1".
func New(domain string) *Transcript {
	t := &Transcript{segment: sha512.New()}
	t.segment.Write([]byte{tagSegment})
	t.Append("domain", []byte(domain))
	return t
}

// Append absorbs what was said: u8(len label) || label || u32be(len data) || data. Labels are constants of the program, of at
// most 255 bytes.
func (t *Transcript) Append(label string, data []byte) {
	t.label(label)
	var size [4]byte
	binary.BigEndian.PutUint32(size[:], uint32(len(data)))
	t.segment.Write(size[:])
	t.segment.Write(data)
}

// AppendUint64 absorbs a number in 8 bytes, big-endian.
func (t *Transcript) AppendUint64(label string, value uint64) {
	t.Append(label, binary.BigEndian.AppendUint64(nil, value))
}

// Scalar returns the verifier's next coin: a scalar that depends on all that was absorbed, and on the coins before it.
func (t *Transcript) Scalar(label string) *ristretto255.Scalar {
	wide := t.Challenge(label)
	return reduce(wide)
}

// Challenge returns the 64 bytes that Scalar reduces.
func (t *Transcript) Challenge(label string) [64]byte {
	t.label(label)
	digest := t.segment.Sum(nil)
	t.segment.Reset()
	t.segment.Write([]byte{tagSegment})
	t.segment.Write(digest)
	return sha512.Sum512(append([]byte{tagChallenge}, digest...))
}

// Nonce returns a secret scalar for a prover's first move. It comes from the transcript so far, the prover's secrets and 32
// random bytes: while the random source works it is random, and if the source fails, or repeats itself, two statements
// still never share a nonce, which would give the secret away (as RFC 8032 s.8.2 and Merlin's TranscriptRng have it). The
// transcript itself does not change; the label keeps several nonces of one proof apart.
func (t *Transcript) Nonce(label string, random io.Reader, secrets ...[]byte) (*ristretto255.Scalar, error) {
	var fresh [32]byte
	if _, err := io.ReadFull(random, fresh[:]); err != nil {
		return nil, err
	}
	h := sha512.New()
	h.Write([]byte{tagNonce})
	h.Write(t.segment.Sum(nil))
	for _, part := range append([][]byte{[]byte(label), fresh[:]}, secrets...) {
		var size [4]byte
		binary.BigEndian.PutUint32(size[:], uint32(len(part)))
		h.Write(size[:])
		h.Write(part)
	}
	return reduce([64]byte(h.Sum(nil))), nil
}

// Clone returns a transcript that goes on from here on its own.
func (t *Transcript) Clone() *Transcript {
	state, _ := t.segment.(encoding.BinaryMarshaler).MarshalBinary() // crypto/sha512 never fails
	segment := sha512.New()
	_ = segment.(encoding.BinaryUnmarshaler).UnmarshalBinary(state) // is of the same package
	return &Transcript{segment: segment}
}

func (t *Transcript) label(label string) {
	t.segment.Write([]byte{byte(len(label))})
	t.segment.Write([]byte(label))
}

// reduce maps 512 bits to a scalar with no bias worth naming (RFC 9496 s.4.4).
func reduce(wide [64]byte) *ristretto255.Scalar {
	scalar, _ := ristretto255.NewScalar().SetUniformBytes(wide[:]) // fails for a length other than 64 alone
	return scalar
}

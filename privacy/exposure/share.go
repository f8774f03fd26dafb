package exposure

import (
	"fmt"
	"io"

	"github.com/gtank/ristretto255"

	"github.com/creditd/creditd/privacy/transcript"
)

const domainShare = "creditd/exposure/share/v1"

// share of an opening: U = k*G, W = x*S1 + k*L for the member's share x of the committee's key, the first half S1 of the
// sum and the asker's key L; and responses that show x to be the one of the member's public share.
type share struct {
	u, w      *ristretto255.Element
	e, sx, sk *ristretto255.Scalar
}

// GiveShare is a member's part in the opening of the recorded sum, which only the holder of the asker's key can read. The
// secret is the member's share of the committee's key.
func GiveShare(random io.Reader, round Round, member, sum []byte, secret *ristretto255.Scalar) ([]byte, error) {
	public := mulBase(secret)
	s1, l, err := round.opening(sum)
	if err != nil {
		return nil, err
	}
	t := round.shareTranscript(member, sum, public.Bytes())
	var k [3]*ristretto255.Scalar
	for i, label := range []string{"k", "kx", "kk"} {
		if k[i], err = t.Nonce(label, random, secret.Bytes()); err != nil {
			return nil, err
		}
	}
	s := share{u: mulBase(k[0]), w: add(mul(secret, s1), mul(k[0], l))}
	s.absorb(t)
	s.e = challengeShare(t, mulBase(k[1]), mulBase(k[2]), add(mul(k[1], s1), mul(k[2], l)))
	s.sx, s.sk = respond(k[1], s.e, secret), respond(k[2], s.e, k[0])
	return join(ShareSize, s.u.Bytes(), s.w.Bytes(), s.e.Bytes(), s.sx.Bytes(), s.sk.Bytes()), nil
}

// CheckShare says whether the bytes are those of a share at all. A share that is well formed and does not verify shows that its
// member lied; one that is not shows that its program is broken.
func CheckShare(bz []byte) error {
	_, err := parseShare(bz)
	return err
}

// VerifyShare checks a member's part by its public share of the committee's key. It holds for this sum and no other.
func VerifyShare(round Round, member, sum, publicShare, bz []byte) error {
	s, err := parseShare(bz)
	if err != nil {
		return err
	}
	public, err := parsePoint(publicShare)
	if err != nil {
		return err
	}
	s1, l, err := round.opening(sum)
	if err != nil {
		return err
	}
	g := ristretto255.NewGeneratorElement()
	t := round.shareTranscript(member, sum, publicShare)
	s.absorb(t)
	e := challengeShare(t,
		announced(s.e, public, term{s.sx, g}),
		announced(s.e, s.u, term{s.sk, g}),
		announced(s.e, s.w, term{s.sx, s1}, term{s.sk, l}))
	if e.Equal(s.e) != 1 {
		return fmt.Errorf("%w: the share is not that of the member's key, for this sum", ErrInvalid)
	}
	return nil
}

// opening reads the points that shares are made with.
func (r Round) opening(sum []byte) (s1, askerKey *ristretto255.Element, err error) {
	if len(sum) != CiphertextSize {
		return nil, nil, fmt.Errorf("%w: a ciphertext has %d bytes", ErrInvalid, CiphertextSize)
	}
	if s1, err = parseSum(sum[:32]); err != nil {
		return nil, nil, err
	}
	askerKey, err = parsePoint(r.AskerKey[:])
	return s1, askerKey, err
}

func (r Round) shareTranscript(member, sum, public []byte) *transcript.Transcript {
	t := r.transcript(domainShare, member)
	t.Append("sum", sum)
	t.Append("public share", public)
	return t
}

func (s share) absorb(t *transcript.Transcript) {
	t.Append("U", s.u.Bytes())
	t.Append("W", s.w.Bytes())
}

func challengeShare(t *transcript.Transcript, x, k, w *ristretto255.Element) *ristretto255.Scalar {
	t.Append("TX", x.Bytes())
	t.Append("TK", k.Bytes())
	t.Append("TW", w.Bytes())
	return t.Scalar("e")
}

func parseShare(bz []byte) (share, error) {
	if len(bz) != ShareSize {
		return share{}, fmt.Errorf("%w: a share of %d bytes, not %d", ErrInvalid, len(bz), ShareSize)
	}
	r := reader{rest: bz}
	s := share{u: r.point(), w: r.point(), e: r.scalar(), sx: r.scalar(), sk: r.scalar()}
	return s, r.err
}

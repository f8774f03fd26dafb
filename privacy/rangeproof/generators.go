package rangeproof

import (
	"crypto/sha512"
	"encoding/binary"
	"sync"

	"github.com/gtank/ristretto255"

	"github.com/creditd/creditd/privacy/commit"
)

// bases are the points whose logarithms to each other nobody knows: SHA-512 of a domain string, mapped to the group by
// RFC 9496 s.4.3.4, leaves no room to choose them.
type bases struct {
	g, h     *ristretto255.Element   // of values and of blindings, those of privacy/commit
	q        *ristretto255.Element   // of the inner product
	left     []*ristretto255.Element // one for each entry of the left vector
	right    []*ristretto255.Element
	identity *ristretto255.Element
}

var generators = sync.OnceValue(func() *bases {
	b := &bases{
		g: ristretto255.NewGeneratorElement(), h: commit.H(), q: hashToGroup("creditd/bulletproof/v1/Q"),
		identity: ristretto255.NewIdentityElement(),
	}
	for i := range uint16(maxVector) {
		b.left = append(b.left, hashToGroup(string(binary.BigEndian.AppendUint16([]byte("creditd/bulletproof/v1/L"), i))))
		b.right = append(b.right, hashToGroup(string(binary.BigEndian.AppendUint16([]byte("creditd/bulletproof/v1/R"), i))))
	}
	return b
})

func hashToGroup(domain string) *ristretto255.Element {
	wide := sha512.Sum512([]byte(domain))
	point, _ := ristretto255.NewIdentityElement().SetUniformBytes(wide[:]) // fails for a length other than 64 alone
	return point
}

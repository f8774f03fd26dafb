package commitment

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
)

// ID is the hash behind every content-derived id of creditd (schemas, attestations, consents, ...):
//
//	SHA-256( u8(len domain) || domain || for each part: u32be(len part) || part )
//
// The lengths make the encoding of (domain, parts) injective, so two different lists of parts never hash
// the same bytes. The domain names the id's type and version, for instance "creditd/schema/v1"; it is a
// constant of the program, and one of more than 255 bytes panics. A caller whose parts come in lists of
// varying length puts the number of items before each list.
//
// An id hides nothing: anybody can guess short parts and compare. Personal data goes through Commit.
func ID(domain string, parts ...[]byte) [32]byte {
	if len(domain) > math.MaxUint8 {
		panic("commitment: an id's domain is longer than 255 bytes")
	}
	h := sha256.New()
	h.Write([]byte{byte(len(domain))})
	h.Write([]byte(domain))
	var size [4]byte
	for _, part := range parts {
		binary.BigEndian.PutUint32(size[:], uint32(len(part)))
		h.Write(size[:])
		h.Write(part)
	}
	return [32]byte(h.Sum(nil))
}

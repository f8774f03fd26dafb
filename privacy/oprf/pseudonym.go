package oprf

import (
	"crypto/sha256"
	"encoding/binary"
)

const (
	domainInput     = "creditd/pseudonym/input/v2"
	domainPseudonym = "creditd/pseudonym/v2"
)

// PseudonymInput is what is evaluated for a subject: "creditd/pseudonym/input/v2", the kind of subject (one byte) and the
// normalised identity number, each after a length of four bytes, big-endian.
func PseudonymInput(kind byte, identity string) []byte {
	return join([]byte(domainInput), []byte{kind}, []byte(identity))
}

// Pseudonym of the subject whose input gave the output, under the key of an epoch: SHA-256 of "creditd/pseudonym/v2", the epoch
// (8 bytes, big-endian) and the output, each after a length of four bytes, big-endian.
func Pseudonym(epoch uint64, output Output) [32]byte {
	return sha256.Sum256(join([]byte(domainPseudonym), binary.BigEndian.AppendUint64(nil, epoch), output[:]))
}

const domainRequest = "creditd/evaluation/v1"

// RequestHash commits to blinded elements in their order: SHA-256 of "creditd/evaluation/v1" after a length of four bytes, the
// number of elements (4 bytes) and the elements; numbers big-endian.
func RequestHash(blinded []Element) [32]byte {
	h := sha256.New()
	h.Write(join([]byte(domainRequest)))
	h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(blinded))))
	for i := range blinded {
		h.Write(blinded[i][:])
	}
	return [32]byte(h.Sum(nil))
}

func join(parts ...[]byte) []byte {
	var all []byte
	for _, part := range parts {
		all = binary.BigEndian.AppendUint32(all, uint32(len(part)))
		all = append(all, part...)
	}
	return all
}

package keys

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
)

// A wrapped key is a header, and under AES-256-GCM with the header before the place as additional data, the key:
//
//	u8(1) | u32be(epoch) | nonce (12) | ciphertext | tag (16)
//
// The header sorts by epoch, which is all that a store knows of it.
const (
	wrappedVersion = 1
	headerBytes    = 5
)

// Header that the wrapped keys of an epoch begin with.
func Header(epoch uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte{wrappedVersion}, epoch)
}

// Epoch of a wrapped key.
func Epoch(wrapped []byte) (uint32, error) {
	if len(wrapped) < headerBytes || wrapped[0] != wrappedVersion {
		return 0, ErrTampered
	}
	return binary.BigEndian.Uint32(wrapped[1:headerBytes]), nil
}

func wrap(under []byte, epoch uint32, key, place []byte) ([]byte, error) {
	header := Header(epoch)
	sealed, err := seal(under, key, append(Header(epoch), place...))
	return append(header, sealed...), err
}

func unwrap(under []byte, epoch uint32, wrapped, place []byte) ([]byte, error) {
	return open(under, wrapped[headerBytes:], append(Header(epoch), place...))
}

// dataKeyKey is what a data key is wrapped under. HKDF takes the key of the tradeline as secret and the wrapping key as salt
// (RFC 5869): whoever lacks either has nothing, since HMAC-SHA256 is a pseudo-random function of its key and, as HKDF assumes,
// an extractor of its message. The first is why a stolen store is noise, the second why an erased tradeline is.
func dataKeyKey(wrapping, tradeline []byte) ([]byte, error) {
	return hkdf.Key(sha256.New, tradeline, wrapping, infoDataKey, Size)
}

func settingKey(wrapping []byte) ([]byte, error) {
	return hkdf.Expand(sha256.New, wrapping, infoSetting, Size)
}

func treeKey(wrapping []byte) ([]byte, error) {
	return hkdf.Expand(sha256.New, wrapping, infoTree, Size)
}

func besideKey(wrapping []byte) ([]byte, error) {
	return hkdf.Expand(sha256.New, wrapping, infoBeside, Size)
}

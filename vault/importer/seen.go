package importer

import "encoding/binary"

// seen holds the accounts that a book had so far, by 64 bits of their tradelines' ids: some 20 MB for a million. The ids are
// keyed hashes, so nobody can choose two that are alike; that two among n accounts are by chance has probability n*n/2^65,
// 3 in 100 million for a million accounts. Such a row would be set aside as a duplicate if it changed, and not be lost.
type seen map[uint64]struct{}

// again tells whether the book had the account before, and remembers it.
func (s seen) again(tradeline [32]byte) bool {
	key := binary.BigEndian.Uint64(tradeline[:])
	_, there := s[key]
	s[key] = struct{}{}
	return there
}

//go:build unsafesetup

package setup

import (
	"math/big"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254/kzg"
)

// Unsafe is a setup whose tau is known to whoever reads this line: with it anything can be proved. It is for tests, and
// is compiled into nothing that is built without the tag `unsafesetup`.
func Unsafe(rows int) (*Setup, error) {
	srs, err := kzg.NewSRS(ecc.NextPowerOfTwo(uint64(rows))+Spare, big.NewInt(20_261_121))
	if err != nil {
		return nil, err
	}
	return newSetup(srs.Pk.G1, srs.Vk.G2[1])
}

package credential

import "errors"

// The reasons for which a credential is refused. Every error of this package wraps exactly one of them and says more;
// none quotes a value, a claim or a key from the input, which may be personal data: only names that the package or the
// schema knows, positions and sizes.
var (
	// ErrTooLarge: over a size that is checked before anything is parsed.
	ErrTooLarge = errors.New("too large")
	// ErrMalformed: not the compact form of an SD-JWT, a JWT or a disclosure.
	ErrMalformed = errors.New("malformed")
	// ErrBase64: not base64url without padding, or with bits after the last byte.
	ErrBase64 = errors.New("not strict base64url")
	// ErrJSON: not JSON as this package reads it (see parseJSON).
	ErrJSON = errors.New("not strict JSON")
	// ErrClaim: a claim or header parameter is missing, of the wrong type or not allowed where it is.
	ErrClaim = errors.New("claim not acceptable")
	// ErrType: the header's typ is not the one that was asked for.
	ErrType = errors.New("wrong typ")
	// ErrAlgorithm: not ES256 or EdDSA, not the algorithm of the key, or digests that are not sha-256.
	ErrAlgorithm = errors.New("algorithm not allowed")
	// ErrKey: not a public or private key that this package takes.
	ErrKey = errors.New("key not acceptable")
	// ErrSignature: the signature is not one of the key over these bytes.
	ErrSignature = errors.New("wrong signature")
	// ErrDisclosure: a disclosure that is referenced by no digest, or whose digest stands twice, or that would put a
	// claim where one is or where none may be.
	ErrDisclosure = errors.New("disclosure not acceptable")
	// ErrTime: not yet valid, expired, or issued in the future.
	ErrTime = errors.New("outside its validity")
	// ErrKeyBinding: the key binding is missing, was not asked for, or is not for this presentation and verifier.
	ErrKeyBinding = errors.New("key binding not acceptable")
	// ErrCommitment: the leaves or a disclosed field are not what the chain's commitment binds.
	ErrCommitment = errors.New("not of the commitment on the chain")
	// ErrChain: the credential says another chain, schema or issuer than the chain does of its attestation.
	ErrChain = errors.New("contradicts the chain")
	// ErrKeyRetired: it says that it was signed after the chain retired the key.
	ErrKeyRetired = errors.New("signed with a retired key")
	// ErrNotFound is what a ChainView answers for what the chain does not have.
	ErrNotFound = errors.New("not on the chain")
	// ErrExport: what is to be issued does not fit its schema or is incomplete.
	ErrExport = errors.New("cannot be issued")
	// ErrStatusList: not a status list that this package takes, or an index outside it.
	ErrStatusList = errors.New("status list not acceptable")
)

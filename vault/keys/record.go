package keys

// Sealed is a record encrypted under a data key of its own.
type Sealed struct {
	WrappedKey []byte // data key, wrapped
	Nonce      []byte
	Ciphertext []byte
}

// Seal encrypts a record of a tradeline with a fresh data key. place binds the ciphertext and the wrapped key to where they are
// kept: neither opens beside other ids.
func Seal(provider Provider, plaintext []byte, tradeline [32]byte, place []byte) (Sealed, error) {
	key := random(Size)
	defer clear(key)
	aead, err := newAEAD(key)
	if err != nil {
		return Sealed{}, err
	}
	wrapped, err := provider.Wrap(key, tradeline, place)
	if err != nil {
		return Sealed{}, err
	}
	nonce := random(aead.NonceSize())
	return Sealed{WrappedKey: wrapped, Nonce: nonce, Ciphertext: aead.Seal(nil, nonce, plaintext, place)}, nil
}

// Unseal decrypts what Seal made for the same tradeline and place.
func Unseal(provider Provider, sealed Sealed, tradeline [32]byte, place []byte) ([]byte, error) {
	key, err := provider.Unwrap(sealed.WrappedKey, tradeline, place)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	aead, err := newAEAD(key)
	if err != nil {
		return nil, err
	}
	if len(sealed.Nonce) != aead.NonceSize() {
		return nil, ErrTampered
	}
	plaintext, err := aead.Open(nil, sealed.Nonce, sealed.Ciphertext, place)
	if err != nil {
		return nil, ErrTampered
	}
	return plaintext, nil
}

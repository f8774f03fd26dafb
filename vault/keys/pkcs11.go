//go:build cgo

package keys

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/miekg/pkcs11"
)

const (
	gcmNonceBytes = 12
	gcmTagBits    = 128
)

// token is a custodian whose key never leaves a hardware token: AES-GCM runs inside it (CKM_AES_GCM, PKCS#11 v2.40 s.2.12).
type token struct {
	name    TokenKey
	module  *pkcs11.Ctx
	session pkcs11.SessionHandle
	key     pkcs11.ObjectHandle
}

// openPKCS11 is the Driver of KindPKCS11; the secret is the user's PIN.
func openPKCS11(_ context.Context, params json.RawMessage, pin []byte) (Custodian, error) {
	name, err := parseTokenKey(params)
	if err != nil {
		return nil, err
	}
	t, err := login(name, pin)
	if err != nil {
		return nil, err
	}
	found, err := t.find()
	if err == nil && len(found) != 1 {
		err = fmt.Errorf("token %q has %d AES keys labelled %q and the vault needs the one that it was made with", name.Token, len(found), name.Key)
	}
	if err != nil {
		return nil, errors.Join(err, t.Close())
	}
	t.key = found[0]
	return t, nil
}

// NewPKCS11 makes an AES-256 key in a token, one that it never gives out, and is its custodian. The label must be new there.
func NewPKCS11(_ context.Context, name TokenKey, pin []byte) (Custodian, error) {
	if err := name.check(); err != nil {
		return nil, err
	}
	t, err := login(name, pin)
	if err != nil {
		return nil, err
	}
	found, err := t.find()
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("token %q has a key labelled %q already: choose another --pkcs11-key", name.Token, name.Key)
	}
	if err == nil {
		t.key, err = t.module.GenerateKey(t.session, []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_AES_KEY_GEN, nil)}, []*pkcs11.Attribute{
			pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true),
			pkcs11.NewAttribute(pkcs11.CKA_PRIVATE, true),
			pkcs11.NewAttribute(pkcs11.CKA_SENSITIVE, true),
			pkcs11.NewAttribute(pkcs11.CKA_EXTRACTABLE, false),
			pkcs11.NewAttribute(pkcs11.CKA_ENCRYPT, true),
			pkcs11.NewAttribute(pkcs11.CKA_DECRYPT, true),
			pkcs11.NewAttribute(pkcs11.CKA_LABEL, name.Key),
			pkcs11.NewAttribute(pkcs11.CKA_VALUE_LEN, Size),
		})
		err = explainToken("making a key", err)
	}
	if err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

// login loads the library and opens a session with the token.
func login(name TokenKey, pin []byte) (_ *token, err error) {
	t := &token{name: name, module: pkcs11.New(name.Module)}
	if t.module == nil {
		return nil, fmt.Errorf("the PKCS#11 library %s cannot be loaded: pass --pkcs11-module", name.Module)
	}
	if err := t.module.Initialize(); err != nil {
		t.module.Destroy()
		return nil, explainToken("starting the library", err)
	}
	opened := false
	defer func() {
		if err != nil && !opened {
			_ = t.module.Finalize() // the error to report is the one before
			t.module.Destroy()
		}
	}()
	slot, err := t.slot()
	if err != nil {
		return nil, err
	}
	if t.session, err = t.module.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION|pkcs11.CKF_RW_SESSION); err != nil {
		return nil, explainToken("opening a session", err)
	}
	opened = true
	if err := t.module.Login(t.session, pkcs11.CKU_USER, string(pin)); err != nil {
		return nil, errors.Join(explainToken("login", err), t.Close())
	}
	return t, nil
}

func (t *token) slot() (uint, error) {
	slots, err := t.module.GetSlotList(true)
	if err != nil {
		return 0, explainToken("listing the slots", err)
	}
	for _, slot := range slots {
		info, err := t.module.GetTokenInfo(slot)
		if err != nil {
			return 0, explainToken("reading a slot", err)
		}
		if info.Label == t.name.Token {
			return slot, nil
		}
	}
	return 0, fmt.Errorf("the PKCS#11 library %s has no token labelled %q among %d slots: check --pkcs11-token, and that it is plugged in", t.name.Module, t.name.Token, len(slots))
}

func (t *token) find() ([]pkcs11.ObjectHandle, error) {
	err := t.module.FindObjectsInit(t.session, []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_SECRET_KEY),
		pkcs11.NewAttribute(pkcs11.CKA_KEY_TYPE, pkcs11.CKK_AES),
		pkcs11.NewAttribute(pkcs11.CKA_LABEL, t.name.Key),
	})
	if err != nil {
		return nil, explainToken("looking for the key", err)
	}
	found, _, err := t.module.FindObjects(t.session, 2)
	return found, explainToken("looking for the key", errors.Join(err, t.module.FindObjectsFinal(t.session)))
}

// Format keeps the token's library from printing anything.
func (t *token) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "keys.Custodian(redacted)") }

// Description implements Custodian.
func (t *token) Description() Description {
	params, _ := json.Marshal(t.name) // text always encodes
	return Description{Kind: KindPKCS11, Params: params}
}

// Wrap implements Custodian: nonce || ciphertext || tag.
func (t *token) Wrap(_ context.Context, key, place []byte) ([]byte, error) {
	nonce := random(gcmNonceBytes)
	params := pkcs11.NewGCMParams(nonce, place, gcmTagBits)
	defer params.Free()
	if err := t.module.EncryptInit(t.session, []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_AES_GCM, params)}, t.key); err != nil {
		return nil, explainToken("encrypting", err)
	}
	sealed, err := t.module.Encrypt(t.session, key)
	if err != nil {
		return nil, explainToken("encrypting", err)
	}
	if iv := params.IV(); len(iv) == gcmNonceBytes { // some tokens choose the nonce themselves
		nonce = iv
	}
	return append(nonce, sealed...), nil
}

// Unwrap implements Custodian.
func (t *token) Unwrap(_ context.Context, wrapped, place []byte) ([]byte, error) {
	if len(wrapped) < gcmNonceBytes {
		return nil, ErrTampered
	}
	params := pkcs11.NewGCMParams(wrapped[:gcmNonceBytes], place, gcmTagBits)
	defer params.Free()
	if err := t.module.DecryptInit(t.session, []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_AES_GCM, params)}, t.key); err != nil {
		return nil, explainToken("decrypting", err)
	}
	key, err := t.module.Decrypt(t.session, wrapped[gcmNonceBytes:])
	if err != nil {
		return nil, fmt.Errorf("%w: token: %w", ErrTampered, err)
	}
	return key, nil
}

// Close implements Custodian.
func (t *token) Close() error {
	_ = t.module.Logout(t.session) // the session ends with the next call either way
	err := errors.Join(t.module.CloseSession(t.session), t.module.Finalize())
	t.module.Destroy()
	return explainToken("closing", err)
}

func explainToken(what string, err error) error {
	if err == nil {
		return nil
	}
	var code pkcs11.Error
	if errors.As(err, &code) {
		switch uint(code) {
		case pkcs11.CKR_PIN_INCORRECT, pkcs11.CKR_PIN_INVALID, pkcs11.CKR_PIN_LEN_RANGE:
			return fmt.Errorf("the token refuses the PIN: %w", ErrWrongPassphrase)
		case pkcs11.CKR_PIN_LOCKED:
			return fmt.Errorf("the token has locked the PIN after wrong ones: its security officer must set it anew: %w", err)
		case pkcs11.CKR_MECHANISM_INVALID:
			return fmt.Errorf("the token has no AES-GCM (CKM_AES_GCM): use one that has: %w", err)
		}
	}
	return fmt.Errorf("token: %s: %w", what, err)
}

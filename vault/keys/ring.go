package keys

import (
	"context"
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/creditd/creditd/vault/keys/keytree"
)

// Ring is the open key ring of one vault. It looks at the bag's file whenever a key is used, so that what another process
// destroyed or rotated holds here too.
type Ring struct {
	path     string // of the bag
	settings Settings
	account  []byte
	digest   []byte
	secret   []byte // of what is sealed by SealSecret

	mu       sync.RWMutex
	bag      *bag
	file     *os.File
	info     os.FileInfo       // of file
	wrapping map[uint32][]byte // by epoch
	tree     *keytree.Tree
	hpke     []hpkeKey // newest first
}

var _ Provider = (*Ring)(nil)

// Format keeps keys out of every log line.
func (*Ring) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "keys.Ring(redacted)") }

// Create makes the keys of a new vault and its key bag at a path.
// It refuses a vault that has keys, and a bag that may be another store's.
func Create(ctx context.Context, settings Settings, path string, custodian Custodian) (*Ring, error) {
	unlock, err := lockBag(path)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := isNew(ctx, settings); err != nil {
		return nil, err
	}
	if err := Vacant(path); err != nil {
		return nil, err
	}
	const first = 1
	r := &Ring{path: path, settings: settings}
	b := &bag{Vault: random(vaultBytes), Generation: 1, Current: first}
	wrapping, root := random(Size), random(Size)
	private, err := hpke.MLKEM768X25519().GenerateKey()
	if err != nil {
		return nil, fmt.Errorf("HPKE key: %w", err)
	}
	if b.Epochs, err = b.newEpoch(ctx, nil, custodian, first, wrapping); err != nil {
		return nil, err
	}
	tree := keytree.New([32]byte(random(Size)))
	defer tree.Clear()
	if err := b.sealTree(tree, wrapping); err != nil {
		return nil, err
	}
	r.wrapping = map[uint32][]byte{first: wrapping}
	r.bag = b
	if err := writeBag(path, b); err != nil {
		return nil, err
	}
	values := map[string][]byte{settingVault: b.Vault, settingGeneration: binary.BigEndian.AppendUint64(nil, b.Generation)}
	if values[settingRoot], err = r.sealSetting(settingRoot, root); err != nil {
		return nil, err
	}
	if values[settingHPKE], err = r.sealHPKE([]hpkeKey{{private: private}}); err != nil {
		return nil, err
	}
	if err := settings.SetSettings(ctx, values); err != nil {
		return nil, err
	}
	return r, r.load(ctx)
}

// Vacant refuses a path at which there is a bag already: it may be another store's.
func Vacant(path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		return errors.Join(err, fmt.Errorf("there is a key bag at %s and no key in the store: if it belongs to a store that is elsewhere, put it there; if an 'init' was interrupted, remove it", path))
	}
	return nil
}

// isNew refuses a store that has keys, of this program or of an earlier one.
func isNew(ctx context.Context, settings Settings) error {
	for _, name := range []string{settingVault, settingOldKDF} {
		value, err := settings.Setting(ctx, name)
		if err != nil {
			return err
		}
		if value != nil {
			return ErrInitialised
		}
	}
	return nil
}

// Open opens the wrapping key with the custodian that the bag names, and with it the others. A bag that is older than the one that
// the store knows of is refused with ErrOldBag: what was erased since could be read with it.
func Open(ctx context.Context, settings Settings, path string, opener Opener) (*Ring, error) {
	r, err := OpenOlder(ctx, settings, path, opener)
	if err != nil {
		return nil, err
	}
	// Who changes the bag replaces it before the store is told of its number. So the bag is looked at once more after the number
	// is read: another process may have changed it since it was opened.
	known, err := r.generation(ctx)
	if err == nil {
		err = r.Refresh()
	}
	if err == nil && known > r.bag.Generation {
		err = ErrOldBag
	}
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// OpenOlder is Open for whoever brings an older bag up to date.
func OpenOlder(ctx context.Context, settings Settings, path string, opener Opener) (*Ring, error) {
	vault, err := settings.Setting(ctx, settingVault)
	if err != nil {
		return nil, err
	}
	if vault == nil {
		if old, err := settings.Setting(ctx, settingOldKDF); err != nil || old != nil {
			return nil, errors.Join(err, errors.New("the vault's keys were made by an earlier program, which had no key bag: make a new vault in another --home and import the books again"))
		}
		return nil, ErrNotInitialised
	}
	r := &Ring{path: path, settings: settings, wrapping: map[uint32][]byte{}}
	if r.bag, r.file, err = readBag(path); err != nil {
		return nil, err
	}
	if string(r.bag.Vault) != string(vault) {
		return nil, errors.Join(fmt.Errorf("the key bag %s is that of another vault: put the one that belongs to this store in its place", path), r.Close())
	}
	if err := r.unlock(ctx, opener); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	if err := r.load(ctx); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// unlock opens one wrapping key with its custodian; during a rotation the other one follows from it. Passphrases are tried before
// tokens: a token counts wrong PINs.
func (r *Ring) unlock(ctx context.Context, opener Opener) error {
	epochs := slices.Clone(r.bag.Epochs)
	slices.SortStableFunc(epochs, func(x, y epoch) int { return rank(x) - rank(y) })
	var failed error
	for _, e := range epochs {
		wrapping, err := r.bag.askCustodian(ctx, opener, &e)
		if err == nil {
			r.wrapping[e.Number] = wrapping
			return nil
		}
		failed = errors.Join(failed, err)
		if !errors.Is(err, ErrWrongPassphrase) && len(epochs) == 1 {
			break
		}
	}
	return failed
}

func rank(e epoch) int {
	if e.Custodian.Kind == KindPassphrase {
		return 0
	}
	return 1
}

func (b *bag) askCustodian(ctx context.Context, opener Opener, e *epoch) (_ []byte, err error) {
	custodian, err := opener(ctx, e.Custodian)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, custodian.Close()) }()
	wrapping, err := custodian.Unwrap(ctx, e.Wrapped, b.place(infoEpoch, e.Number))
	if err != nil {
		return nil, fmt.Errorf("wrapping key: %w", err)
	}
	if len(wrapping) != Size {
		return nil, errBag
	}
	return wrapping, nil
}

// newEpoch appends an epoch whose wrapping key the custodian wraps.
func (b *bag) newEpoch(ctx context.Context, before []epoch, custodian Custodian, number uint32, wrapping []byte) ([]epoch, error) {
	wrapped, err := custodian.Wrap(ctx, wrapping, b.place(infoEpoch, number))
	if err != nil {
		return nil, fmt.Errorf("wrapping key: %w", err)
	}
	return append(slices.Clone(before), epoch{Number: number, Custodian: custodian.Description(), Wrapped: wrapped}), nil
}

// load reads the bag again if it is another, and then what the settings hold.
func (r *Ring) load(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.reload(); err != nil {
		return err
	}
	root, err := r.openSetting(ctx, settingRoot)
	if err != nil {
		return fmt.Errorf("root secret: %w", err)
	}
	defer clear(root)
	if r.account, err = hkdf.Expand(sha256.New, root, infoAccount, Size); err != nil {
		return err
	}
	if r.digest, err = hkdf.Expand(sha256.New, root, infoDigest, Size); err != nil {
		return err
	}
	if r.secret, err = hkdf.Expand(sha256.New, root, infoSeal, Size); err != nil {
		return err
	}
	return r.loadHPKE(ctx)
}

// reload takes the bag that is in force. The caller holds the lock for writing.
func (r *Ring) reload() error {
	b, file, err := readBag(r.path)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return errors.Join(err, file.Close())
	}
	wrapping, err := b.follow(r.wrapping)
	if err != nil {
		return errors.Join(err, file.Close())
	}
	tree, err := b.openTree(wrapping[b.Current])
	if err != nil {
		return errors.Join(err, file.Close())
	}
	if r.tree != nil {
		r.tree.Clear()
	}
	for number, key := range r.wrapping {
		if wrapping[number] == nil {
			clear(key)
		}
	}
	if r.file != nil {
		_ = r.file.Close() // it was only read
	}
	r.bag, r.file, r.info, r.wrapping, r.tree = b, file, info, wrapping, tree
	return nil
}

// follow finds the wrapping keys of the bag's epochs with those that are known.
func (b *bag) follow(known map[uint32][]byte) (map[uint32][]byte, error) {
	wrapping := map[uint32][]byte{}
	for i := range b.Epochs {
		if key, ok := known[b.Epochs[i].Number]; ok {
			wrapping[b.Epochs[i].Number] = key
		}
	}
	for i := range b.Epochs {
		e := &b.Epochs[i]
		if wrapping[e.Number] != nil {
			continue
		}
		if len(b.Epochs) != 2 || wrapping[b.Epochs[1-i].Number] == nil {
			return nil, ErrRotated
		}
		key, err := b.openBeside(e, wrapping[b.Epochs[1-i].Number])
		if err != nil {
			return nil, err
		}
		wrapping[e.Number] = key
	}
	return wrapping, nil
}

// Refresh takes over what another process changed in the bag. Using a key does it too; an idle process calls it now and then, so
// that it forgets what was destroyed and follows a rotation.
func (r *Ring) Refresh() error {
	r.mu.RLock()
	same, err := r.same()
	r.mu.RUnlock()
	if err != nil || same {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.reload()
}

func (r *Ring) same() (bool, error) {
	info, err := os.Stat(r.path)
	if err != nil {
		return false, fmt.Errorf("key bag: %w: without it no record can be read; put it in its place, from its own backup if it is lost", err)
	}
	return r.info != nil && os.SameFile(info, r.info), nil
}

// watchInterval is how often Watch looks; Overlap of a rotation is longer.
const watchInterval = 2 * time.Second

// Watch refreshes until ctx ends.
func (r *Ring) Watch(ctx context.Context) {
	again := time.NewTicker(watchInterval)
	defer again.Stop()
	for {
		select {
		case <-again.C:
			_ = r.Refresh() // whoever uses a key next gets the error
		case <-ctx.Done():
			return
		}
	}
}

// Close forgets the keys.
func (r *Ring) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, key := range r.wrapping {
		clear(key)
	}
	r.wrapping = nil
	if r.tree != nil {
		r.tree.Clear()
	}
	if r.file == nil {
		return nil
	}
	err := r.file.Close()
	r.file, r.info = nil, nil
	return err
}

// with runs f with the bag that is in force and the tradeline's key.
func (r *Ring) with(tradeline [32]byte, f func(line []byte) error) error {
	if err := r.Refresh(); err != nil {
		return err
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	line, ok := r.tree.Key(tradeline)
	if !ok {
		return ErrErased
	}
	defer clear(line[:])
	return f(line[:])
}

// Wrap encrypts a data key for one place, in the present epoch.
func (r *Ring) Wrap(key []byte, tradeline [32]byte, place []byte) (wrapped []byte, err error) {
	err = r.with(tradeline, func(line []byte) error {
		wrapped, err = r.wrapUnder(r.bag.Current, line, key, place)
		return err
	})
	return wrapped, err
}

// Unwrap decrypts it; it fails with ErrTampered at any other place.
func (r *Ring) Unwrap(wrapped []byte, tradeline [32]byte, place []byte) (key []byte, err error) {
	err = r.with(tradeline, func(line []byte) error {
		key, err = r.unwrapUnder(line, wrapped, place)
		return err
	})
	return key, err
}

// Rewrap puts a data key under the present wrapping key. It returns the same if it is there already.
func (r *Ring) Rewrap(wrapped []byte, tradeline [32]byte, place []byte) (rewrapped []byte, err error) {
	err = r.with(tradeline, func(line []byte) error {
		if number, err := Epoch(wrapped); err != nil || number == r.bag.Current {
			rewrapped = wrapped
			return err
		}
		key, err := r.unwrapUnder(line, wrapped, place)
		if err != nil {
			return err
		}
		defer clear(key)
		rewrapped, err = r.wrapUnder(r.bag.Current, line, key, place)
		return err
	})
	return rewrapped, err
}

func (r *Ring) wrapUnder(number uint32, line, key, place []byte) ([]byte, error) {
	under, err := dataKeyKey(r.wrapping[number], line)
	if err != nil {
		return nil, err
	}
	defer clear(under)
	return wrap(under, number, key, place)
}

func (r *Ring) unwrapUnder(line, wrapped, place []byte) ([]byte, error) {
	number, err := Epoch(wrapped)
	if err != nil {
		return nil, err
	}
	wrapping, ok := r.wrapping[number]
	if !ok {
		return nil, ErrRotatedOut
	}
	under, err := dataKeyKey(wrapping, line)
	if err != nil {
		return nil, err
	}
	defer clear(under)
	return unwrap(under, number, wrapped, place)
}

// Account blinds a credit account's number. Nobody without this vault's key can recompute the result or
// tell that two vaults mean the same account.
func (r *Ring) Account(lender, number string) [32]byte {
	return mac(r.account, []byte(lender), []byte(number))
}

// Digest recognises content again without saying what it is.
func (r *Ring) Digest(parts ...[]byte) [32]byte { return mac(r.digest, parts...) }

// sealSetting encrypts a setting in the present epoch.
func (r *Ring) sealSetting(name string, value []byte) ([]byte, error) {
	under, err := settingKey(r.wrapping[r.bag.Current])
	if err != nil {
		return nil, err
	}
	defer clear(under)
	return wrap(under, r.bag.Current, value, append([]byte(name), r.bag.Vault...))
}

func (r *Ring) openSetting(ctx context.Context, name string) ([]byte, error) {
	sealed, err := r.settings.Setting(ctx, name)
	if err != nil {
		return nil, err
	}
	number, err := Epoch(sealed)
	if err != nil {
		return nil, err
	}
	if r.wrapping[number] == nil { // a rotation began since the bag was read
		if err := r.reload(); err != nil {
			return nil, err
		}
	}
	if r.wrapping[number] == nil {
		return nil, ErrRotatedOut
	}
	under, err := settingKey(r.wrapping[number])
	if err != nil {
		return nil, err
	}
	defer clear(under)
	return unwrap(under, number, sealed, append([]byte(name), r.bag.Vault...))
}

package keys

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/creditd/creditd/vault/internal/crash"
	"github.com/creditd/creditd/vault/keys/keytree"
)

// draft is a bag that is being changed.
type draft struct {
	*bag
	tree     *keytree.Tree
	wrapping map[uint32][]byte
}

// change replaces the bag by what f makes of the one in force, unless f says that it changed nothing. What an earlier write left
// behind is destroyed either way.
func (r *Ring) change(ctx context.Context, f func(d *draft) (changed bool, err error)) error {
	unlock, err := lockBag(r.path)
	if err != nil {
		return err
	}
	defer unlock()
	if err := finishWrite(r.path); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.reload(); err != nil {
		return err
	}
	d := &draft{bag: r.bag.clone(), tree: r.tree.Clone(), wrapping: maps.Clone(r.wrapping)}
	defer d.tree.Clear()
	changed, err := f(d)
	if err != nil {
		return err
	}
	known, err := r.generation(ctx)
	if err != nil {
		return err
	}
	if changed {
		d.Generation = max(d.Generation, known) + 1
		if err := d.sealTree(d.tree, d.wrapping[d.Current]); err != nil {
			return err
		}
		if err := writeBag(r.path, d.bag); err != nil {
			return err
		}
		crash.Point("bag replaced")
		r.wrapping = d.wrapping
		if err := r.reload(); err != nil {
			return err
		}
	}
	if r.bag.Generation <= known {
		return nil
	}
	return r.settings.SetSettings(ctx, map[string][]byte{settingGeneration: binary.BigEndian.AppendUint64(nil, r.bag.Generation)})
}

// generation of the newest bag that the store knows of; 0 for none.
func (r *Ring) generation(ctx context.Context) (uint64, error) {
	value, err := r.settings.Setting(ctx, settingGeneration)
	if err != nil || len(value) != 8 {
		return 0, err
	}
	return binary.BigEndian.Uint64(value), nil
}

func (b *bag) clone() *bag {
	c := *b
	c.Epochs = slices.Clone(b.Epochs)
	return &c
}

// Erase destroys the keys of tradelines, and with them every copy of their records wherever it is. It returns how many had keys.
func (r *Ring) Erase(ctx context.Context, tradelines [][32]byte) (erased int, err error) {
	err = r.change(ctx, func(d *draft) (bool, error) {
		erased = 0
		for _, id := range tradelines {
			done, err := d.tree.Puncture(id)
			if err != nil {
				return false, fmt.Errorf("%w: %d seeds are kept for what was erased before; make a new vault in another --home and import the books that are in force", err, d.tree.Nodes())
			}
			if done {
				erased++
			}
		}
		return erased > 0, nil
	})
	return erased, err
}

// Erased tells whether the key of a tradeline is destroyed.
func (r *Ring) Erased(tradeline [32]byte) (bool, error) {
	err := r.with(tradeline, func([]byte) error { return nil })
	if errors.Is(err, ErrErased) {
		return true, nil
	}
	return false, err
}

// Rotating tells whether a rotation was begun and not finished.
func (r *Ring) Rotating() (bool, error) {
	err := r.Refresh()
	r.mu.RLock()
	defer r.mu.RUnlock()
	return len(r.bag.Epochs) == 2, err
}

// Epochs are the present epoch and, while a rotation is under way, the one before.
func (r *Ring) Epochs() (current uint32, kept []uint32) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, e := range r.bag.Epochs {
		kept = append(kept, e.Number)
	}
	return r.bag.Current, kept
}

// Custodian names who keeps the present wrapping key.
func (r *Ring) Custodian() Description {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.bag.epoch(r.bag.Current).Custodian
}

// BeginRotation makes a new wrapping key in a new epoch, under the custodian that made gives. made must not use
// the ring. If a rotation is under way, it goes on and made is not called; opener must then open the custodian that it is to, so that nobody ends up with another passphrase
// than they think.
func (r *Ring) BeginRotation(ctx context.Context, made func() (Custodian, error), opener Opener) (resumed bool, err error) {
	err = r.change(ctx, func(d *draft) (bool, error) {
		if len(d.Epochs) == 2 {
			resumed = true
			key, err := d.askCustodian(ctx, opener, &d.Epochs[1])
			if err != nil {
				return false, fmt.Errorf("a rotation is under way, to a key that what you passed does not open: pass the passphrase with which it was begun: %w", err)
			}
			clear(key)
			return false, nil
		}
		custodian, err := made()
		if err != nil {
			return false, err
		}
		defer func() { err = errors.Join(err, custodian.Close()) }()
		old, next, wrapping := d.Current, d.Current+1, random(Size)
		if d.Epochs, err = d.newEpoch(ctx, d.Epochs, custodian, next, wrapping); err != nil {
			return false, err
		}
		if d.Epochs[0].Beside, err = d.sealBeside(old, d.wrapping[old], wrapping); err != nil {
			return false, err
		}
		if d.Epochs[1].Beside, err = d.sealBeside(next, wrapping, d.wrapping[old]); err != nil {
			return false, err
		}
		d.Current, d.wrapping[next] = next, wrapping
		return true, nil
	})
	return resumed, err
}

// RewrapSettings puts the root secret and the HPKE keys under the present wrapping key. They stay what they are.
func (r *Ring) RewrapSettings(ctx context.Context) error {
	unlock, err := lockBag(r.path)
	if err != nil {
		return err
	}
	defer unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.reload(); err != nil {
		return err
	}
	values := map[string][]byte{}
	for _, name := range []string{settingRoot, settingHPKE} {
		plain, err := r.openSetting(ctx, name)
		if err != nil {
			return err
		}
		values[name], err = r.sealSetting(name, plain)
		clear(plain)
		if err != nil {
			return err
		}
	}
	return r.settings.SetSettings(ctx, values)
}

// FinishRotation destroys the wrapping key of the epoch before. The caller has seen to it that no record is under it.
func (r *Ring) FinishRotation(ctx context.Context) error {
	if err := r.RewrapSettings(ctx); err != nil {
		return err
	}
	return r.change(ctx, func(d *draft) (bool, error) {
		if len(d.Epochs) == 1 {
			return false, nil
		}
		last := d.Epochs[1]
		last.Beside = nil
		d.Epochs = []epoch{last}
		return true, nil
	})
}

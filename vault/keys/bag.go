package keys

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/creditd/creditd/vault/keys/keytree"
)

// bag is the key bag as it is in its file: the wrapping keys under their custodians, and the key tree under the present one. What
// is not in the file any more is gone, so it is kept apart from backups of the store and its older copies are not kept at all.
type bag struct {
	Version    int     `json:"version"`
	Vault      []byte  `json:"vault"`      // 16 random bytes that the store has too
	Generation uint64  `json:"generation"` // counts the times that it was written
	Current    uint32  `json:"current"`    // epoch that new records are wrapped in
	Epochs     []epoch `json:"epochs"`     // ascending; two while a rotation is under way, else one
	Tree       []byte  `json:"tree"`       // keytree.Tree, sealed under the wrapping key of Current
}

type epoch struct {
	Number    uint32      `json:"number"`
	Custodian Description `json:"custodian"`
	Wrapped   []byte      `json:"wrapped"` // by the custodian
	// Beside is this wrapping key, sealed under that of the other epoch, while there are two: a process that knows either has both.
	Beside []byte `json:"beside,omitempty"`
}

const (
	bagVersion = 1
	vaultBytes = 16
	// maxBagBytes has room for keytree.MaxNodes in base64.
	maxBagBytes = 256 << 20
)

var errBag = errors.New("the key bag cannot be read: restore it from its own backup")

// parseBag reads what encode wrote. It bounds everything before it is used; that it is genuine shows when the tree opens.
func parseBag(data []byte) (*bag, error) {
	if len(data) > maxBagBytes {
		return nil, errBag
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	b := &bag{}
	if err := decoder.Decode(b); err != nil {
		return nil, errBag // the decoder's error may quote the file
	}
	if b.Version != bagVersion {
		return nil, fmt.Errorf("the key bag is of version %d and this program knows %d: use the program that wrote it, or a later one", b.Version, bagVersion)
	}
	sound := len(b.Vault) == vaultBytes && b.Generation > 0 && (len(b.Epochs) == 1 || len(b.Epochs) == 2) && len(b.Tree) > 0
	for i := range b.Epochs {
		e := &b.Epochs[i]
		sound = sound && e.Number > 0 && e.Custodian.Kind != "" && len(e.Wrapped) > 0 && len(e.Wrapped) <= maxCustodyBytes
		sound = sound && (i == 0 || e.Number == b.Epochs[i-1].Number+1) && (len(e.Beside) > 0) == (len(b.Epochs) == 2)
	}
	if !sound || b.Epochs[len(b.Epochs)-1].Number != b.Current {
		return nil, errBag
	}
	return b, nil
}

func (b *bag) encode() ([]byte, error) {
	b.Version = bagVersion
	data, err := json.MarshalIndent(b, "", " ")
	if err == nil && len(data) > maxBagBytes {
		return nil, keytree.ErrFull
	}
	return append(data, '\n'), err
}

func (b *bag) epoch(number uint32) *epoch {
	for i := range b.Epochs {
		if b.Epochs[i].Number == number {
			return &b.Epochs[i]
		}
	}
	return nil
}

// place binds what is sealed in the bag to the vault, to an epoch and to what it is.
func (b *bag) place(what string, number uint32) []byte {
	return binary.BigEndian.AppendUint32(append([]byte(what), b.Vault...), number)
}

// treePlace binds the tree to its generation too, so that the number cannot be changed.
func (b *bag) treePlace() []byte {
	return binary.BigEndian.AppendUint64(b.place(infoTree, b.Current), b.Generation)
}

// sealTree puts a tree into the bag, under a wrapping key.
func (b *bag) sealTree(tree *keytree.Tree, wrapping []byte) error {
	key, err := treeKey(wrapping)
	if err != nil {
		return err
	}
	defer clear(key)
	encoded := tree.Marshal()
	defer clear(encoded)
	b.Tree, err = seal(key, encoded, b.treePlace())
	return err
}

func (b *bag) openTree(wrapping []byte) (*keytree.Tree, error) {
	key, err := treeKey(wrapping)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	encoded, err := open(key, b.Tree, b.treePlace())
	if err != nil {
		return nil, fmt.Errorf("%w: its tree was changed", errBag)
	}
	defer clear(encoded)
	return keytree.Parse(encoded)
}

// sealBeside seals the wrapping key of an epoch under another one.
func (b *bag) sealBeside(number uint32, wrapping, under []byte) ([]byte, error) {
	key, err := besideKey(under)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	return seal(key, wrapping, b.place(infoBeside, number))
}

func (b *bag) openBeside(e *epoch, under []byte) ([]byte, error) {
	key, err := besideKey(under)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	return open(key, e.Beside, b.place(infoBeside, e.Number))
}

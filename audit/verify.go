package audit

import (
	"bytes"
	"encoding/hex"
	"fmt"

	ics23 "github.com/cosmos/ics23/go"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/x/credit/types"
)

// Verify checks an encoded bundle against a header that is trusted, without asking anybody. Its error wraps
// proof.ErrInvalid and says what is wrong; without one, the verdict says what is proven.
func Verify(encoded []byte, trusted proof.Trusted, o proof.Options) (*Verdict, error) {
	b, err := Parse(encoded)
	if err != nil {
		return nil, err
	}
	v, err := b.verify(trusted, o)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", proof.ErrInvalid, err)
	}
	return v, nil
}

func (b *Bundle) verify(trusted proof.Trusted, o proof.Options) (*Verdict, error) {
	path, err := proof.Follow(b.Blocks, trusted, o)
	if err != nil {
		return nil, err
	}
	if state := path.Height - 1; b.To > state {
		return nil, fmt.Errorf("the range ends at height %d, and the state that is proven is that of height %d: nothing is known of later ones", b.To, state)
	}
	root, err := proof.VerifyStore(proof.Store{Name: types.StoreKey, Proof: b.Store}, path.AppHash)
	if err != nil {
		return nil, fmt.Errorf("root of store %s: %w", types.StoreKey, err)
	}
	lines, err := b.readLines(root)
	if err != nil {
		return nil, fmt.Errorf("state at height %d: %w", path.Height-1, err)
	}
	return b.judge(path, lines), nil
}

// readLines proves every line, and that there is no other in the range.
func (b *Bundle) readLines(root []byte) ([]Line, error) {
	in, err := b.bounds()
	if err != nil {
		return nil, err
	}
	left, err := optionalLeaf("the leaf before the range", b.Before, root)
	if err != nil {
		return nil, err
	}
	if left != nil && bytes.Compare(left.Key, in.first) >= 0 {
		return nil, fmt.Errorf("the leaf before the range has the key %x, which is not before it", left.Key)
	}
	lines := make([]Line, len(b.Lines))
	for i, encoded := range b.Lines {
		leaf, err := verifyLeaf(encoded, root)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i, err)
		}
		if err := nothingBetween(left, leaf); err != nil {
			return nil, fmt.Errorf("before line %d: %w", i, err)
		}
		if lines[i], err = b.readLine(in, leaf); err != nil {
			return nil, fmt.Errorf("line %d: %w", i, err)
		}
		left = leaf
	}
	right, err := optionalLeaf("the leaf after the range", b.After, root)
	if err != nil {
		return nil, err
	}
	if right != nil && bytes.Compare(right.Key, in.end) < 0 {
		return nil, fmt.Errorf("the leaf after the range has the key %x, which is not after it", right.Key)
	}
	if err := nothingBetween(left, right); err != nil {
		return nil, fmt.Errorf("after line %d: %w", len(b.Lines)-1, err)
	}
	return lines, nil
}

func optionalLeaf(what string, encoded, root []byte) (*ics23.ExistenceProof, error) {
	if len(encoded) == 0 {
		return nil, nil //nolint:nilnil // there is none at the edge of the store
	}
	leaf, err := verifyLeaf(encoded, root)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return leaf, nil
}

// readLine reads what a leaf says.
func (b *Bundle) readLine(in bounds, leaf *ics23.ExistenceProof) (Line, error) {
	if !bytes.HasPrefix(leaf.Key, in.trail) || bytes.Compare(leaf.Key, in.first) < 0 || bytes.Compare(leaf.Key, in.end) >= 0 {
		return Line{}, fmt.Errorf("the key %x is not of this trail and range", leaf.Key)
	}
	_, key, err := types.TrailKeyCodec.Decode(leaf.Key[len(in.trail):])
	if err != nil {
		return Line{}, err
	}
	var entry types.TrailEntry
	if err := proof.Decode("entry", leaf.Value, &entry); err != nil {
		return Line{}, err
	}
	line := Line{
		Height: key.Height, Time: entry.Time.UTC(), Kind: word(key.Kind.String(), "TRAIL_KIND_"), Ref: key.Ref.String(), kind: key.Kind,
	}
	if entry.Purpose != types.PURPOSE_UNSPECIFIED {
		line.Purpose = word(entry.Purpose.String(), "PURPOSE_")
	}
	if b.Institution == "" {
		line.Actor = sdk.AccAddress(key.Actor).String()
	} else { // in an institution's trail the last part of the key is whom, or which batch, it is about
		line.About = hex.EncodeToString(key.Actor)
	}
	return line, nil
}

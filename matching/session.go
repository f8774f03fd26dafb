// Package matching runs sessions of private set intersection between two institutions' vaults (privacy/psi): the chain holds what
// each side committed to (x/pseudonym), the vaults keep the secrets, and elements go from vault to vault.
package matching

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/creditd/creditd/privacy/oprf"
	"github.com/creditd/creditd/privacy/psi"
	"github.com/creditd/creditd/vault/agent"
	pseudonymtypes "github.com/creditd/creditd/x/pseudonym/types"
)

// Names of the secrets of a session.
const (
	nameSeed       = "seed"       // of the client's blinds
	nameKey        = "key"        // of the server
	nameTags       = "tags/%d"    // of the server's set, as many in each as fit
	nameTagCount   = "tags"       // how many parts
	nameTranscript = "transcript" // of what the server answered
)

const tagsInSecret = agent.MaxSecret / psi.TagSize

func scope(chainID string, id [32]byte) string {
	return "match/" + chainID + "/" + hex.EncodeToString(id[:])
}

// sessionOf a match on the chain.
func sessionOf(match *pseudonymtypes.Match) (psi.Session, psi.Commitment, error) {
	if len(match.Id) != 32 || len(match.Root) != 32 {
		return psi.Session{}, psi.Commitment{}, errors.New("the node's answer about the match makes no sense: use another node")
	}
	return psi.Session{ID: [32]byte(match.Id), SizeOnly: match.SizeOnly}, psi.Commitment{Count: match.Count, Root: [32]byte(match.Root)}, nil
}

// keepServer keeps what a server needs to answer: the key and the tags of its set, and not the set.
func keepServer(ctx context.Context, secrets agent.Secrets, scope string, key *oprf.Key, tags []psi.Tag) error {
	secret := key.Secret()
	parts := 0
	for ; len(tags) > 0; parts++ {
		n := min(tagsInSecret, len(tags))
		part := make([]byte, 0, n*psi.TagSize)
		for i := range n {
			part = append(part, tags[i][:]...)
		}
		if err := secrets.Put(ctx, scope, fmt.Sprintf(nameTags, parts), part); err != nil {
			return err
		}
		tags = tags[n:]
	}
	if err := secrets.Put(ctx, scope, nameTagCount, []byte{byte(parts >> 8), byte(parts)}); err != nil {
		return err
	}
	return secrets.Put(ctx, scope, nameKey, secret[:])
}

// restoreServer is the other way.
func restoreServer(ctx context.Context, secrets agent.Secrets, scope string, session psi.Session) (*psi.Server, error) {
	secret, err := secrets.Get(ctx, scope, nameKey)
	if err != nil {
		return nil, err
	}
	defer clear(secret)
	count, err := secrets.Get(ctx, scope, nameTagCount)
	if err != nil {
		return nil, err
	}
	if len(secret) != oprf.ScalarSize || len(count) != 2 {
		return nil, errors.New("the secrets of the session are damaged")
	}
	key, err := oprf.NewKey([oprf.ScalarSize]byte(secret))
	if err != nil {
		return nil, err
	}
	var tags []psi.Tag
	for part := range int(count[0])<<8 | int(count[1]) {
		stored, err := secrets.Get(ctx, scope, fmt.Sprintf(nameTags, part))
		if err != nil {
			return nil, err
		}
		for ; len(stored) >= psi.TagSize; stored = stored[psi.TagSize:] {
			tags = append(tags, psi.Tag(stored[:psi.TagSize]))
		}
	}
	return psi.Restore(session, key, tags)
}

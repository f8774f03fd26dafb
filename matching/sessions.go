package matching

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/creditd/creditd/vault/agent"
)

const (
	sessionsSetting = "matching.sessions/"
	sessionIDSize   = 32
	// maxSessions that are remembered; far more than one institution has at a time.
	maxSessions = 4096
)

// Sessions are the ids of those of which the vault may have secrets, in its store, so that they are destroyed after a restart too. Ids
// are public.
type Sessions struct {
	Settings agent.Settings
	ChainID  string

	mu sync.Mutex
}

func (s *Sessions) setting() string { return sessionsSetting + s.ChainID }

// All that are remembered.
func (s *Sessions) All(ctx context.Context) ([][32]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.load(ctx)
}

// Add remembers a session. It does, durably, before its secrets are made.
func (s *Sessions) Add(ctx context.Context, id [32]byte) error {
	return s.change(ctx, func(all [][32]byte) [][32]byte {
		if slices.Contains(all, id) {
			return all
		}
		return append(all, id)
	})
}

// Remove forgets a session whose secrets are destroyed.
func (s *Sessions) Remove(ctx context.Context, id [32]byte) error {
	return s.change(ctx, func(all [][32]byte) [][32]byte {
		return slices.DeleteFunc(all, func(each [32]byte) bool { return each == id })
	})
}

func (s *Sessions) load(ctx context.Context) ([][32]byte, error) {
	stored, err := s.Settings.Setting(ctx, s.setting())
	if err != nil {
		return nil, err
	}
	if len(stored)%sessionIDSize != 0 {
		return nil, errors.New("the list of matches in the vault's store is damaged: restore the store from a backup")
	}
	all := make([][32]byte, 0, len(stored)/sessionIDSize+1)
	for ; len(stored) > 0; stored = stored[sessionIDSize:] {
		all = append(all, [32]byte(stored))
	}
	return all, nil
}

func (s *Sessions) change(ctx context.Context, change func([][32]byte) [][32]byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	all, err := s.load(ctx)
	if err != nil {
		return err
	}
	before := len(all)
	all = change(all)
	if len(all) == before {
		return nil
	}
	if len(all) > maxSessions {
		return errors.New("this vault has secrets of too many matches: start 'creditd vault serve', which destroys those of matches that are over")
	}
	stored := make([]byte, 0, len(all)*sessionIDSize)
	for _, id := range all {
		stored = append(stored, id[:]...)
	}
	return s.Settings.SetSettings(ctx, map[string][]byte{s.setting(): stored})
}

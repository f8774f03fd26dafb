package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/creditd/creditd/internal/postgres"
)

// refused says of the store what package postgres says of a database.
func refused(err error) error {
	if errors.Is(err, postgres.ErrRefused) {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return err
}

func explainPostgres(where string, err error) error {
	kind, advice := postgres.Explain(where, err)
	says := map[postgres.Kind]error{
		postgres.Full: ErrFull, postgres.Broken: ErrBroken, postgres.Busy: ErrBusy, postgres.Away: ErrAway, postgres.Refused: ErrRefused,
	}[kind]
	switch {
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || says == nil:
		return fmt.Errorf("vault store: %w", err)
	case advice == "":
		return fmt.Errorf("%w: %w", says, err)
	}
	return fmt.Errorf("%w: %s: %w", says, advice, err)
}

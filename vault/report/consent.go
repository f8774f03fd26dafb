package report

import (
	"context"
	"errors"
	"time"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/exchange"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// Consents lists those that a subject gave; *client.Client has it.
type Consents interface {
	Consents(ctx context.Context, subject [32]byte) ([]credittypes.Consent, error)
}

// LiveConsent looks on the chain for a consent of the request's subject to the data user, by its account, that can be used now.
// Where there is none it returns nil, and the inquiry is sent without: the purpose may be exempt, and if not, the chain's
// refusal says so.
func LiveConsent(ctx context.Context, chain Consents, dataUser string, request Request, now time.Time) (*[32]byte, error) {
	consents, err := chain.Consents(ctx, request.Subject)
	if err != nil && !errors.Is(err, client.ErrNotFound) {
		return nil, err
	}
	for _, c := range consents {
		if c.Grantee == dataUser && c.Purpose == request.Purpose && c.Status == credittypes.CONSENT_STATUS_LIVE &&
			!now.Add(exchange.OrderLife).Before(c.ValidFrom) && now.Before(c.ValidUntil) && c.Mode != credittypes.CONSENT_MODE_QUERY && len(c.Id) == 32 {
			id := [32]byte(c.Id)
			return &id, nil
		}
	}
	return nil, nil
}

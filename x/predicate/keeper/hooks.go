package keeper

import (
	"context"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// Hooks follow what becomes of attestations and records, so that what is taken back leaves the tree in the same transaction.
type Hooks struct{ *Keeper }

var (
	_ attestationtypes.StatusHook = Hooks{}
	_ credittypes.RecordHook      = Hooks{}
)

// AfterStatus implements attestationtypes.StatusHook. One that is reinstated has to be listed again.
func (h Hooks) AfterStatus(ctx context.Context, attestation attestationtypes.Attestation) error {
	if attestation.Status == attestationtypes.STATUS_ACTIVE {
		return nil
	}
	return h.delistIfListed(ctx, attestation.Id)
}

// AfterRecordState implements credittypes.RecordHook. A record in dispute is shown, with a mark that a hidden attestation could
// not bear: it leaves the tree as well.
func (h Hooks) AfterRecordState(ctx context.Context, record credittypes.Tradeline) error {
	if record.State == credittypes.RECORD_STATE_ACTIVE {
		return nil
	}
	return h.delistIfListed(ctx, record.AttestationId)
}

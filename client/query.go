package client

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	querytypes "github.com/cosmos/cosmos-sdk/types/query"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

const (
	pageSize = 100
	// maxTradelines of one subject that are read: far more than anybody has, far less than would fill memory.
	maxTradelines = 10_000
	maxConsents   = 10_000
	maxVersions   = 10_000
)

// Subject reads a subject by pseudonym. This and the other readers return an error that wraps ErrNotFound
// only when the chain answered that it has no such thing.
func (c *Client) Subject(ctx context.Context, pseudonym [32]byte) (credittypes.Subject, error) {
	answer, err := c.Credit.Subject(ctx, &credittypes.QuerySubjectRequest{Subject: hex.EncodeToString(pseudonym[:])})
	if err != nil {
		return credittypes.Subject{}, query(fmt.Sprintf("subject %x", pseudonym), err)
	}
	return answer.Subject, nil
}

// Tradeline reads one tradeline of a subject.
func (c *Client) Tradeline(ctx context.Context, subject, id [32]byte) (credittypes.Tradeline, error) {
	answer, err := c.Credit.Tradeline(ctx, &credittypes.QueryTradelineRequest{
		Subject: hex.EncodeToString(subject[:]), Id: hex.EncodeToString(id[:]),
	})
	if err != nil {
		return credittypes.Tradeline{}, query(fmt.Sprintf("tradeline %x", id), err)
	}
	return answer.Tradeline, nil
}

// Tradelines reads all tradelines of a subject.
func (c *Client) Tradelines(ctx context.Context, subject [32]byte) ([]credittypes.Tradeline, error) {
	var all []credittypes.Tradeline
	request := &credittypes.QueryTradelinesRequest{
		Subject: hex.EncodeToString(subject[:]), Pagination: &querytypes.PageRequest{Limit: pageSize},
	}
	for {
		answer, err := c.Credit.Tradelines(ctx, request)
		if err != nil {
			return nil, query(fmt.Sprintf("tradelines of %x", subject), err)
		}
		all = append(all, answer.Tradelines...)
		if answer.Pagination == nil || len(answer.Pagination.NextKey) == 0 {
			return all, nil
		}
		if len(all) >= maxTradelines {
			return nil, fmt.Errorf("subject %x has more than %d tradelines: that is no subject but a mistake of a furnisher", subject, maxTradelines)
		}
		request.Pagination.Key = answer.Pagination.NextKey
	}
}

// GetAttestation reads one attestation.
func (c *Client) GetAttestation(ctx context.Context, id [32]byte) (attestationtypes.Attestation, error) {
	answer, err := c.Attestation.Attestation(ctx, &attestationtypes.QueryAttestationRequest{Id: hex.EncodeToString(id[:])})
	if err != nil {
		return attestationtypes.Attestation{}, query(fmt.Sprintf("attestation %x", id), err)
	}
	return answer.Attestation, nil
}

// Consent reads one consent of a subject.
func (c *Client) Consent(ctx context.Context, subject, id [32]byte) (credittypes.Consent, error) {
	answer, err := c.Credit.Consent(ctx, &credittypes.QueryConsentRequest{
		Subject: hex.EncodeToString(subject[:]), Id: hex.EncodeToString(id[:]),
	})
	if err != nil {
		return credittypes.Consent{}, query(fmt.Sprintf("consent %x", id), err)
	}
	return answer.Consent, nil
}

// Inquiry reads one inquiry with its receipts.
func (c *Client) Inquiry(ctx context.Context, id [32]byte) (credittypes.Inquiry, []credittypes.Receipt, error) {
	answer, err := c.Credit.Inquiry(ctx, &credittypes.QueryInquiryRequest{Id: hex.EncodeToString(id[:])})
	if err != nil {
		return credittypes.Inquiry{}, nil, query(fmt.Sprintf("inquiry %x", id), err)
	}
	return answer.Inquiry, answer.Receipts, nil
}

// GetInstitution reads an institution with its vault.
func (c *Client) GetInstitution(ctx context.Context, operator string) (institutiontypes.InstitutionView, error) {
	answer, err := c.Institution.Institution(ctx, &institutiontypes.QueryInstitutionRequest{Operator: operator})
	if err != nil {
		return institutiontypes.InstitutionView{}, query("institution "+operator, err)
	}
	return answer.Institution, nil
}

// AccountKey reads the public key that an account signs with. The chain learns it from the account's first
// transaction.
func (c *Client) AccountKey(ctx context.Context, address string) (cryptotypes.PubKey, error) {
	answer, err := c.Auth.AccountInfo(ctx, &authtypes.QueryAccountInfoRequest{Address: address})
	if err != nil {
		return nil, query("account "+address, err)
	}
	if answer.Info == nil || answer.Info.PubKey == nil {
		return nil, fmt.Errorf("account %s: %w", address, ErrNoKey)
	}
	var key cryptotypes.PubKey
	if err := c.codec.UnpackAny(answer.Info.PubKey, &key); err != nil {
		return nil, fmt.Errorf("account %s: %w", address, err)
	}
	return key, nil
}

// MaxBatch is how many tradelines one message may carry.
func (c *Client) MaxBatch(ctx context.Context) (int, error) {
	answer, err := c.Credit.Params(ctx, &credittypes.QueryParamsRequest{})
	if err != nil {
		return 0, query("parameters of x/credit", err)
	}
	if answer.Params.MaxBatch == 0 {
		return 0, errors.New("parameters of x/credit: max_batch is 0: the chain accepts no tradelines")
	}
	return int(answer.Params.MaxBatch), nil
}

// Profile reads the profile that a jurisdiction selects, or the default one of the chain.
func (c *Client) Profile(ctx context.Context, jurisdiction string) (credittypes.Profile, error) {
	params, err := c.Credit.Params(ctx, &credittypes.QueryParamsRequest{})
	if err != nil {
		return credittypes.Profile{}, query("parameters of x/credit", err)
	}
	otherwise, found := credittypes.Profile{}, false
	request := &credittypes.QueryProfilesRequest{Pagination: &querytypes.PageRequest{Limit: pageSize}}
	for {
		answer, err := c.Credit.Profiles(ctx, request)
		if err != nil {
			return credittypes.Profile{}, query("profiles", err)
		}
		for _, profile := range answer.Profiles {
			if slices.Contains(profile.Jurisdictions, jurisdiction) {
				return profile, nil
			}
			if profile.Code == params.Params.DefaultProfile {
				otherwise, found = profile, true
			}
		}
		if answer.Pagination == nil || len(answer.Pagination.NextKey) == 0 {
			break
		}
		request.Pagination.Key = answer.Pagination.NextKey
	}
	if !found {
		return otherwise, fmt.Errorf("profile for jurisdiction %q: %w: the members add one by vote", jurisdiction, ErrNotFound)
	}
	return otherwise, nil
}

// Notices reads the notices that a furnisher gave about an account, the last of each kind; none is no error.
func (c *Client) Notices(ctx context.Context, tradeline [32]byte) ([]credittypes.Notice, error) {
	answer, err := c.Credit.Notices(ctx, &credittypes.QueryNoticesRequest{Id: hex.EncodeToString(tradeline[:])})
	if err != nil {
		if err = query(fmt.Sprintf("notices about %x", tradeline), err); errors.Is(err, ErrNotFound) {
			return nil, nil
		}
		return nil, err
	}
	return answer.Notices, nil
}

// Versions reads the earlier versions of a tradeline, oldest first; none is no error.
func (c *Client) Versions(ctx context.Context, subject, id [32]byte) ([]credittypes.TradelineVersion, error) {
	var all []credittypes.TradelineVersion
	request := &credittypes.QueryVersionsRequest{
		Subject: hex.EncodeToString(subject[:]), Id: hex.EncodeToString(id[:]), Pagination: &querytypes.PageRequest{Limit: pageSize},
	}
	for {
		answer, err := c.Credit.Versions(ctx, request)
		if err != nil {
			return nil, query(fmt.Sprintf("versions of tradeline %x", id), err)
		}
		all = append(all, answer.Versions...)
		if answer.Pagination == nil || len(answer.Pagination.NextKey) == 0 || len(all) >= maxVersions {
			return all, nil
		}
		request.Pagination.Key = answer.Pagination.NextKey
	}
}

// Consents reads all consents of a subject.
func (c *Client) Consents(ctx context.Context, subject [32]byte) ([]credittypes.Consent, error) {
	var all []credittypes.Consent
	request := &credittypes.QueryConsentsRequest{
		Subject: hex.EncodeToString(subject[:]), Pagination: &querytypes.PageRequest{Limit: pageSize},
	}
	for {
		answer, err := c.Credit.Consents(ctx, request)
		if err != nil {
			return nil, query(fmt.Sprintf("consents of %x", subject), err)
		}
		all = append(all, answer.Consents...)
		if answer.Pagination == nil || len(answer.Pagination.NextKey) == 0 || len(all) >= maxConsents {
			return all, nil
		}
		request.Pagination.Key = answer.Pagination.NextKey
	}
}

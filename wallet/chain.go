package wallet

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	sdk "github.com/cosmos/cosmos-sdk/types"
	querytypes "github.com/cosmos/cosmos-sdk/types/query"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/credential"
	"github.com/creditd/creditd/subject"
	"github.com/creditd/creditd/vault/report"
	"github.com/creditd/creditd/wallet/text"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// Chain is what the wallet asks. Errors wrap client.ErrNotFound for what the chain does not have.
type Chain interface {
	subject.Chain
	ChainID() string
	Subject(ctx context.Context, pseudonym [32]byte) (credittypes.Subject, error)
	Tradelines(ctx context.Context, subject [32]byte) ([]credittypes.Tradeline, error)
	Consents(ctx context.Context, subject [32]byte) ([]credittypes.Consent, error)
	Inquiry(ctx context.Context, id [32]byte) (credittypes.Inquiry, []credittypes.Receipt, error)
	Disputes(ctx context.Context, subject [32]byte) ([]credittypes.Dispute, error)
	// Change under way, of the control of a subject.
	Change(ctx context.Context, subject [32]byte) (credittypes.SubjectChange, error)
	// Trail visits what happened to a subject's file, newest first, until visit says that it is enough.
	Trail(ctx context.Context, subject [32]byte, visit func(credittypes.TrailEntry) (more bool)) error
	// Licensed institutions: all whose licence is in force.
	Licensed(ctx context.Context) ([]institutiontypes.Institution, error)
	// Credentials is the chain as their verifier sees it.
	Credentials() credential.ChainView
	// Send sends a message in a transaction of the signer, which the granter pays if there is one.
	Send(ctx context.Context, signer client.Signer, granter sdk.AccAddress, msg sdk.Msg) (client.Result, error)
	// OwnReport gets the subject's report on itself. It returns what there is of one beside an error.
	OwnReport(ctx context.Context, o Own) (*report.Report, error)
	Close() error
}

const (
	page = 100
	// maxEntries of a list that are read: far more than anybody has, far less than would fill memory.
	maxEntries = 10_000
	// minPrefix is how much of an id has to be written.
	minPrefix = 6
)

// node is the chain as one node tells it.
type node struct {
	*client.Client
	view credential.ChainView
}

// NewChain asks a node, which is trusted: what has to be proven is asked for with its proof.
func NewChain(c *client.Client, view credential.ChainView) Chain { return node{c, view} }

// Credentials implements Chain.
func (n node) Credentials() credential.ChainView { return n.view }

// Send implements Chain.
func (n node) Send(ctx context.Context, signer client.Signer, granter sdk.AccAddress, msg sdk.Msg) (client.Result, error) {
	sender := n.NewSender(signer)
	sender.FeeGranter = granter
	return sender.Send(ctx, msg)
}

// each visits the pages of a list.
func each[T any](ask func(*querytypes.PageRequest) ([]T, *querytypes.PageResponse, error), reverse bool, visit func(T) bool) error {
	request := &querytypes.PageRequest{Limit: page, Reverse: reverse}
	for read := 0; read < maxEntries; {
		list, next, err := ask(request)
		if err != nil {
			return answered(err)
		}
		for _, item := range list {
			read++
			if !visit(item) {
				return nil
			}
		}
		if next == nil || len(next.NextKey) == 0 {
			return nil
		}
		request.Key = next.NextKey
	}
	return fmt.Errorf(text.ErrLongList, maxEntries)
}

// answered puts what a node said into the words of package client.
func answered(err error) error {
	switch status.Code(err) {
	case codes.NotFound:
		return fmt.Errorf("%w: %w", client.ErrNotFound, err)
	case codes.Unavailable:
		return fmt.Errorf(text.ErrNodeAway, err)
	}
	return err
}

// Change implements Chain.
func (n node) Change(ctx context.Context, subject [32]byte) (credittypes.SubjectChange, error) {
	answer, err := n.Credit.SubjectChange(ctx, &credittypes.QuerySubjectChangeRequest{Subject: hex.EncodeToString(subject[:])})
	if err != nil {
		return credittypes.SubjectChange{}, answered(err)
	}
	return answer.Change, nil
}

// Trail implements Chain.
func (n node) Trail(ctx context.Context, subject [32]byte, visit func(credittypes.TrailEntry) bool) error {
	return each(func(p *querytypes.PageRequest) ([]credittypes.TrailEntry, *querytypes.PageResponse, error) {
		answer, err := n.Credit.Trail(ctx, &credittypes.QueryTrailRequest{Subject: hex.EncodeToString(subject[:]), Pagination: p})
		return answer.GetEntries(), answer.GetPagination(), err
	}, true, visit)
}

// TrailOf implements subject.Chain.
func (n node) TrailOf(ctx context.Context, pseudonym [32]byte, ref []byte) ([]credittypes.TrailEntry, error) {
	var found []credittypes.TrailEntry
	err := n.Trail(ctx, pseudonym, func(entry credittypes.TrailEntry) bool {
		if bytes.Equal(entry.Ref, ref) {
			found = append(found, entry)
			return entry.Kind != credittypes.TRAIL_KIND_CONSENT_GRANTED
		}
		return true
	})
	slices.Reverse(found)
	return found, err
}

// Licensed implements Chain.
func (n node) Licensed(ctx context.Context) (all []institutiontypes.Institution, err error) {
	err = each(func(p *querytypes.PageRequest) ([]institutiontypes.Institution, *querytypes.PageResponse, error) {
		answer, err := n.Institution.Institutions(ctx, &institutiontypes.QueryInstitutionsRequest{
			Status: institutiontypes.LICENCE_STATUS_ACTIVE, Pagination: p,
		})
		return answer.GetInstitutions(), answer.GetPagination(), err
	}, false, func(one institutiontypes.Institution) bool { all = append(all, one); return true })
	return all, err
}

// Party is an institution, or the subject itself, as people know it.
type Party struct {
	Address string `json:"address"`
	Name    string `json:"name,omitempty"` // as licensed; empty if the chain has none
	You     bool   `json:"you,omitempty"`
}

// parties looks names up, each once.
type parties struct {
	chain Chain
	own   string
	known map[string]Party
}

func newParties(chain Chain, own string) *parties { return &parties{chain, own, map[string]Party{}} }

func (p *parties) of(ctx context.Context, address string) (Party, error) {
	if party, ok := p.known[address]; ok || address == "" {
		return party, nil
	}
	party := Party{Address: address, You: address == p.own}
	if !party.You {
		view, err := p.chain.GetInstitution(ctx, address)
		if err != nil && !errors.Is(err, client.ErrNotFound) {
			return Party{}, err
		}
		party.Name = view.Institution.Name
	}
	p.known[address] = party
	return party, nil
}

// FindInstitution finds a licensed institution by its address or its name as licensed.
func FindInstitution(ctx context.Context, chain Chain, which string) (institutiontypes.Institution, error) {
	if _, err := sdk.AccAddressFromBech32(which); err == nil {
		view, err := chain.GetInstitution(ctx, which)
		if errors.Is(err, client.ErrNotFound) {
			return institutiontypes.Institution{}, fmt.Errorf(text.ErrNoInstitution, which)
		}
		return view.Institution, err
	}
	all, err := chain.Licensed(ctx)
	if err != nil {
		return institutiontypes.Institution{}, err
	}
	var found []institutiontypes.Institution
	for _, one := range all {
		if strings.EqualFold(strings.TrimSpace(one.Name), strings.TrimSpace(which)) {
			found = append(found, one)
		}
	}
	slices.SortFunc(found, func(a, b institutiontypes.Institution) int { return cmp.Compare(a.Operator, b.Operator) })
	switch len(found) {
	case 0:
		return institutiontypes.Institution{}, fmt.Errorf(text.ErrNoInstitution, which)
	case 1:
		return found[0], nil
	}
	return institutiontypes.Institution{}, fmt.Errorf(text.ErrTwoInstitutions, len(found), which, found[0].Operator, found[1].Operator)
}

// pick finds the one thing whose id begins as it was written.
func pick[T any](what, which string, all []T, id func(*T) []byte) (*T, error) {
	which = strings.ToLower(which)
	if len(which) < minPrefix {
		return nil, fmt.Errorf(text.ErrShortID, what, minPrefix)
	}
	var found *T
	for i := range all {
		if strings.HasPrefix(hex.EncodeToString(id(&all[i])), which) {
			if found != nil {
				return nil, fmt.Errorf(text.ErrAmbiguousID, what)
			}
			found = &all[i]
		}
	}
	if found == nil {
		return nil, fmt.Errorf(text.ErrUnknownID, what, which)
	}
	return found, nil
}

// Word is the value of an enum as it is written in JSON and on the command line.
func Word(name, prefix string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(name, prefix)), "_", "-")
}

// Enum is the inverse of Word: the name of the value in its proto.
func Enum(prefix, word string) string {
	return prefix + strings.ToUpper(strings.ReplaceAll(word, "-", "_"))
}

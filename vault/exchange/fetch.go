package exchange

import (
	"context"
	"crypto/hpke"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/status"

	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// Fetcher asks other institutions' vaults on behalf of a data user.
type Fetcher struct {
	ChainID string
	Signer  client.Signer   // of the data user's operator account
	Key     hpke.PrivateKey // whose public half the chain has
	Codec   encoding.Codec  // client.NewCodec().GRPCCodec()
	Keys    interface {
		AccountKey(ctx context.Context, address string) (cryptotypes.PubKey, error)
	}
	Now func() time.Time // time.Now if nil
}

// Answer of one vault, decrypted. Whether its records are what the chain has is for the caller to check.
type Answer struct {
	Records []types.Record
	Digest  [32]byte
	Parts   []SignedPart // of which Digest is
}

// Fetch orders the records of an inquiry from one furnisher's vault and returns the complete answer or an
// error, never a part of one.
func (f *Fetcher) Fetch(ctx context.Context, inquiry *credittypes.Inquiry, furnisher, endpoint string) (Answer, error) {
	signer, err := f.Keys.AccountKey(ctx, furnisher)
	if err != nil {
		return Answer{}, err
	}
	order, request, err := f.order(inquiry, furnisher)
	if err != nil {
		return Answer{}, err
	}
	// The parts are sealed end to end; TLS that is bound to the licence comes with mTLS on both sides.
	conn, err := grpc.NewClient(endpoint, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithNoProxy(),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(f.Codec), grpc.MaxCallRecvMsgSize(2*maxPartBytes)))
	if err != nil {
		return Answer{}, fmt.Errorf("vault endpoint %q on the chain: %w", endpoint, err)
	}
	defer func() { _ = conn.Close() }() // nothing is lost with it
	stream, err := types.NewExchangeClient(conn).Fetch(ctx, request)
	if err != nil {
		return Answer{}, explain(endpoint, err)
	}
	want := header(f.ChainID, furnisher, f.Signer.Address().String(), inquiry, order.Nonce, 0, 0)
	return f.receive(stream, signer, want, endpoint)
}

func (f *Fetcher) receive(stream types.Exchange_FetchClient, signer cryptotypes.PubKey, want types.Header, endpoint string) (Answer, error) {
	var answer Answer
	var digests [][32]byte
	for {
		response, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			if len(digests) == 0 || uint32(len(digests)) != want.Parts {
				return Answer{}, fmt.Errorf("the vault at %s sent %d of %d parts: ask again", endpoint, len(digests), want.Parts)
			}
			answer.Digest = answerDigest(digests)
			return answer, nil
		}
		if err != nil {
			return Answer{}, explain(endpoint, err)
		}
		want.Part = uint32(len(digests))
		parcel, parts, err := open(f.Key, signer, want, response)
		if err != nil {
			return Answer{}, fmt.Errorf("the vault at %s: %w", endpoint, err)
		}
		want.Parts = parts
		if uint32(len(digests)) >= parts {
			return Answer{}, fmt.Errorf("the vault at %s sent more than the %d parts that it announced", endpoint, parts)
		}
		digests = append(digests, envelopeDigest(response))
		answer.Parts = append(answer.Parts, signedPart(response))
		if answer.Records = append(answer.Records, parcel.Records...); len(answer.Records) > maxRecords {
			return Answer{}, fmt.Errorf("the vault at %s sent more than %d records of one subject", endpoint, maxRecords)
		}
	}
}

func (f *Fetcher) order(inquiry *credittypes.Inquiry, furnisher string) (types.Order, *types.FetchRequest, error) {
	now := time.Now
	if f.Now != nil {
		now = f.Now
	}
	order := types.Order{
		ChainId: f.ChainID, InquiryId: inquiry.Id, Requester: f.Signer.Address().String(), Furnisher: furnisher,
		Time: now().UTC(), Nonce: make([]byte, nonceSize),
	}
	_, _ = rand.Read(order.Nonce) // never fails, see the doc of crypto/rand.Read
	encoded, err := order.Marshal()
	if err != nil {
		return order, nil, err
	}
	digest := orderDigest(encoded)
	signature, err := f.Signer.Sign(digest[:])
	if err != nil {
		return order, nil, fmt.Errorf("signing the order: %w", err)
	}
	return order, &types.FetchRequest{Order: encoded, Signature: signature}, nil
}

// explain says of a vault that is down that it is down.
func explain(endpoint string, err error) error {
	switch {
	case ReasonOf(err) != "":
		return fmt.Errorf("the vault at %s refused: %w", endpoint, err)
	case status.Code(err) == codes.Unavailable || status.Code(err) == codes.DeadlineExceeded:
		return fmt.Errorf("the vault at %s does not answer: its operator must start 'creditd vault serve' or correct the endpoint on the chain: %w", endpoint, err)
	}
	return fmt.Errorf("the vault at %s: %w", endpoint, err)
}

package exchange

import (
	"context"
	"crypto/hpke"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/status"

	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/types"
)

// Fetcher asks institutions' vaults on behalf of a data user, or of a subject whose inquiry is of the kind OWN. It keeps its
// connections until Close. It is safe for concurrent use.
type Fetcher struct {
	ChainID string
	Signer  client.Signer   // of the data user's operator account, or of the subject's controller
	Key     hpke.PrivateKey // whose public half the chain has; any of a subject, whose order carries it
	Codec   encoding.Codec  // client.NewCodec().GRPCCodec()
	Keys    Registry
	Now     func() time.Time // time.Now if nil
	// Attempts at a vault that does not answer; 3 if 0. Refusals are final.
	Attempts int
	// PlainText instead of TLS, to loopback addresses alone: for tests.
	PlainText bool

	mu       sync.Mutex
	identity *identity
	links    map[string]*link
}

const (
	defaultAttempts = 3
	retryPause      = 150 * time.Millisecond // at least, before the second attempt; twice that before the third
)

// Answer of one vault, decrypted. Whether its records are what the chain has is for the caller to check.
type Answer struct {
	Records []types.Record
	Digest  [32]byte
	Parts   []SignedPart // of which Digest is
}

// Fetch orders the records of an inquiry from one furnisher's vault and returns the complete answer or an
// error, never a part of one. A vault that does not answer is asked again, with a new order each time.
func (f *Fetcher) Fetch(ctx context.Context, inquiry Opened, furnisher, endpoint string) (Answer, error) {
	to, err := f.link(furnisher, endpoint)
	if err != nil {
		return Answer{}, err
	}
	signer, err := to.key(ctx, f.Keys, furnisher)
	if err != nil {
		return Answer{}, err
	}
	attempts := f.Attempts
	if attempts == 0 {
		attempts = defaultAttempts
	}
	for attempt := 1; ; attempt++ {
		answer, err := f.once(ctx, to, signer, inquiry, furnisher, endpoint)
		if refused := to.refusal(); err != nil && refused != nil {
			return Answer{}, fmt.Errorf("the vault at %s: %w", endpoint, refused)
		}
		if err == nil || status.Code(err) != codes.Unavailable || attempt >= attempts || !pause(ctx, attempt) {
			return answer, err
		}
	}
}

// pause waits before another attempt, longer each time and not in step with others; false if there is no time left.
func pause(ctx context.Context, attempt int) bool {
	wait := retryPause << (attempt - 1)
	wait += mathrand.N(wait) //nolint:gosec // when, not what
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (f *Fetcher) once(
	ctx context.Context, to *link, signer cryptotypes.PubKey, inquiry Opened, furnisher, endpoint string,
) (Answer, error) {
	order, request, err := f.order(inquiry, furnisher)
	if err != nil {
		return Answer{}, err
	}
	ctx, cancel := context.WithCancel(ctx) // an answer that is not read to its end is let go
	defer cancel()
	stream, err := types.NewExchangeClient(to.conn).Fetch(ctx, request)
	if err != nil {
		return Answer{}, explain(endpoint, err)
	}
	proven, err := inquiry.Proven(ctx)
	if err != nil {
		return Answer{}, err
	}
	want := header(f.ChainID, furnisher, f.Signer.Address().String(), proven, order.Nonce, 0, 0)
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

func (f *Fetcher) now() time.Time {
	if f.Now != nil {
		return f.Now()
	}
	return time.Now()
}

func (f *Fetcher) order(inquiry Opened, furnisher string) (types.Order, *types.FetchRequest, error) {
	order := types.Order{
		ChainId: f.ChainID, InquiryId: inquiry.ID[:], Requester: f.Signer.Address().String(), Furnisher: furnisher,
		Time: f.now().UTC(), Nonce: make([]byte, nonceSize),
	}
	_, _ = rand.Read(order.Nonce) // never fails, see the doc of crypto/rand.Read
	if inquiry.Own {
		order.EncryptionKey = f.Key.PublicKey().Bytes()
	}
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
	case strings.Contains(err.Error(), "remote error: tls"):
		return fmt.Errorf("the vault at %s refused our certificate: is our licence active, our first transaction sent and the clock right? %w", endpoint, err)
	case status.Code(err) == codes.Unavailable || status.Code(err) == codes.DeadlineExceeded:
		return fmt.Errorf("the vault at %s does not answer: its operator must start 'creditd vault serve' or correct the endpoint on the chain: %w", endpoint, err)
	}
	return fmt.Errorf("the vault at %s: %w", endpoint, err)
}

package exchange

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"

	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
)

// link is a connection to one furnisher's vault.
type link struct {
	conn *grpc.ClientConn

	mu      sync.Mutex
	refused error              // what we had against the vault's certificate; gRPC keeps its text alone
	signer  cryptotypes.PubKey // of the furnisher; nil until it is asked for
}

// key that the furnisher signs with. It is asked for once: an address is the hash of its key, so no other key can be this account's.
func (l *link) key(ctx context.Context, keys Registry, furnisher string) (cryptotypes.PubKey, error) {
	l.mu.Lock()
	known := l.signer
	l.mu.Unlock()
	if known != nil {
		return known, nil
	}
	key, err := keys.AccountKey(ctx, furnisher)
	if err != nil {
		return nil, err
	}
	if sdk.AccAddress(key.Address()).String() != furnisher {
		return nil, fmt.Errorf("the node gives another account's key for %s: use another node", furnisher)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.signer = key
	return key, nil
}

func (l *link) refuse(err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refused = err
	return err
}

func (l *link) refusal() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.refused
}

// link to a furnisher's vault, which is kept.
func (f *Fetcher) link(furnisher, endpoint string) (*link, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	name := furnisher + " " + endpoint
	if known := f.links[name]; known != nil {
		return known, nil
	}
	if f.identity == nil {
		f.identity = &identity{chainID: f.ChainID, signer: f.Signer, now: f.now}
	}
	fresh := new(link)
	creds, err := f.credentials(fresh, furnisher, endpoint)
	if err != nil {
		return nil, err
	}
	fresh.conn, err = grpc.NewClient(endpoint, grpc.WithTransportCredentials(creds), grpc.WithNoProxy(),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: retryPause / 2, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 5 * time.Second},
			MinConnectTimeout: handshakeTimeout,
		}),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(f.Codec), grpc.MaxCallRecvMsgSize(2*maxPartBytes)))
	if err != nil {
		return nil, fmt.Errorf("vault endpoint %q on the chain: %w", endpoint, err)
	}
	if f.links == nil {
		f.links = map[string]*link{}
	}
	f.links[name] = fresh
	return fresh, nil
}

func (f *Fetcher) credentials(of *link, furnisher, endpoint string) (credentials.TransportCredentials, error) {
	if !f.PlainText {
		return clientCredentials(f.identity, f.Keys, furnisher, of.refuse), nil
	}
	if !isLoopback(endpoint) {
		return nil, fmt.Errorf("plain text to %s: use it to a loopback address alone, for tests", endpoint)
	}
	return insecure.NewCredentials(), nil
}

// Close ends the connections. The Fetcher makes new ones if it is used again.
func (f *Fetcher) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var errs []error
	for name, each := range f.links {
		errs = append(errs, each.conn.Close())
		delete(f.links, name)
	}
	return errors.Join(errs...)
}

package exchange

import (
	"time"

	"google.golang.org/grpc/credentials"

	"github.com/creditd/creditd/client"
)

// ClientCredentials are those of a TLS connection from an account to one furnisher's vault, for programs that write their
// own orders. Who needs records uses a Fetcher.
func ClientCredentials(chainID string, signer client.Signer, chain Registry, furnisher string) credentials.TransportCredentials {
	own := &identity{chainID: chainID, signer: signer, now: time.Now}
	return clientCredentials(own, chain, furnisher, func(err error) error { return err })
}

// Command quickstart is a first program with package client: it connects to a node, reads, sends a transaction and learns what
// became of it. The page beside it, client/README.md, shows how to run it on a devnet; a test does.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

func main() {
	var config client.Config
	var key client.KeyringConfig
	flag.StringVar(&config.ChainID, "chain-id", "creditd-devnet", "chain that the node must be on")
	flag.StringVar(&config.RPC, "node", "http://127.0.0.1:27001", "CometBFT RPC of a node")
	flag.StringVar(&config.GRPC, "grpc-addr", "127.0.0.1:27002", "gRPC of the same node")
	flag.StringVar(&key.Home, "home", "", "folder with the keyring of an institution")
	flag.StringVar(&key.From, "from", "bank-a", "its key")
	flag.StringVar(&key.Backend, "keyring-backend", "test", "kind of keyring")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := run(ctx, config, key); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		cancel()
		os.Exit(1)
	}
}

func run(ctx context.Context, config client.Config, key client.KeyringConfig) error {
	sdk.GetConfig().SetBech32PrefixForAccount("credit", "creditpub") // addresses of the chain begin so
	c, err := client.Dial(ctx, config)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }() // nothing is left to be lost

	signer, err := client.KeyringSigner(c.Codec(), key)
	if err != nil {
		return err
	}
	sender := c.NewSender(signer)
	bank, err := c.GetInstitution(ctx, sender.Address())
	if err != nil {
		return err
	}
	fmt.Printf("%s, licence %s\n", bank.Institution.Name, bank.Institution.LicenceNumber)

	// A pseudonym comes from a vault; a random one does for a try.
	var pseudonym [32]byte
	_, _ = rand.Read(pseudonym[:]) // never fails, see its doc
	if _, err := c.Subject(ctx, pseudonym); !errors.Is(err, client.ErrNotFound) {
		return fmt.Errorf("a random pseudonym is known: %w", err)
	}

	// Send signs, broadcasts, waits for the block and tries again where that is safe.
	result, err := sender.Send(ctx, &credittypes.MsgEnrolSubjects{
		Institution: sender.Address(),
		Subjects:    []credittypes.Enrolment{{Pseudonym: pseudonym[:], Kind: credittypes.SUBJECT_KIND_LEGAL_ENTITY}},
	})
	if err != nil {
		return err
	}
	fmt.Printf("enrolled %x in block %d\n", pseudonym, result.Height)
	subject, err := c.Subject(ctx, pseudonym) // what was sent can be read at once
	if err != nil {
		return err
	}
	fmt.Println("enrolled by", subject.EnrolledBy)

	// What the chain refuses says why; errors are compared, not read.
	_, err = sender.Send(ctx, &credittypes.MsgFreeze{Controller: sender.Address(), Subject: pseudonym[:]})
	if !client.Refused(err) {
		return fmt.Errorf("only the subject may freeze its file: %w", err)
	}
	fmt.Println("refused, as it should be:", err)
	return nil
}

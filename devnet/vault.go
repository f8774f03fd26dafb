package devnet

import (
	"context"
	"crypto/tls"
	"encoding/hex"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health/grpc_health_v1"

	"github.com/creditd/creditd/vault/exchange"
)

// consortiumKeyName is where vault commands look for the consortium's key in an institution's home.
const consortiumKeyName = "consortium.key"

// initVault makes the vault's keys and returns the public one that goes into the genesis.
func (n *Net) initVault(ctx context.Context, i *Institution) ([]byte, error) {
	if err := writeSecret(i.Vault.PassphraseFile); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(i.Home, consortiumKeyName), []byte(n.consortiumKey+"\n"), 0o600); err != nil {
		return nil, err
	}
	out, err := n.Run(ctx, "vault", "init", "--home", i.Home, "--from", i.Name, "--keyring-backend", n.Keyring,
		"--endpoint", i.Vault.Endpoint, "--output", "json")
	if err != nil {
		return nil, err
	}
	var result struct {
		EncryptionKey string `json:"encryption_key"`
	}
	if err := decode(out, &result); err != nil {
		return nil, err
	}
	return hex.DecodeString(result.EncryptionKey)
}

func (n *Net) startVaults(ctx context.Context) error {
	for index := range n.Institutions {
		if err := n.startVault(&n.Institutions[index]); err != nil {
			return err
		}
	}
	served := 0
	for index := range n.Institutions {
		if i := &n.Institutions[index]; i.Vault != nil && i.Vault.Served {
			if err := n.waitVault(ctx, i); err != nil {
				return err
			}
			served++
		}
	}
	n.say("%d vaults answer", served)
	return nil
}

func (n *Net) startVault(i *Institution) error {
	if i.Vault == nil || !i.Vault.Served || i.Vault.Alive() {
		return nil
	}
	p, err := spawn(i.Name+" vault", i.Home, i.Vault.Log, !n.options.Detached,
		n.options.Binary, "vault", "serve", "--home", i.Home, "--listen", i.Vault.Endpoint,
		"--admin-listen", i.Vault.Admin)
	if err != nil {
		return err
	}
	i.Vault.Process = *p
	return nil
}

func (n *Net) waitVault(ctx context.Context, i *Institution) error {
	ctx, cancel := context.WithTimeout(ctx, vaultBound)
	defer cancel()
	// Whether it is up is all that is asked here, so whose certificate it has does not matter.
	anybody := credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS13, InsecureSkipVerify: true}) //nolint:gosec // see above
	conn, err := grpc.NewClient(i.Vault.Endpoint, grpc.WithTransportCredentials(anybody))
	if err != nil {
		return err
	}
	defer conn.Close()
	health := grpc_health_v1.NewHealthClient(conn)
	return poll(ctx, func() (bool, error) {
		if !i.Vault.Alive() {
			return false, i.Vault.ended()
		}
		ask, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		answer, err := health.Check(ask, &grpc_health_v1.HealthCheckRequest{Service: exchange.ServiceName})
		return err == nil && answer.Status == grpc_health_v1.HealthCheckResponse_SERVING, nil
	}, "%s does not answer at %s", i.Vault.Name, i.Vault.Endpoint)
}

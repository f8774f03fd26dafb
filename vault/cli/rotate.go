package cli

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/vault/rotation"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

type rotateResult struct {
	*rotation.Result
	Provider string      `json:"provider"` // who keeps the wrapping key now
	HPKE     *hpkeResult `json:"hpke,omitempty"`
	Seconds  float64     `json:"seconds"`
}

type hpkeResult struct {
	EncryptionKey string `json:"encryption_key"` // public key on the chain now, hexadecimal
	Transaction   string `json:"transaction,omitempty"`
	KeptUntil     string `json:"kept_until"` // until when keys before it are kept
	Kept          int    `json:"kept"`       // keys before it
	Destroyed     int    `json:"destroyed"`  // keys whose time was over
}

func newRotateCmd() *cobra.Command {
	var overlap time.Duration
	var hpke bool
	cmd := &cobra.Command{
		Use:   "rotate",
		Short: "Make a new wrapping key, or a new HPKE key, while the vault is in use",
		Long: `Make a new wrapping key and put the data key of every record under it; no record is encrypted again, and nobody's
identifiers change. 'vault serve' and 'vault import' go on meanwhile. The new key is kept by a new passphrase, by a hardware
token, or, without flags, by the same passphrase as before. While the rotation is under way either passphrase opens the vault;
at its end the old wrapping key is destroyed. It can be interrupted or killed: run it again and it goes on.

Afterwards backups of the store from before it cannot be read any more: make a new one.

With --hpke it makes a new HPKE key instead, registers it on the chain and keeps the one before until the inquiries that are open
now are over. It then needs the node.`,
		Example: example(
			"(umask 077; openssl rand -hex 32 > ~/mybank/vault.passphrase.new)",
			"creditd vault rotate --home ~/mybank --new-passphrase-file ~/mybank/vault.passphrase.new",
			"mv ~/mybank/vault.passphrase.new ~/mybank/vault.passphrase",
			"creditd vault rotate --home ~/mybank --new-provider pkcs11 --new-pkcs11-module /usr/lib/softhsm/libsofthsm2.so \\",
			"  --new-pkcs11-token mybank --new-passphrase-file ~/mybank/pin",
			"creditd vault rotate --home ~/.creditd-devnet/lender --hpke"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			e, err := newEnvironment(cmd)
			if err != nil {
				return err
			}
			ctx, cancel := interruptible(cmd)
			defer cancel()
			start := time.Now()
			result := &rotateResult{}
			if hpke {
				result.HPKE, err = e.rotateHPKE(ctx, result)
			} else {
				err = e.rotate(ctx, overlap, result)
			}
			if err != nil {
				return err
			}
			result.Seconds = time.Since(start).Seconds()
			return e.print(result, result.print)
		},
	}
	f := cmd.Flags()
	f.String(prefixNew+flagPassphrase, "", "File with the new passphrase, or with the PIN of the new token")
	f.Int(prefixNew+flagPassphraseFD, 0, "Inherited file descriptor, 3 or above, from which to read it instead")
	addCustodianFlags(cmd, prefixNew)
	f.DurationVar(&overlap, "overlap", rotation.DefaultOverlap, "How long the old key is kept at least, for vaults that run to follow")
	f.BoolVar(&hpke, "hpke", false, "Rotate the HPKE key instead")
	return cmd
}

func (r *rotateResult) print(w io.Writer) {
	if r.HPKE != nil {
		_, _ = fmt.Fprintf(w, "New encryption key, on the chain: %.16s...\nKeys before it: %d kept until %s, %d destroyed\n",
			r.HPKE.EncryptionKey, r.HPKE.Kept, r.HPKE.KeptUntil, r.HPKE.Destroyed)
		return
	}
	_, _ = fmt.Fprintf(w, "The wrapping key is that of epoch %d, kept by %s; %d data keys were wrapped again, in %.1f s\n", r.Epoch, r.Provider, r.Rewrapped, r.Seconds)
	_, _ = fmt.Fprintf(w, "The wrapping key of epoch %d is destroyed. Make new backups of the store and of the key bag, and destroy the old\npassphrase and the old copies of the bag.\n", r.Destroyed)
}

// rotate goes on with a rotation that is under way, or begins one.
func (e *environment) rotate(ctx context.Context, overlap time.Duration, result *rotateResult) (err error) {
	s, err := e.openStore(ctx)
	if err != nil {
		return err
	}
	defer closing(&err, "the store", s)
	old, err := e.secret("", e.passphrasePath())
	if err != nil {
		return err
	}
	defer clear(old)
	fresh, err := e.newSecret(old)
	if err != nil {
		return err
	}
	defer clear(fresh)
	ring, err := keys.Open(ctx, s, e.bagPath(), keys.WithSecret(old))
	if errors.Is(err, keys.ErrWrongPassphrase) && !bytes.Equal(old, fresh) {
		return e.finishRotation(ctx, s, fresh, err, result)
	}
	if err != nil {
		return err
	}
	defer closing(&err, "the key ring", ring)
	counts, err := s.Count(ctx)
	if err != nil {
		return err
	}
	kind := ring.Custodian().Kind
	progress := newLine(e.cmd.ErrOrStderr())
	rotated, err := rotation.Run(ctx, rotation.Config{
		Store: s, Ring: ring, Opener: keys.WithSecret(fresh), Overlap: overlap,
		New:      func() (keys.Custodian, error) { return e.newCustodian(ctx, prefixNew, kind, fresh) },
		Progress: func(n int) { progress.show("%d of %d data keys wrapped again", n, counts.Committed+counts.Staged) },
	})
	result.Result, result.Provider = &rotated, ring.Custodian().Kind
	return err
}

// newSecret is that of the new custodian: by default what opens the vault now.
func (e *environment) newSecret(old []byte) ([]byte, error) {
	if !e.cmd.Flags().Changed(prefixNew+flagPassphraseFD) && text(e.cmd, prefixNew+flagPassphrase) == "" {
		if text(e.cmd, prefixNew+flagProvider) != "" {
			return nil, fmt.Errorf("--%s needs --%s: the new passphrase, or the PIN of the token", prefixNew+flagProvider, prefixNew+flagPassphrase)
		}
		return bytes.Clone(old), nil
	}
	return e.secret(prefixNew, "")
}

// finishRotation is for a run that was killed when the old key was gone already: only its leftovers are to be destroyed.
func (e *environment) finishRotation(ctx context.Context, s keys.Settings, fresh []byte, refused error, result *rotateResult) (err error) {
	ring, err := keys.Open(ctx, s, e.bagPath(), keys.WithSecret(fresh))
	if err != nil {
		return refused
	}
	defer closing(&err, "the key ring", ring)
	if err := ring.FinishRotation(ctx); err != nil {
		return err
	}
	current, _ := ring.Epochs()
	result.Result = &rotation.Result{Resumed: true, Epoch: current, Destroyed: current - 1}
	result.Provider = ring.Custodian().Kind
	return nil
}

// rotateHPKE makes a key, puts it on the chain, and only then lets the one before end. What an earlier run made is not made again.
func (e *environment) rotateHPKE(ctx context.Context, result *rotateResult) (_ *hpkeResult, err error) {
	v, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, v.close()) }()
	result.Provider = v.ring.Custodian().Kind
	view, err := v.chain.GetInstitution(ctx, v.sender.Address())
	if err != nil {
		return nil, err
	}
	if view.Vault == nil || view.Vault.Endpoint == "" {
		return nil, errors.New("the chain has no key of this vault: run 'creditd vault init --register' first")
	}
	if bytes.Equal(view.Vault.EncryptionKey, v.ring.HPKE().PublicKey().Bytes()) {
		if err := v.ring.AddHPKE(ctx); err != nil {
			return nil, err
		}
	}
	public := v.ring.HPKE().PublicKey().Bytes()
	done := &hpkeResult{EncryptionKey: hex.EncodeToString(public)}
	sent, err := v.sender.Send(ctx, &institutiontypes.MsgUpdateProfile{
		Operator: v.sender.Address(), Vault: &institutiontypes.Vault{Endpoint: view.Vault.Endpoint, EncryptionKey: public},
	})
	if err != nil {
		return nil, fmt.Errorf("registering the new key: %w: run the same command again, it goes on with the key that it made", err)
	}
	done.Transaction = sent.Hash
	lifetime, err := inquiryLifetime(ctx, v.chain)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	until := now.Add(lifetime).UTC().Truncate(time.Second)
	if done.Destroyed, err = v.ring.RetireHPKE(ctx, now, until); err != nil {
		return nil, err
	}
	done.Kept, done.KeptUntil = len(v.ring.HPKEs())-1, until.Format(time.RFC3339)
	return done, nil
}

// inquiryLifetime is how long an inquiry that is opened now can be answered.
func inquiryLifetime(ctx context.Context, chain *client.Client) (time.Duration, error) {
	answer, err := chain.Credit.Params(ctx, &credittypes.QueryParamsRequest{})
	if err != nil {
		return 0, fmt.Errorf("parameters of x/credit: %w", err)
	}
	return answer.Params.InquiryLifetime, nil
}

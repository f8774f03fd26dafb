package devnet

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/creditd/creditd/privacy/plonk"
	circuits "github.com/creditd/creditd/privacy/predicate"
	predicatetypes "github.com/creditd/creditd/x/predicate/types"
)

const (
	// ceremonyRows is the size of the largest circuits.
	ceremonyRows = 1 << 14
	// ceremonyParts is how many institutions contribute: each verifies those before it.
	ceremonyParts = 3
	// ceremonyBound is how long another devnet's ceremony may take.
	ceremonyBound = 5 * time.Minute
	setupName     = "setup.bin"

	keysVar  = "CREDITD_PRIVACY_HOME" // as of `creditd privacy`
	setupVar = "CREDITD_SETUP"
)

// DefaultCircuits are those that `creditd devnet up` registers: a score, and a credit account given or hidden.
func DefaultCircuits() []string {
	return []string{"range-1", "range-1-hidden", "range-6", "ratio-6", "member-6", "history-6", "history-6-hidden"}
}

// Setup is the universal setup that the chain agreed in its genesis.
type Setup struct {
	File       string   `json:"file"`
	Digest     string   `json:"digest"`
	Transcript string   `json:"transcript"`
	Ceremony   string   `json:"ceremony,omitempty"` // folder with the contributions; none where a file was given
	Circuits   []string `json:"circuits"`
}

// agreeCircuits gets a setup, makes the verifying keys of the circuits, and returns what x/predicate begins with: on a devnet the
// genesis agrees what the members of another chain agree by vote.
func (n *Net) agreeCircuits(ctx context.Context) (func(*predicatetypes.GenesisState), error) {
	if len(n.options.Circuits) == 0 {
		return nil, nil //nolint:nilnil // nothing to change
	}
	made, err := n.setup(ctx)
	if err != nil {
		return nil, fmt.Errorf("setup of the predicates: %w", err)
	}
	made.Circuits = n.options.Circuits
	digest, errDigest := hex.DecodeString(made.Digest)
	transcript, errTranscript := hex.DecodeString(made.Transcript)
	if err := errors.Join(errDigest, errTranscript); err != nil {
		return nil, err
	}
	list, err := n.circuitKeys(ctx, made, digest)
	if err != nil {
		return nil, fmt.Errorf("keys of the circuits: %w", err)
	}
	n.Predicates = &made
	agreed := time.Now().UTC().Truncate(time.Second)
	return func(gs *predicatetypes.GenesisState) {
		gs.Setup = &predicatetypes.Setup{Digest: digest, TranscriptHash: transcript, AgreedAt: agreed}
		for i := range list {
			list[i].RegisteredAt = agreed
		}
		gs.Circuits = list
	}, nil
}

// circuitKeys compiles the circuits as each member would.
func (n *Net) circuitKeys(ctx context.Context, made Setup, digest []byte) ([]predicatetypes.Circuit, error) {
	dir := filepath.Join(n.Home, "circuits")
	n.say("compiling %s", plural(len(made.Circuits), "circuit"))
	args := append([]string{"privacy", "circuits", "--setup", made.File, "--out", dir}, made.Circuits...)
	if _, err := n.Run(ctx, args...); err != nil {
		return nil, err
	}
	var list []predicatetypes.Circuit
	for _, name := range made.Circuits {
		circuit, err := circuits.ParseCircuit(name)
		if err != nil {
			return nil, err
		}
		key, err := os.ReadFile(filepath.Join(dir, circuit.Name()+".vk"))
		if err != nil {
			return nil, err
		}
		if _, err := plonk.ParseVerifyingKey(key); err != nil {
			return nil, err
		}
		id := predicatetypes.CircuitID(circuit.Name(), 1, key)
		list = append(list, predicatetypes.Circuit{
			Id: id.Bytes(), Name: circuit.Name(), Version: 1, Spec: predicatetypes.NewCircuitSpec(circuit), SetupDigest: digest,
			VerifyingKey: key, Status: predicatetypes.CIRCUIT_STATUS_ACTIVE,
		})
	}
	slices.SortFunc(list, func(a, b predicatetypes.Circuit) int { return bytes.Compare(a.Id, b.Id) })
	return list, nil
}

// setup is the Ignition file, if $CREDITD_SETUP names it, or that of a ceremony which the devnet's institutions hold once on each
// machine. Each contribution is a process of its own, which forgets its number when it ends. What is kept has nothing secret.
func (n *Net) setup(ctx context.Context) (Setup, error) {
	if file := os.Getenv(setupVar); file != "" {
		return n.ignition(ctx, file)
	}
	dir, err := setupFolder()
	if err != nil {
		return Setup{}, err
	}
	unlock, err := waitLock(ctx, dir)
	if err != nil {
		return Setup{}, err
	}
	defer unlock()
	made := Setup{File: filepath.Join(dir, setupName), Ceremony: filepath.Join(dir, "ceremony")}
	result := filepath.Join(dir, "setup.json")
	sealed, err := os.ReadFile(result)
	if errors.Is(err, fs.ErrNotExist) {
		if sealed, err = n.holdCeremony(ctx, made); err == nil {
			err = os.WriteFile(result, sealed, 0o600)
		}
	}
	if err != nil {
		return made, err
	}
	if err := decode(sealed, &made); err != nil {
		return made, fmt.Errorf("%s: %w: remove the folder", result, err)
	}
	found, err := n.check(ctx, made.File)
	if err == nil && found.Digest != made.Digest {
		err = fmt.Errorf("%s is not what the ceremony beside it ended in: remove the folder", made.File)
	}
	return made, err
}

// setupFolder is beside what `creditd privacy` keeps.
func setupFolder() (string, error) {
	dir := os.Getenv(keysVar)
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(home, ".creditd", "privacy")
	}
	dir = filepath.Join(dir, "devnet")
	return dir, os.MkdirAll(dir, 0o700) //nolint:gosec // the user names the folder
}

// waitLock waits while another devnet holds the ceremony.
func waitLock(ctx context.Context, dir string) (unlock func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, ceremonyBound)
	defer cancel()
	var refused error
	err = poll(ctx, func() (bool, error) {
		unlock, refused = lock(dir)
		return refused == nil, nil
	}, "the ceremony in %s", dir)
	return unlock, errors.Join(err, refused)
}

// holdCeremony has the validators contribute in turn, and returns what the ceremony ended in. The beacon is drawn after the last
// contribution: there is no chain yet whose next block could be it.
func (n *Net) holdCeremony(ctx context.Context, made Setup) ([]byte, error) {
	if err := os.RemoveAll(made.Ceremony); err != nil { // one that was interrupted
		return nil, err
	}
	if _, err := n.Run(ctx, "privacy", "setup", "begin", made.Ceremony, "--rows", strconv.Itoa(ceremonyRows)); err != nil {
		return nil, err
	}
	parts := cast(n.options.Validators)[:min(n.options.Validators, ceremonyParts)]
	for i, part := range parts {
		n.say("ceremony for the setup of proofs, once on this machine: contribution %d of %d, %s", i+1, len(parts), part.name)
		if _, err := n.Run(ctx, "privacy", "setup", "contribute", made.Ceremony, "--name", part.name); err != nil {
			return nil, err
		}
	}
	n.say("ending the ceremony with a beacon")
	return n.Run(ctx, "privacy", "setup", "seal", made.Ceremony, "--beacon", secret(), "--out", made.File, "--output", "json")
}

func (n *Net) ignition(ctx context.Context, file string) (Setup, error) {
	made, err := n.check(ctx, file)
	if err == nil && made.Transcript == "" {
		err = fmt.Errorf("$%s is %s, whose transcript is not known here: give the Ignition file, or unset it for a ceremony", setupVar, file)
	}
	return made, err
}

// check a setup's file by its pairings.
func (n *Net) check(ctx context.Context, file string) (Setup, error) {
	made := Setup{File: file}
	out, err := n.Run(ctx, "privacy", "setup", "check", file, "--output", "json")
	if err != nil {
		return made, err
	}
	return made, decode(out, &made)
}

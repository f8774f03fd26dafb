package genesis_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/crypto/hd"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	"github.com/cosmos/cosmos-sdk/crypto/keys/ed25519"
	"github.com/cosmos/cosmos-sdk/crypto/keys/mldsa65"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	sdk "github.com/cosmos/cosmos-sdk/types"
	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"

	"github.com/creditd/creditd/app"
	"github.com/creditd/creditd/devnet/genesis"
	"github.com/creditd/creditd/x/institution/types"
)

var (
	enc   = app.NewEncodingConfig()
	start = time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)
)

// founder is valid; n tells it from the others.
func founder(n byte) genesis.Institution {
	return genesis.Institution{
		Operator: bytes.Repeat([]byte{n}, 20), Name: "Bank " + string('A'+rune(n)), LicenceNumber: "L-" + string('A'+rune(n)),
		Jurisdiction: "US", Roles: []types.Role{types.ROLE_FURNISHER, types.ROLE_VALIDATOR}, ValidUntil: start.AddDate(1, 0, 0),
		Power: 10, ConsensusPubKey: ed25519.GenPrivKeyFromSecret([]byte{n}).PubKey(),
		VaultEndpoint: "vault.example:7443", VaultKey: bytes.Repeat([]byte{n}, types.EncryptionKeyBytes),
	}
}

func builder(t *testing.T) *genesis.Builder {
	t.Helper()
	b, err := genesis.New(enc, genesis.Options{ChainID: "credit-1", Time: start, VotingPeriod: time.Minute})
	require.NoError(t, err)
	return b
}

func TestTheOrderOfFoundersDoesNotMatter(t *testing.T) {
	hash := func(order ...byte) []byte {
		b := builder(t)
		for _, n := range order {
			require.NoError(t, b.Add(founder(n)))
		}
		doc, err := b.Document(enc)
		require.NoError(t, err)
		sum, err := genesis.Hash(doc)
		require.NoError(t, err)
		return sum
	}
	require.Equal(t, hash(1, 2, 3), hash(3, 1, 2))
	require.NotEqual(t, hash(1, 2, 3), hash(1, 2))
}

func TestTheHashIsThatOfTheContent(t *testing.T) {
	b := builder(t)
	require.NoError(t, b.Add(founder(1)))
	doc, err := b.Document(enc)
	require.NoError(t, err)
	before, err := genesis.Hash(doc)
	require.NoError(t, err)

	file := filepath.Join(t.TempDir(), "genesis.json")
	raw, err := json.Marshal(doc)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, raw, 0o600)) // without the indentation of SaveAs
	read, err := genutiltypes.AppGenesisFromFile(file)
	require.NoError(t, err)
	after, err := genesis.Hash(read)
	require.NoError(t, err)
	require.Equal(t, before, after)

	read.GenesisTime = read.GenesisTime.Add(time.Second)
	changed, err := genesis.Hash(read)
	require.NoError(t, err)
	require.NotEqual(t, before, changed)
}

func TestConsensusParameters(t *testing.T) {
	b := builder(t)
	require.NoError(t, b.Add(founder(1)))
	doc, err := b.Document(enc)
	require.NoError(t, err)
	require.Equal(t, []string{"ed25519", "ml_dsa_65"}, doc.Consensus.Params.Validator.PubKeyTypes)
	require.Equal(t, int64(4<<20), doc.Consensus.Params.Block.MaxBytes)
	require.Equal(t, int64(1_000_000_000), doc.Consensus.Params.Block.MaxGas)
	require.Equal(t, 21*24*time.Hour, doc.Consensus.Params.Evidence.MaxAgeDuration)
}

func TestAddRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*genesis.Institution)
		says   string
	}{
		"no operator":         {func(i *genesis.Institution) { i.Operator = nil }, "operator: is missing"},
		"no name":             {func(i *genesis.Institution) { i.Name = "" }, "name has 0 bytes; give 1 to 128"},
		"long name":           {func(i *genesis.Institution) { i.Name = strings.Repeat("x", 129) }, "name has 129 bytes"},
		"no licence":          {func(i *genesis.Institution) { i.LicenceNumber = "" }, "licence-number has 0 bytes"},
		"wrong jurisdiction":  {func(i *genesis.Institution) { i.Jurisdiction = "usa" }, "ISO 3166-1"},
		"no roles":            {func(i *genesis.Institution) { i.Roles = nil }, "no roles"},
		"expired":             {func(i *genesis.Institution) { i.ValidUntil = start }, "valid-until: is not after the start"},
		"no key":              {func(i *genesis.Institution) { i.ConsensusPubKey = nil }, "consensus-pubkey: is missing"},
		"no power":            {func(i *genesis.Institution) { i.Power = 0 }, "power is 0; give 1 to 1000"},
		"key without role":    {func(i *genesis.Institution) { i.Roles = i.Roles[:1] }, "do not include VALIDATOR"},
		"wrong kind of key":   {func(i *genesis.Institution) { i.ConsensusPubKey = secp256k1.GenPrivKey().PubKey() }, "use a key of type ed25519 or ml_dsa_65"},
		"endpoint alone":      {func(i *genesis.Institution) { i.VaultKey = nil }, "encryption_key has 0 bytes"},
		"endpoint not a host": {func(i *genesis.Institution) { i.VaultEndpoint = "nowhere" }, "no port"},
		"same operator":       {func(i *genesis.Institution) { i.Operator = founder(1).Operator }, "already has a licence"},
		"same licence":        {func(i *genesis.Institution) { i.LicenceNumber = founder(1).LicenceNumber }, `is that of "Bank B" already`},
		"same consensus key":  {func(i *genesis.Institution) { i.ConsensusPubKey = founder(1).ConsensusPubKey }, "two nodes with one key"},
	} {
		t.Run(name, func(t *testing.T) {
			b := builder(t)
			require.NoError(t, b.Add(founder(1)))
			other := founder(2)
			test.change(&other)
			require.ErrorContains(t, b.Add(other), test.says)
		})
	}
}

func TestPostQuantumFounder(t *testing.T) {
	key, err := mldsa65.GenPrivKey()
	require.NoError(t, err)
	b, i := builder(t), founder(1)
	i.ConsensusPubKey = key.PubKey()
	require.NoError(t, b.Add(i))
	_, err = b.Document(enc)
	require.NoError(t, err)
}

func TestValidateNamesTheField(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*genutiltypes.AppGenesis)
		says   string
	}{
		"no chain id":    {func(d *genutiltypes.AppGenesis) { d.ChainID = "" }, "chain_id"},
		"no parameters":  {func(d *genutiltypes.AppGenesis) { d.Consensus.Params = nil }, "consensus.params: is missing"},
		"no state":       {func(d *genutiltypes.AppGenesis) { d.AppState = []byte("[]") }, "app_state: is no JSON object"},
		"no module":      {func(d *genutiltypes.AppGenesis) { d.AppState = []byte("{}") }, "app_state.institution: is missing"},
		"unknown module": {func(d *genutiltypes.AppGenesis) { setModule(d, "staking", `{}`) }, "app_state.staking: is no module of this chain; remove it"},
		"broken module":  {func(d *genutiltypes.AppGenesis) { setModule(d, "institution", `{"params":7}`) }, "app_state.institution"},
		"no validator":   {func(d *genutiltypes.AppGenesis) { emptyInstitutions(d) }, "has no active validator"},
		"key not allowed": {func(d *genutiltypes.AppGenesis) {
			d.Consensus.Params.Validator.PubKeyTypes = []string{"ml_dsa_65"}
		}, "does not allow ed25519"},
	} {
		t.Run(name, func(t *testing.T) {
			b := builder(t)
			require.NoError(t, b.Add(founder(1)))
			doc, err := b.Document(enc)
			require.NoError(t, err)
			test.change(doc)
			require.ErrorContains(t, genesis.Validate(enc, doc), test.says)
		})
	}
}

func setModule(doc *genutiltypes.AppGenesis, name, state string) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(doc.AppState, &all); err != nil {
		panic(err)
	}
	all[name] = json.RawMessage(state)
	doc.AppState, _ = json.Marshal(all)
}

func emptyInstitutions(doc *genutiltypes.AppGenesis) {
	raw, err := enc.Codec.MarshalJSON(types.DefaultGenesis())
	if err != nil {
		panic(err)
	}
	setModule(doc, types.ModuleName, string(raw))
}

// signed makes the file of an institution as it would on its own machine.
func signed(t *testing.T, n byte, chainID string) genesis.Entry {
	t.Helper()
	keys := keyring.NewInMemory(enc.Codec)
	record, _, err := keys.NewMnemonic("operator", keyring.English, "", "", hd.Secp256k1)
	require.NoError(t, err)
	i := founder(n)
	i.Operator, err = record.GetAddress()
	require.NoError(t, err)
	entry, err := genesis.Sign(enc.Codec, keys, "operator", chainID, "id@host:26656", i)
	require.NoError(t, err)
	return entry
}

func TestCollect(t *testing.T) {
	dir := t.TempDir()
	for n := range byte(3) {
		_, err := signed(t, n+1, "credit-1").Write(dir)
		require.NoError(t, err)
	}
	hashes := make([][]byte, 2)
	for machine := range hashes {
		entries, err := genesis.ReadEntries(dir)
		require.NoError(t, err)
		require.Len(t, genesis.Peers(entries), 3)
		if machine == 1 {
			slices.Reverse(entries)
		}
		b := builder(t)
		require.NoError(t, b.Collect(enc.Codec, entries))
		doc, err := b.Document(enc)
		require.NoError(t, err)
		hashes[machine], err = genesis.Hash(doc)
		require.NoError(t, err)
	}
	require.Equal(t, hashes[0], hashes[1])
}

func TestCollectRefuses(t *testing.T) {
	stranger := signed(t, 9, "credit-1")
	for name, test := range map[string]struct {
		change func(*genesis.Entry)
		says   string
	}{
		"another chain":     {func(e *genesis.Entry) { e.ChainID = "credit-2" }, `chain_id: is "credit-2"`},
		"another format":    {func(e *genesis.Entry) { e.Format = "other" }, "format"},
		"more power":        {func(e *genesis.Entry) { e.Power = 1000 }, "signature"},
		"another role":      {func(e *genesis.Entry) { e.Roles = "SUPERVISOR" }, "signature"},
		"no signature":      {func(e *genesis.Entry) { e.Signature = nil }, "signature"},
		"another's key":     {func(e *genesis.Entry) { e.OperatorPubKey = stranger.OperatorPubKey }, "signature"},
		"another operator":  {func(e *genesis.Entry) { e.Operator = stranger.Operator }, "signature"},
		"no account":        {func(e *genesis.Entry) { e.Operator = "nobody" }, "operator"},
		"key of no kind":    {func(e *genesis.Entry) { e.OperatorPubKey = json.RawMessage(`{}`) }, "operator_pubkey"},
		"operator of abyss": {func(e *genesis.Entry) { e.Operator = sdk.AccAddress(make([]byte, 20)).String() }, "signature"},
	} {
		t.Run(name, func(t *testing.T) {
			entry := signed(t, 1, "credit-1")
			test.change(&entry)
			err := builder(t).Collect(enc.Codec, []genesis.Entry{entry})
			require.ErrorContains(t, err, test.says)
		})
	}
}

func TestReadEntriesRefuses(t *testing.T) {
	dir := t.TempDir()
	_, err := genesis.ReadEntries(dir)
	require.ErrorContains(t, err, "institution-file")
	file := filepath.Join(dir, "x.json")
	for content, says := range map[string]string{
		"not json":                    "x.json",
		`{"format":"f","surprise":1}`: "surprise",
		strings.Repeat(" ", 1<<17):    "more than",
	} {
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
		_, err = genesis.ReadEntries(dir)
		require.ErrorContains(t, err, says)
	}
}

func TestParseRoles(t *testing.T) {
	roles, err := genesis.ParseRoles("validator, FURNISHER,VALIDATOR")
	require.NoError(t, err)
	require.Equal(t, []types.Role{types.ROLE_FURNISHER, types.ROLE_VALIDATOR}, roles)
	require.Equal(t, "FURNISHER,VALIDATOR", genesis.RoleNames(roles))
	for _, text := range []string{"", "KING", "UNSPECIFIED", "FURNISHER,,"} {
		_, err := genesis.ParseRoles(text)
		require.Errorf(t, err, "%q", text)
	}
}

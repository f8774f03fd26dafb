package types_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	errorsmod "cosmossdk.io/errors"

	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/crypto/keys/ed25519"
	"github.com/cosmos/cosmos-sdk/crypto/keys/mldsa65"

	"github.com/creditd/creditd/x/institution/types"
)

func TestValidateText(t *testing.T) {
	for _, text := range []string{"Bank", "信用银行", "Crédit Agricole & Cie.", "x", strings.Repeat("x", 128), "عربي", "बैंक"} {
		require.NoError(t, types.ValidateText("name", text, 128), text)
	}
	for _, text := range []string{
		"", " Bank", "Bank ", "a\tb", "a\x00b", "a\x7fb", "a\u00a0b", "a\u200bb", "a\u202eb", "a\u2066b", "a\ufeffb", "a\ufffdb",
		"a\ue000b", "a\U000e0041b", "a\U0010ffffb", "a\xffb", strings.Repeat("x", 129), "a\u2028b", "a\u3000b", "a\ufdd0b", "a\U0001fffeb",
	} {
		require.ErrorIs(t, types.ValidateText("name", text, 128), types.ErrInvalidField, "%q", text)
	}
}

func TestValidateEndpoint(t *testing.T) {
	for _, endpoint := range []string{"vault.example:443", "127.0.0.1:1", "[::1]:65535", "a-b.c:80", "localhost:9443"} {
		require.NoError(t, types.ValidateEndpoint(endpoint), endpoint)
	}
	for _, endpoint := range []string{
		"", "vault", ":443", "vault:", "vault:0", "vault:65536", "vault:08", "vault:+1", "vault:443a", "http://vault:443", "vault/x:1",
		"::1:80", "[::1%eth0]:80", "[127.0.0.1]:80", "[]:80", "-a:1", "a-:1", "a..b:1", "a b:1", "ü:1",
		strings.Repeat("a", 64) + ":1", strings.Repeat("a.", 130) + "a:1",
	} {
		require.ErrorIs(t, types.ValidateEndpoint(endpoint), types.ErrInvalidField, "%q", endpoint)
	}
}

func TestValidateParams(t *testing.T) {
	require.NoError(t, types.DefaultParams().Validate())
	for name, change := range map[string]func(*types.Params){
		"small window":         func(p *types.Params) { p.SignedBlocksWindow, p.MaxMissedBlocks = 9, 1 },
		"large window":         func(p *types.Params) { p.SignedBlocksWindow = 100_001 },
		"no misses":            func(p *types.Params) { p.MaxMissedBlocks = 0 },
		"misses of the window": func(p *types.Params) { p.MaxMissedBlocks = p.SignedBlocksWindow },
		"negative jail":        func(p *types.Params) { p.DowntimeJailDuration = -1 },
		"long jail":            func(p *types.Params) { p.DowntimeJailDuration = types.MaxJailDuration + 1 },
		"negative timelock":    func(p *types.Params) { p.Timelock = -1 },
		"long timelock":        func(p *types.Params) { p.Timelock = types.MaxTimelock + 1 },
		"institution gas":      func(p *types.Params) { p.InstitutionGasPerBlock = 0 },
		"subject gas":          func(p *types.Params) { p.SubjectGasPerBlock = 1 << 60 },
		"no cap":               func(p *types.Params) { p.QueueCap = 0 },
		"large cap":            func(p *types.Params) { p.QueueCap = 1001 },
	} {
		params := types.DefaultParams()
		change(&params)
		require.ErrorIs(t, params.Validate(), types.ErrInvalidParams, name)
	}
}

func TestConsensusKeys(t *testing.T) {
	private, err := mldsa65.GenPrivKeyFromSeed(make([]byte, 32))
	require.NoError(t, err)
	for _, pk := range []any{ed25519.GenPrivKeyFromSecret([]byte("x")).PubKey(), private.PubKey()} {
		packed, err := codectypes.NewAnyWithValue(pk.(proto.Message))
		require.NoError(t, err)
		address, err := types.ConsensusAddress(packed)
		require.NoError(t, err)
		require.Len(t, address, types.ConsensusAddressBytes)
		update, err := types.ValidatorUpdate(packed, 5)
		require.NoError(t, err)
		back, err := types.KeyOf(update.PubKey)
		require.NoError(t, err)
		require.Equal(t, packed.Value, back.Value)
	}
	for _, pk := range []proto.Message{&ed25519.PubKey{Key: make([]byte, 31)}, &mldsa65.PubKey{Key: make([]byte, 32)}, &mldsa65.PubKey{}} {
		packed, err := codectypes.NewAnyWithValue(pk)
		require.NoError(t, err)
		_, err = types.UnpackConsensusKey(packed)
		require.ErrorIs(t, err, types.ErrInvalidConsensus)
	}
}

func TestErrorsAreNeverSuccess(t *testing.T) {
	seen := map[uint32]bool{}
	for _, err := range []error{
		types.ErrUnknownInstitution, types.ErrNotLicensed, types.ErrWrongRole, types.ErrUnauthorized, types.ErrInvalidField, types.ErrInvalidAddress,
		types.ErrInstitutionExists, types.ErrLicenceNumberTaken, types.ErrWrongStatus, types.ErrInvalidReason, types.ErrInvalidConsensus,
		types.ErrConsensusKeyUsed, types.ErrNotValidator, types.ErrNotJailed, types.ErrStillJailed, types.ErrTombstoned, types.ErrLastValidator,
		types.ErrInvalidParams, types.ErrUnknownChange, types.ErrMessageTooLarge, types.ErrUnroutable, types.ErrChangeFailed,
		types.ErrInvalidGenesis, types.ErrInvalidRequest,
	} {
		codespace, code, _ := errorsmod.ABCIInfo(err, false)
		require.Equal(t, types.ModuleName, codespace)
		require.Greater(t, code, uint32(1))
		require.False(t, seen[code])
		seen[code] = true
	}
}

func TestAminoNamesFitALedger(t *testing.T) {
	require.NotPanics(t, func() { types.RegisterLegacyAminoCodec(codec.NewLegacyAmino()) })
}

func TestTimes(t *testing.T) {
	require.NoError(t, types.ValidateTime("x", types.MinTime))
	require.ErrorIs(t, types.ValidateTime("x", types.MinTime.Add(-1)), types.ErrInvalidField)
	require.ErrorIs(t, types.ValidateTime("x", types.MaxTime), types.ErrInvalidField)
	require.Positive(t, types.MaxTime.Add(types.MaxTimelock).UnixNano(), "fits the keys of queues")
	i := types.Institution{Status: types.LICENCE_STATUS_ACTIVE, ValidFrom: types.MinTime, ValidUntil: types.MinTime.Add(time.Hour)}
	require.True(t, i.ActiveAt(types.MinTime))
	require.False(t, i.ActiveAt(types.MinTime.Add(time.Hour)), "rights end at valid_until")
}

package types

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"cosmossdk.io/collections"
	collcodec "cosmossdk.io/collections/codec"
)

// TimeKey is the key codec of times in queues: Unix nanoseconds in 8 bytes, big-endian with the sign bit flipped
// (collections.Int64Key), so that keys sort by time. Equal instants have one key, whatever their zone.
var TimeKey collcodec.KeyCodec[time.Time] = timeKey{}

type timeKey struct{}

var (
	minKeyTime = time.Unix(0, math.MinInt64)
	maxKeyTime = time.Unix(0, math.MaxInt64)
)

func (timeKey) Encode(buffer []byte, key time.Time) (int, error) {
	if key.Before(minKeyTime) || key.After(maxKeyTime) {
		return 0, fmt.Errorf("%w: 64 bits of nanoseconds do not hold %s", collections.ErrEncoding, key)
	}
	return collections.Int64Key.Encode(buffer, key.UnixNano())
}

func (timeKey) Decode(buffer []byte) (int, time.Time, error) {
	n, nanoseconds, err := collections.Int64Key.Decode(buffer)
	return n, time.Unix(0, nanoseconds).UTC(), err
}

func (timeKey) Size(time.Time) int                       { return 8 }
func (timeKey) EncodeJSON(key time.Time) ([]byte, error) { return json.Marshal(key.UTC()) }
func (timeKey) Stringify(key time.Time) string           { return key.UTC().Format(time.RFC3339Nano) }
func (timeKey) KeyType() string                          { return "creditd/time" }
func (timeKey) SizeNonTerminal(time.Time) int            { return 8 }

func (timeKey) DecodeJSON(bz []byte) (time.Time, error) {
	var key time.Time
	err := json.Unmarshal(bz, &key)
	return key.UTC(), err
}

func (k timeKey) EncodeNonTerminal(buffer []byte, key time.Time) (int, error) {
	return k.Encode(buffer, key)
}

func (k timeKey) DecodeNonTerminal(buffer []byte) (int, time.Time, error) { return k.Decode(buffer) }

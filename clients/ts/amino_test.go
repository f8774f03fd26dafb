// Package ts holds what the TypeScript client is compared with: what the SDK makes of each message.
package ts

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sort"
	"strings"
	"testing"

	gogoproto "github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/cosmos/cosmos-sdk/x/tx/signing/aminojson"

	_ "github.com/cosmos/cosmos-sdk/crypto/keys/ed25519" // a key in an Any

	_ "github.com/creditd/creditd/x/attestation/types"
	_ "github.com/creditd/creditd/x/committee/types"
	_ "github.com/creditd/creditd/x/credit/types"
	_ "github.com/creditd/creditd/x/exposure/types"
	_ "github.com/creditd/creditd/x/institution/types"
	_ "github.com/creditd/creditd/x/predicate/types"
	_ "github.com/creditd/creditd/x/pseudonym/types"
)

const aminoFile = "testdata/amino.json"

var writeVectors = flag.Bool("write-vectors", false, "write "+aminoFile+" instead of comparing with it")

// aminoVector is a message as a transaction has it and as hardware wallets sign it.
type aminoVector struct {
	Type  string          `json:"type"`
	Proto []byte          `json:"proto"`
	Amino json.RawMessage `json:"amino"`
}

// Every message of creditd, with every field set and with none but those that are never left out.
func TestAminoVectors(t *testing.T) {
	files, err := gogoproto.MergedRegistry()
	require.NoError(t, err)
	encoder := aminojson.NewEncoder(aminojson.EncoderOptions{FileResolver: files, TypeResolver: dynamicpb.NewTypes(files)})
	var vectors []aminoVector
	for _, desc := range messages(files) {
		for _, full := range []bool{true, false} {
			message := dynamicpb.NewMessage(desc)
			filler{t, files, full}.fill(message, 0)
			encoded, err := proto.MarshalOptions{Deterministic: true}.Marshal(message)
			require.NoError(t, err)
			amino, err := encoder.Marshal(message)
			require.NoError(t, err, desc.FullName())
			vectors = append(vectors, aminoVector{Type: "/" + string(desc.FullName()), Proto: encoded, Amino: amino})
		}
	}
	require.Greater(t, len(vectors), 200)
	encoded, err := json.MarshalIndent(vectors, "", " ")
	require.NoError(t, err)
	if *writeVectors {
		require.NoError(t, os.WriteFile(aminoFile, append(encoded, '\n'), 0o600))
	}
	want, err := os.ReadFile(aminoFile)
	require.NoError(t, err)
	require.Equal(t, string(want), string(encoded)+"\n", "if a change is meant: go test ./clients/ts -write-vectors")
}

// messages of all Msg services, by name.
func messages(files *protoregistry.Files) []protoreflect.MessageDescriptor {
	var found []protoreflect.MessageDescriptor
	files.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		if !strings.HasPrefix(string(file.Package()), "creditd.") {
			return true
		}
		for i := range file.Services().Len() {
			service := file.Services().Get(i)
			for j := 0; service.Name() == "Msg" && j < service.Methods().Len(); j++ {
				found = append(found, service.Methods().Get(j).Input())
			}
		}
		return true
	})
	sort.Slice(found, func(i, j int) bool { return found[i].FullName() < found[j].FullName() })
	return found
}

// filler sets all fields, or those messages alone that amino JSON cannot leave out.
type filler struct {
	t     *testing.T
	files *protoregistry.Files
	full  bool
}

func (f filler) fill(message *dynamicpb.Message, depth int) {
	f.t.Helper()
	switch message.Descriptor().FullName() {
	case "google.protobuf.Any":
		found, err := f.files.FindDescriptorByName("cosmos.crypto.ed25519.PubKey")
		require.NoError(f.t, err)
		desc, ok := found.(protoreflect.MessageDescriptor)
		require.True(f.t, ok)
		key := dynamicpb.NewMessage(desc)
		set(key, "key", protoreflect.ValueOfBytes([]byte("a key of a validator, 32 bytes  ")))
		value, err := proto.Marshal(key)
		require.NoError(f.t, err)
		set(message, "type_url", protoreflect.ValueOfString("/cosmos.crypto.ed25519.PubKey"))
		set(message, "value", protoreflect.ValueOfBytes(value))
		return
	case "google.protobuf.Timestamp":
		set(message, "seconds", protoreflect.ValueOfInt64(1_800_000_000))
		set(message, "nanos", protoreflect.ValueOfInt32(120_000_000))
		return
	case "google.protobuf.Duration":
		set(message, "seconds", protoreflect.ValueOfInt64(3600))
		return
	}
	for i := range message.Descriptor().Fields().Len() {
		field := message.Descriptor().Fields().Get(i)
		switch {
		case depth > 4:
		case field.IsList():
			if f.full {
				list := message.Mutable(field).List()
				for n := range 2 {
					list.Append(f.value(list.NewElement(), field, depth+1, n))
				}
			}
		case field.Kind() == protoreflect.MessageKind || f.full:
			message.Set(field, f.value(message.NewField(field), field, depth+1, i))
		}
	}
}

func set(message *dynamicpb.Message, name protoreflect.Name, value protoreflect.Value) {
	message.Set(message.Descriptor().Fields().ByName(name), value)
}

// value of a field, another for each n.
func (f filler) value(empty protoreflect.Value, field protoreflect.FieldDescriptor, depth, n int) protoreflect.Value {
	f.t.Helper()
	switch field.Kind() {
	case protoreflect.MessageKind:
		inner, ok := empty.Message().Interface().(*dynamicpb.Message)
		require.True(f.t, ok)
		f.fill(inner, depth)
		return empty
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(1)
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(true)
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(fmt.Sprintf("<%s> & \"%d\" 中", field.Name(), n))
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes([]byte{0xfb, 0xff, byte(n)})
	case protoreflect.Int32Kind:
		return protoreflect.ValueOfInt32(-7)
	case protoreflect.Uint32Kind:
		return protoreflect.ValueOfUint32(4_000_000_000)
	case protoreflect.Int64Kind:
		return protoreflect.ValueOfInt64(-9_007_199_254_740_993)
	case protoreflect.Uint64Kind:
		return protoreflect.ValueOfUint64(18_446_744_073_709_551_615)
	default:
		f.t.Fatalf("%s: no value of kind %s", field.FullName(), field.Kind())
		return empty
	}
}

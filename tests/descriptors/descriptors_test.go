// Package descriptors holds what must be true of every message, query, event and stored type of the chain.
package descriptors

import (
	"strings"
	"testing"

	gogoproto "github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"

	"cosmossdk.io/api/amino"
	msgv1 "cosmossdk.io/api/cosmos/msg/v1"

	cosmosproto "github.com/cosmos/cosmos-proto"

	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	_ "github.com/creditd/creditd/vault/types"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	committeetypes "github.com/creditd/creditd/x/committee/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	exposuretypes "github.com/creditd/creditd/x/exposure/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
	predicatetypes "github.com/creditd/creditd/x/predicate/types"
)

// files returns our proto files of which the package passes.
func files(t *testing.T, passes func(pkg string) bool) []protoreflect.FileDescriptor {
	t.Helper()
	var found []protoreflect.FileDescriptor
	gogoproto.HybridResolver.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		if pkg := string(file.Package()); strings.HasPrefix(pkg, "creditd.") && passes(pkg) {
			found = append(found, file)
		}
		return true
	})
	require.NotEmpty(t, found)
	return found
}

func ours(string) bool { return true }

// onChain leaves out the vault's protocol, which the chain never sees.
func onChain(pkg string) bool { return !strings.HasPrefix(pkg, "creditd.vault.") }

// messages visits every message of the files, nested ones too.
func messages(list []protoreflect.FileDescriptor, visit func(protoreflect.MessageDescriptor)) {
	var walk func(protoreflect.MessageDescriptors)
	walk = func(descriptors protoreflect.MessageDescriptors) {
		for i := range descriptors.Len() {
			visit(descriptors.Get(i))
			walk(descriptors.Get(i).Messages())
		}
	}
	for _, file := range list {
		walk(file.Messages())
	}
}

func fields(message protoreflect.MessageDescriptor) []protoreflect.FieldDescriptor {
	list := make([]protoreflect.FieldDescriptor, message.Fields().Len())
	for i := range list {
		list[i] = message.Fields().Get(i)
	}
	return list
}

// isAddress says whether a field is declared an account address: what does not parse as one is refused.
func isAddress(field protoreflect.FieldDescriptor) bool {
	options, ok := field.Options().(*descriptorpb.FieldOptions)
	return ok && proto.GetExtension(options, cosmosproto.E_Scalar) == "cosmos.AddressString"
}

// TestNoFreeText fails on every string or bytes field that nobody has given a reason for in allowed: such a
// field could carry a name, an identity number or a note about a natural person onto the chain.
func TestNoFreeText(t *testing.T) {
	reasons := map[string]string{}
	for reason, list := range allowed {
		for _, entry := range list {
			name, names, _ := strings.Cut(entry, ": ")
			for _, field := range strings.Fields(names) {
				full := "creditd." + name + "." + field
				require.NotContains(t, reasons, full, "twice in the list")
				reasons[full] = reason
			}
		}
	}
	messages(files(t, ours), func(message protoreflect.MessageDescriptor) {
		for _, field := range fields(message) {
			full := string(field.FullName())
			_, given := reasons[full]
			delete(reasons, full)
			if field.Kind() != protoreflect.StringKind && field.Kind() != protoreflect.BytesKind {
				require.False(t, given, "%s needs no reason: it is no text", full)
				continue
			}
			if isAddress(field) {
				require.False(t, given, "%s needs no reason: it is an address", full)
				continue
			}
			require.True(t, given, "%s could hold free text about a natural person: make it a code, an id or a commitment, "+
				"or give a reason in allowed_test.go", full)
		}
	})
	require.Empty(t, reasons, "reasons for fields that do not exist")
}

// TestNoHiddenText fails on fields that can carry whatever other types carry.
func TestNoHiddenText(t *testing.T) {
	allowedTypes := map[protoreflect.FullName]bool{
		"google.protobuf.Timestamp": true, "google.protobuf.Duration": true,
		"cosmos.base.query.v1beta1.PageRequest": true, "cosmos.base.query.v1beta1.PageResponse": true,
	}
	allowedAny := map[protoreflect.FullName]bool{ // an Any of these interfaces only
		"cosmos.crypto.PubKey": true, "cosmos.base.v1beta1.Msg": true,
	}
	messages(files(t, onChain), func(message protoreflect.MessageDescriptor) {
		for _, field := range fields(message) {
			require.False(t, field.IsMap(), "%s: a map has no order", field.FullName())
			if field.Kind() != protoreflect.MessageKind {
				continue
			}
			name := field.Message().FullName()
			if name == "google.protobuf.Any" {
				accepts, _ := proto.GetExtension(field.Options(), cosmosproto.E_AcceptsInterface).(string)
				require.True(t, allowedAny[protoreflect.FullName(accepts)], "%s accepts %q", field.FullName(), accepts)
				continue
			}
			chain := strings.HasPrefix(string(name), "creditd.") && onChain(string(name))
			require.True(t, chain || allowedTypes[name], "%s is a %s", field.FullName(), name)
		}
	})
}

// TestEvents: events go to every indexer and stay there, so not even a claim about a person may be in
// their names.
func TestEvents(t *testing.T) {
	forbidden := []string{
		"person", "first", "last", "birth", "gender", "phone", "mail", "street", "city", "identity", "passport", "ssn",
		"amount", "balance", "limit", "income", "debt", "score", "rating", "delinquen", "overdue", "default",
		"text", "note", "memo", "comment", "description", "title", "controller", "account",
	}
	events := 0
	messages(files(t, onChain), func(message protoreflect.MessageDescriptor) {
		if !strings.HasPrefix(string(message.Name()), "Event") {
			return
		}
		events++
		for _, field := range fields(message) {
			for _, word := range forbidden {
				require.NotContains(t, string(field.Name()), word, field.FullName())
			}
		}
	})
	require.Greater(t, events, 20)
}

// TestMessages: every message has a signer, a name that a Ledger signs under, and an implementation.
func TestMessages(t *testing.T) {
	registry := codectypes.NewInterfaceRegistry()
	institutiontypes.RegisterInterfaces(registry)
	attestationtypes.RegisterInterfaces(registry)
	credittypes.RegisterInterfaces(registry)
	predicatetypes.RegisterInterfaces(registry)
	committeetypes.RegisterInterfaces(registry)
	exposuretypes.RegisterInterfaces(registry)
	legacy := codec.NewLegacyAmino()
	institutiontypes.RegisterLegacyAminoCodec(legacy)
	attestationtypes.RegisterLegacyAminoCodec(legacy)
	credittypes.RegisterLegacyAminoCodec(legacy)
	predicatetypes.RegisterLegacyAminoCodec(legacy)
	committeetypes.RegisterLegacyAminoCodec(legacy)
	exposuretypes.RegisterLegacyAminoCodec(legacy)
	seen := 0
	for _, file := range files(t, onChain) {
		module := strings.Split(string(file.Package()), ".")[1]
		for i := range file.Services().Len() {
			service := file.Services().Get(i)
			if service.Name() != "Msg" {
				continue
			}
			require.Equal(t, true, proto.GetExtension(service.Options(), msgv1.E_Service), service.FullName())
			for j := range service.Methods().Len() {
				method := service.Methods().Get(j)
				message := method.Input()
				seen++
				signers, _ := proto.GetExtension(message.Options(), msgv1.E_Signer).([]string)
				require.Len(t, signers, 1, message.FullName())
				signer := message.Fields().ByName(protoreflect.Name(signers[0]))
				require.NotNil(t, signer, message.FullName())
				require.True(t, isAddress(signer), signer.FullName())
				require.Equal(t, "Msg"+string(method.Name()), string(message.Name()))
				resolved, err := registry.Resolve("/" + string(message.FullName()))
				require.NoError(t, err)
				require.Implements(t, (*sdk.Msg)(nil), resolved)
				name, _ := proto.GetExtension(message.Options(), amino.E_Name).(string)
				require.True(t, strings.HasPrefix(name, "creditd/"+module+"/Msg"), name)
				require.Less(t, len(name), 40, "a Ledger Nano shows no longer name")
				signed, err := legacy.Amino.MarshalJSON(resolved)
				require.NoError(t, err)
				require.Contains(t, string(signed), `{"type":"`+name+`"`, "the older codec knows it under the same name")
			}
		}
	}
	require.Greater(t, seen, 20)
}

// Command apigen writes what is known of the API without asking a node: the OpenAPI description of all REST routes, and
// the table of all errors; and the reference of messages, parameters and commands. It takes the services from the application, so that a module that is wired is described,
// their comments from a descriptor set of protoc, and the errors from the source of all packages that are linked.
//
//	go run ./tools/apigen -descriptors set.binpb -out DIR
//
// scripts/api-gen.sh makes the set and calls it.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	dbm "github.com/cosmos/cosmos-db"
	gogogrpc "github.com/cosmos/gogoproto/grpc"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"

	"cosmossdk.io/log/v2"

	"github.com/cosmos/cosmos-sdk/client"
	serverconfig "github.com/cosmos/cosmos-sdk/server/config"
	simtestutil "github.com/cosmos/cosmos-sdk/testutil/sims"

	"github.com/creditd/creditd/app"
)

func main() {
	descriptors := flag.String("descriptors", "", "descriptor set of protoc with source information")
	out := flag.String("out", "", "folder to write openapi.json, errors.json and errors.md to, and reference/*.md")
	flag.Parse()
	if err := run(*descriptors, *out); err != nil {
		fmt.Fprintln(os.Stderr, "apigen:", err)
		os.Exit(1)
	}
}

func run(descriptors, out string) error {
	files, err := load(descriptors)
	if err != nil {
		return err
	}
	spec, err := describe(files, services())
	if err != nil {
		return err
	}
	errs, err := findErrors()
	if err != nil {
		return err
	}
	table, err := errorTable(errs)
	if err != nil {
		return err
	}
	for name, content := range map[string]any{"openapi.json": spec, "errors.json": errs} {
		bz, err := marshal(content)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(out, name), bz, 0o644); err != nil { //nolint:gosec // to be committed
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(out, "errors.md"), table, 0o644); err != nil { //nolint:gosec // to be committed
		return err
	}
	reference := filepath.Join(out, "reference")
	if err := os.MkdirAll(reference, 0o755); err != nil { //nolint:gosec // to be committed
		return err
	}
	return writeReference(files, reference)
}

// marshal keeps < and > as they are: descriptions are read by people too.
func marshal(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	err := encoder.Encode(v)
	return out.Bytes(), err
}

func load(path string) (*protoregistry.Files, error) {
	bz, err := os.ReadFile(path) //nolint:gosec // named by scripts/api-gen.sh
	if err != nil {
		return nil, fmt.Errorf("%w: make it with scripts/api-gen.sh", err)
	}
	var set descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(bz, &set); err != nil {
		return nil, fmt.Errorf("%s is no descriptor set: %w", path, err)
	}
	return protodesc.FileOptions{AllowUnresolvable: true}.NewFiles(&set)
}

// services that the application answers for, in the order in which it registers them.
func services() []protoreflect.FullName {
	a := app.NewCreditd(log.NewNopLogger(), dbm.NewMemDB(), false, simtestutil.EmptyAppOptions{})
	ctx := client.Context{}.WithInterfaceRegistry(a.InterfaceRegistry()).WithTxConfig(a.TxConfig()).WithCodec(a.AppCodec())
	a.RegisterTxService(ctx)
	a.RegisterTendermintService(ctx)
	a.RegisterNodeService(ctx, *serverconfig.DefaultConfig())
	var names serviceNames
	a.RegisterGRPCServer(&names)
	return names
}

// serviceNames is told of services and forgets how they are answered.
type serviceNames []protoreflect.FullName

var _ gogogrpc.Server = (*serviceNames)(nil)

func (s *serviceNames) RegisterService(desc *grpc.ServiceDesc, _ any) {
	*s = append(*s, protoreflect.FullName(desc.ServiceName))
}

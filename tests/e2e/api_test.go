package e2e

import (
	"bytes"
	"context"
	"encoding/binary"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	reflection "google.golang.org/grpc/reflection/grpc_reflection_v1alpha"
	"google.golang.org/grpc/status"

	sdk "github.com/cosmos/cosmos-sdk/types"
	grpctypes "github.com/cosmos/cosmos-sdk/types/grpc"

	"github.com/creditd/creditd/devnet"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// TestAPI asks one node everything that it says it answers, over REST, gRPC and gRPC-web.
func TestAPI(t *testing.T) {
	t.Parallel()
	ctx, net := network(t, devnet.Options{Validators: 3, SeedRecords: 20})
	node, bank := net.Manifest.Institutions[0].Node, net.Manifest.Institutions[0]
	operator := sdk.MustAccAddressFromBech32(bank.Operator)
	given := map[string]string{
		"address": bank.Operator, "operator": bank.Operator, "issuer": bank.Operator, "institution": bank.Operator,
		"delegator_addr": bank.Operator, "delegator_address": bank.Operator, "granter": bank.Operator, "grantee": bank.Operator,
		"voter": bank.Operator, "depositor": bank.Operator, "validator_addr": sdk.ValAddress(operator).String(),
		"validator_address": sdk.ValAddress(operator).String(), "subject": net.Manifest.Subjects[0].Pseudonym, "denom": "ucredit",
		"params_type": "tallying", "height": "2", "?denom": "ucredit", "?query": "message.sender='" + bank.Operator + "'",
		"?path": "/creditd.institution.v1.Query/Params",
	}
	t.Run("every route", func(t *testing.T) {
		walk := newAPIWalk(t, node.REST, given)
		answered, refused := walk.run()
		t.Logf("%d routes answered, %d refused what was asked", answered, refused)
		require.Greater(t, answered, 2*refused, "most routes have been asked for something that there is")
	})
	t.Run("beside the routes", func(t *testing.T) { besideTheRoutes(t, newAPIWalk(t, node.REST, given)) })
	t.Run("caching", func(t *testing.T) { caching(t, newAPIWalk(t, node.REST, given)) })
	t.Run("gRPC", func(t *testing.T) { overGRPC(ctx, t, node.GRPC) })
	t.Run("gRPC-web", func(t *testing.T) { overGRPCWeb(t, node.REST) })
}

func besideTheRoutes(t *testing.T, w *apiWalk) {
	for path, want := range map[string]int{
		"/nothing": 404, "//creditd/institution/v1/params": 404, "/creditd/institution/v1/params/": 404, "/..%2f..": 404, "/:": 404,
		"/creditd/institution/v1/institutions?pagination.offset=10001":                 400,
		"/creditd/institution/v1/institutions?pagination.offset=1&pagination.key=AAAA": 400,
	} {
		status, header, body := w.call(http.MethodGet, path, nil, http.NoBody)
		require.Equal(t, want, status, path)
		w.check(path, status, header, body, "")
	}
	status, header, body := w.call(http.MethodDelete, "/creditd/institution/v1/params", nil, http.NoBody)
	w.check("DELETE", status, header, body, "")
	require.Equal(t, http.StatusMethodNotAllowed, status)
	require.Equal(t, "GET", header.Get("Allow"))
	status, header, body = w.call(http.MethodPost, "/cosmos/tx/v1beta1/txs", nil, bytes.NewReader(make([]byte, 1<<20-1)))
	w.check("not JSON", status, header, body, "")
	require.Equal(t, http.StatusBadRequest, status)

	for path, kind := range map[string]string{
		"/docs/": "text/html; charset=utf-8", "/docs/swagger-ui-bundle.js": "text/javascript; charset=utf-8", "/docs/start.js": "text/javascript; charset=utf-8",
	} {
		status, header, _ := w.call(http.MethodGet, path, nil, http.NoBody)
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, kind, header.Get("Content-Type"))
		require.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'")
	}
}

func caching(t *testing.T, w *apiWalk) {
	const path = "/creditd/institution/v1/params"
	at := func(height string, more http.Header) (int, http.Header, []byte) {
		if more == nil {
			more = http.Header{}
		}
		if height != "" {
			more.Set(grpctypes.GRPCBlockHeightHeader, height)
		}
		return w.call(http.MethodGet, path, more, http.NoBody)
	}
	status, header, _ := at("2", nil)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "public, max-age=31536000, immutable", header.Get("Cache-Control"))
	require.Equal(t, "2", header.Get(grpctypes.GRPCBlockHeightHeader))
	status, header, body := at("2", http.Header{"If-None-Match": {header.Get("ETag")}})
	require.Equal(t, http.StatusNotModified, status)
	require.Empty(t, body)
	require.NotEmpty(t, header.Get("ETag"))

	status, header, _ = at("", nil)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "no-cache", header.Get("Cache-Control"))
	require.Contains(t, header.Get("ETag"), header.Get(grpctypes.GRPCBlockHeightHeader)+"-")
	_, live, _ := w.call(http.MethodGet, "/cosmos/base/node/v1beta1/status", nil, http.NoBody)
	require.Equal(t, "no-store", live.Get("Cache-Control"))

	for height, name := range map[string]string{
		"-1": "INVALID_HEIGHT", "x": "INVALID_HEIGHT", "1.5": "INVALID_HEIGHT", "9223372036854775808": "INVALID_HEIGHT", "99999999": "HEIGHT_AHEAD",
	} {
		status, header, body := at(height, nil)
		require.Equal(t, http.StatusBadRequest, status)
		require.Contains(t, string(body), name)
		w.check(height, status, header, body, "")
	}
}

func overGRPC(ctx context.Context, t *testing.T, address string) {
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	defer conn.Close()
	_, err = institutiontypes.NewQueryClient(conn).Institution(ctx, &institutiontypes.QueryInstitutionRequest{
		Operator: sdk.AccAddress(make([]byte, 20)).String(),
	})
	requireInfo(t, err, codes.NotFound, "UNKNOWN_INSTITUTION", "institution")
	ahead := metadata.AppendToOutgoingContext(ctx, grpctypes.GRPCBlockHeightHeader, "99999999")
	_, err = institutiontypes.NewQueryClient(conn).Params(ahead, &institutiontypes.QueryParamsRequest{})
	requireInfo(t, err, codes.OutOfRange, "HEIGHT_AHEAD", "api")

	require.Contains(t, listedServices(ctx, t, conn), "creditd.credit.v1.Query")
}

// listedServices by gRPC reflection, in the version that the SDK's server speaks and that all tools fall back to.
func listedServices(ctx context.Context, t *testing.T, conn *grpc.ClientConn) (names []string) {
	t.Helper()
	stream, err := reflection.NewServerReflectionClient(conn).ServerReflectionInfo(ctx)
	require.NoError(t, err)
	require.NoError(t, stream.Send(&reflection.ServerReflectionRequest{ //nolint:staticcheck // see above
		MessageRequest: &reflection.ServerReflectionRequest_ListServices{},
	}))
	answer, err := stream.Recv()
	require.NoError(t, err)
	for _, service := range answer.GetListServicesResponse().GetService() { //nolint:staticcheck // see above
		names = append(names, service.Name) //nolint:staticcheck // see above
	}
	return names
}

// requireInfo is the detail that a program reads.
func requireInfo(t *testing.T, err error, code codes.Code, name, codespace string) {
	t.Helper()
	s, ok := status.FromError(err)
	require.True(t, ok)
	require.Equal(t, code, s.Code(), err)
	require.Len(t, s.Details(), 1)
	info, ok := s.Details()[0].(*errdetails.ErrorInfo)
	require.True(t, ok)
	require.Equal(t, name, info.Reason)
	require.Equal(t, codespace, info.Domain)
	require.NotEmpty(t, info.Metadata["hint"])
}

// overGRPCWeb asks as a browser does: a frame with the message, and the status in a frame of trailers.
func overGRPCWeb(t *testing.T, rest string) {
	frame := make([]byte, 5) // no flags, and the length of an empty message
	req, err := http.NewRequest(http.MethodPost, rest+"/creditd.institution.v1.Query/Params", bytes.NewReader(frame))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/grpc-web+proto")
	req.Header.Set("X-Grpc-Web", "1")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusOK, resp.StatusCode)
	var body bytes.Buffer
	_, err = body.ReadFrom(resp.Body)
	require.NoError(t, err)
	require.Greater(t, body.Len(), 5)
	length := binary.BigEndian.Uint32(body.Bytes()[1:5])
	var answer institutiontypes.QueryParamsResponse
	require.NoError(t, answer.Unmarshal(body.Bytes()[5:5+length]))
	require.NotZero(t, answer.Params.SignedBlocksWindow)
	require.Contains(t, body.String(), "grpc-status: 0")
}

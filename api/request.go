package api

import (
	"reflect"
	"strings"
	"sync"

	cosmosproto "github.com/cosmos/cosmos-proto"
	gogoproto "github.com/cosmos/gogoproto/proto"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/cosmos/cosmos-sdk/codec/address"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"
	"github.com/cosmos/cosmos-sdk/types/tx"
)

// requests checks what every request has in common, whatever service it is for: pages and addresses. What it needs of
// a type it learns from its descriptor, once.
type requests struct {
	maxLimit, maxOffset uint64
	// prefixes of addresses by the name of their scalar (cosmos_proto.scalar).
	codecs map[string]address.Bech32Codec
	forms  sync.Map // reflect.Type -> form
}

// form is what there is to check of a type.
type form struct {
	page      int // index of the field, -1 without
	addresses []addressField
}

type addressField struct {
	index int
	name  string
	codec address.Bech32Codec
}

func newRequests(cfg Config) *requests {
	prefixes := sdk.GetConfig()
	return &requests{
		maxLimit: cfg.MaxPageLimit, maxOffset: cfg.MaxPageOffset,
		codecs: map[string]address.Bech32Codec{
			"cosmos.AddressString":          {Bech32Prefix: prefixes.GetBech32AccountAddrPrefix()},
			"cosmos.ValidatorAddressString": {Bech32Prefix: prefixes.GetBech32ValidatorAddrPrefix()},
			"cosmos.ConsensusAddressString": {Bech32Prefix: prefixes.GetBech32ConsensusAddrPrefix()},
		},
	}
}

// check refuses a request that no service could answer, and bounds its page.
func (r *requests) check(req any) error {
	if with, ok := req.(interface{ GetTx() *tx.Tx }); ok && with.GetTx() != nil && (with.GetTx().Body == nil || with.GetTx().AuthInfo == nil) {
		return fail(ErrMalformed, "tx: body or auth_info is missing") // the SDK takes them for granted
	}
	v := reflect.ValueOf(req)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return nil
	}
	v = v.Elem()
	f := r.formOf(v.Type(), req)
	for _, a := range f.addresses {
		text := v.Field(a.index).String()
		if text == "" {
			continue // a filter that is not set; where an address is needed, its service says so
		}
		if _, err := a.codec.StringToBytes(text); err != nil {
			return fail(ErrMalformedAddress, "%s: %s", a.name, shortened(err.Error()))
		}
	}
	if f.page < 0 {
		return nil
	}
	page, _ := v.Field(f.page).Interface().(*query.PageRequest)
	return r.checkPage(page)
}

// checkPage bounds a page. Its limit is lowered without a word, as the answer's next_key says that there is more: what
// existing tools ask for is answered. An offset walks over all that it skips, so a far one is refused.
func (r *requests) checkPage(page *query.PageRequest) error {
	if page == nil {
		return nil
	}
	if len(page.Key) > 0 && page.Offset > 0 {
		return fail(ErrInvalidPage, "pagination.key and pagination.offset are both given")
	}
	if page.Offset > r.maxOffset {
		return fail(ErrPageTooFar, "pagination.offset is %d; this node skips at most %d entries", page.Offset, r.maxOffset)
	}
	page.Limit = min(page.Limit, r.maxLimit)
	return nil
}

func (r *requests) formOf(t reflect.Type, req any) form {
	if known, ok := r.forms.Load(t); ok {
		return known.(form) //nolint:errcheck // nothing else is stored
	}
	f := form{page: -1}
	scalars := scalarsOf(req)
	for i := range t.NumField() {
		field := t.Field(i)
		if field.Type == reflect.TypeFor[*query.PageRequest]() {
			f.page = i
		}
		name := protoName(field)
		if codec, ok := r.codecs[scalars[name]]; ok && field.Type.Kind() == reflect.String {
			f.addresses = append(f.addresses, addressField{index: i, name: name, codec: codec})
		}
	}
	r.forms.Store(t, f)
	return f
}

// protoName of a field of a generated struct.
func protoName(field reflect.StructField) string {
	for part := range strings.SplitSeq(field.Tag.Get("protobuf"), ",") {
		if name, ok := strings.CutPrefix(part, "name="); ok {
			return name
		}
	}
	return ""
}

// scalarsOf a message's fields, by name. A type without descriptor has none: then its service checks alone.
func scalarsOf(req any) map[string]string {
	message, ok := req.(gogoproto.Message)
	if !ok {
		return nil
	}
	descriptor, err := gogoproto.HybridResolver.FindDescriptorByName(protoreflect.FullName(gogoproto.MessageName(message)))
	if err != nil {
		return nil
	}
	md, ok := descriptor.(protoreflect.MessageDescriptor)
	if !ok {
		return nil
	}
	scalars := map[string]string{}
	for i := range md.Fields().Len() {
		field := md.Fields().Get(i)
		if scalar, ok := proto.GetExtension(field.Options(), cosmosproto.E_Scalar).(string); ok && scalar != "" {
			scalars[string(field.Name())] = scalar
		}
	}
	return scalars
}

func shortened(text string) string {
	const most = 200
	if len(text) > most {
		return text[:most] + "..."
	}
	return text
}

func fail(root interface{ Wrapf(string, ...any) error }, format string, args ...any) error {
	return root.Wrapf(format, args...)
}

package types

import (
	"github.com/cosmos/cosmos-sdk/types/query"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const (
	// MaxPage is the most entries that one page of any list query has.
	MaxPage = 100
	// maxPageKey is longer than the key of any collection.
	maxPageKey = 256
)

// BoundPage makes a page request cost O(page) whatever the client asks: no more than MaxPage entries (a
// higher limit is lowered), no offset and no count of the total, which would walk the whole list.
func BoundPage(page *query.PageRequest) (*query.PageRequest, error) {
	if page == nil {
		return &query.PageRequest{Limit: MaxPage}, nil
	}
	switch {
	case page.Offset != 0:
		return nil, status.Error(codes.InvalidArgument, "pagination.offset is not served: pass the next_key of the page before as pagination.key")
	case page.CountTotal:
		return nil, status.Error(codes.InvalidArgument, "pagination.count_total is not served: follow next_key until it is empty")
	case len(page.Key) > maxPageKey:
		return nil, status.Error(codes.InvalidArgument, "pagination.key is too long: pass the next_key of the page before as it came")
	}
	bounded := &query.PageRequest{Key: page.Key, Limit: page.Limit, Reverse: page.Reverse}
	if bounded.Limit == 0 || bounded.Limit > MaxPage {
		bounded.Limit = MaxPage
	}
	return bounded, nil
}

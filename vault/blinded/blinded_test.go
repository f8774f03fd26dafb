package blinded

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/oprf"
)

func TestElementsComeThrough(t *testing.T) {
	for _, n := range []int{1, oprf.MaxBatch, oprf.MaxBatch + 1, 2 * oprf.MaxBatch} {
		elements := make([]oprf.Element, n)
		for i := range elements {
			elements[i][0], elements[i][1] = byte(i), byte(i>>8)
		}
		var got []oprf.Element
		for _, message := range Messages(elements) {
			var err error
			got, err = Append(got, message, n)
			require.NoError(t, err)
			require.Less(t, len(message), MaxMessage)
		}
		require.Equal(t, elements, got)
		_, err := Append(got, make([]byte, oprf.ElementSize), n)
		require.ErrorIs(t, err, ErrElements)
	}
}

func FuzzAppend(f *testing.F) {
	f.Add(make([]byte, 64), 2)
	f.Fuzz(func(t *testing.T, message []byte, of int) {
		got, err := Append(nil, message, of)
		if err == nil {
			require.Len(t, got, min(of, oprf.MaxBatch))
		}
	})
}

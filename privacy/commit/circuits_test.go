package commit

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Many together are what each is alone, whatever their sizes.
func TestCircuitsAreCircuit(t *testing.T) {
	var inputs []CircuitInput
	for i := range 100 {
		in := CircuitInput{SchemaID: [32]byte{byte(i % 3)}, Subject: [32]byte{byte(i)}, Salt: DeriveCircuitSalt([32]byte{byte(i), 1})}
		for k := range 1 + i%5 {
			in.Fields = append(in.Fields, IntegerField(int64(i*k)), AbsentField(), BooleanField(k%2 == 0))
		}
		inputs = append(inputs, in)
	}
	got, err := Circuits(inputs)
	require.NoError(t, err)
	for i, in := range inputs {
		want, err := Circuit(in.SchemaID, in.Subject, in.Fields, in.Salt)
		require.NoError(t, err)
		require.Equal(t, want, got[i])
	}
	none, err := Circuits(nil)
	require.NoError(t, err)
	require.Empty(t, none)
	_, err = Circuits(append(inputs, CircuitInput{}))
	require.Error(t, err)
	_, err = Circuits([]CircuitInput{{Fields: make([]CircuitField, MaxCircuitFields+1)}})
	require.Error(t, err)
}

package types

// Validate checks the shape of a setup.
func (s Setup) Validate() error {
	for _, each := range []struct {
		field string
		bz    []byte
	}{{"digest", s.Digest}, {"transcript_hash", s.TranscriptHash}} {
		if _, err := IDFromBytes(each.field, each.bz); err != nil {
			return ErrInvalidSetup.Wrap(err.Error())
		}
	}
	return nil
}
